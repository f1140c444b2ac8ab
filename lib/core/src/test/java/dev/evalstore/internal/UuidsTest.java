package dev.evalstore.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UuidsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Test
    void an_id_is_version_7_of_now() {
        long before = System.currentTimeMillis();
        UUID id = Uuids.next();
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        // Ids that are made faster than 4,096 a millisecond run a little ahead.
        assertThat(id.getMostSignificantBits() >>> 16).isBetween(before, System.currentTimeMillis() + 1_000);
    }

    @Test
    void ids_of_one_thread_are_in_order_as_the_server_sorts_them() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            ids.add(Uuids.next().toString());
        }
        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void ids_of_many_threads_are_all_different() throws Exception {
        Set<UUID> all = new HashSet<>();
        for (List<UUID> some : Threads.together(8, i -> () -> {
            List<UUID> ids = new ArrayList<>();
            for (int n = 0; n < 50_000; n++) {
                ids.add(Uuids.next());
            }
            return ids;
        })) {
            all.addAll(some);
        }
        assertThat(all).hasSize(400_000);
    }

    @Test
    void the_servers_own_ids_sort_with_ours() {
        UUID ours = Uuids.next();
        UUID servers = UUID.fromString(database.value("select evalstore.uuid_v7() from pg_sleep(0.01)"));
        assertThat(servers.version()).isEqualTo(7);
        assertThat(servers.variant()).isEqualTo(2);
        assertThat(Math.abs((servers.getMostSignificantBits() >>> 16) - (ours.getMostSignificantBits() >>> 16)))
                .isLessThan(60_000);
    }
}
