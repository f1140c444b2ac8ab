package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.HOUR;
import static dev.evalstore.state.StateSamples.b;
import static dev.evalstore.state.StateSamples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What callers hand in and get to know. */
interface CallerContract extends StateContract {
    @Test
    default void what_is_too_long_or_makes_no_sense_is_refused_by_name() {
        StateBackend state = fresh(StateOptions.DEFAULT.maxKeyBytes(4).maxValueBytes(8));
        state.put(b("four"), b("eightbyt"));
        assertThatThrownBy(() -> state.put(b("fives"), b("v")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key has 5 bytes");
        assertThatThrownBy(() -> state.get(b("fives"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> state.put(b("k"), b("ninebytes")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value has 9 bytes");
        assertThatThrownBy(() -> state.putAll(List.of(NewStateEntry.of(b("k"), b("ninebytes")))))
                .isInstanceOf(IllegalArgumentException.class);
        for (Duration ttl :
                List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(1), Duration.ofDays(40_000))) {
            assertThatThrownBy(() -> PutOptions.expiringAfter(ttl))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ttl");
            assertThatThrownBy(() -> state.expire(b("k"), ttl)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> NewStateEntry.of(b("k"), b("v")).ttl(ttl))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> PutOptions.expiringAfter(HOUR).keepingTtl())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PutOptions.NONE.ifAbsent().ifVersion(1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(state.count()).isEqualTo(1);
    }

    @Test
    default void the_caller_may_go_on_using_its_arrays() {
        StateBackend state = fresh();
        byte[] key = b("k");
        byte[] value = b("v");
        state.put(key, value);
        value[0] = 'x';
        byte[] read = state.get(key).orElseThrow();
        read[0] = 'y';
        assertThat(text(state, "k")).isEqualTo("v");
    }

    @Test
    default void stats_count_what_was_done() {
        StateBackend state = fresh();
        state.put(b("ab"), b("123"));
        state.putAll(List.of(NewStateEntry.of(b("c"), b("1")), NewStateEntry.of(b("d"), b("1"))));
        state.get(b("ab"));
        state.get(b("zz"));
        state.delete(b("c"));
        state.delete(b("c"));
        StateStats stats = state.stats();
        assertThat(stats.gets()).isEqualTo(2);
        assertThat(stats.puts()).isEqualTo(3);
        assertThat(stats.deletes()).isEqualTo(1);
        assertThat(stats.bytesRead()).isEqualTo(5);
        assertThat(stats.bytesWritten()).isEqualTo(9);
        assertThat(stats.retries()).isZero();
        assertThat(stats.reads()).isEqualTo(2);
        assertThat(stats.writes()).isEqualTo(4);
        assertThat(stats.readTime()).isPositive();
        assertThat(stats.slowestWrite()).isPositive().isLessThanOrEqualTo(stats.writeTime());
        assertThat(stats.writeTime().dividedBy(stats.writes())).isLessThanOrEqualTo(stats.slowestWrite());
        assertThat(state.healthCheck().healthy()).isTrue();
        assertThat(state.tableStats().entries()).isEqualTo(2);
    }
}
