package dev.evalstore.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.Threads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecentTest {
    @Test
    void it_keeps_what_was_used_last_and_never_more_than_twice_its_size() {
        Recent<Integer, Integer> recent = new Recent<>(100);
        for (int i = 0; i < 10_000; i++) {
            recent.put(i, i);
            assertThat(recent.get(0)).isEqualTo(0);
            assertThat(recent.size()).isLessThanOrEqualTo(200);
        }
        for (int i = 9_901; i < 10_000; i++) {
            assertThat(recent.get(i)).isEqualTo(i);
        }
        assertThat(recent.get(5_000)).isNull();
    }

    @Test
    void a_value_is_removed_only_where_it_is_still_there() {
        Recent<String, String> recent = new Recent<>(1);
        recent.put("old", "1");
        recent.put("young", "1");
        recent.remove("old", "2");
        assertThat(recent.get("old")).isEqualTo("1");
        recent.remove("old", "1");
        recent.remove("young", "1");
        assertThat(recent.get("old")).isNull();
        assertThat(recent.get("young")).isNull();
    }

    @Test
    void threads_that_meet_share_one_value_of_a_key() throws Exception {
        Recent<Integer, Object> recent = new Recent<>(1_000);
        AtomicInteger made = new AtomicInteger();
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        Threads.together(8, thread -> () -> {
            for (int i = 0; i < 500; i++) {
                seen.add(recent.get(i, key -> {
                    made.incrementAndGet();
                    return new Object();
                }));
            }
            return true;
        });
        assertThat(made).hasValue(500);
        assertThat(seen).hasSize(500);
    }
}
