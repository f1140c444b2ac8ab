package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Large values, many keys and a large state, with little memory. {@code -Dstate.size.keys=1000000} and
 * {@code -Dstate.size.megabytes=2048} are the sizes that are promised; the build takes smaller ones.
 */
class StateSizeTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final int KEYS = Integer.getInteger("state.size.keys", 100_000);
    private static final int MEGABYTES = Integer.getInteger("state.size.megabytes", 144);

    @TempDir
    Path folder;

    private static String child(String heap, String... what) {
        DatabaseConfig config = database.config().build();
        List<String> arguments = new ArrayList<>(
                List.of(config.url(), String.valueOf(config.user()), String.valueOf(config.password())));
        arguments.addAll(List.of(what));
        try (ChildJvm child = ChildJvm.start(SmallHeap.class, List.of(heap), arguments.toArray(String[]::new))) {
            return child.await("done");
        }
    }

    private static void fill(String namespace, int entries, String value) {
        database.db().state(namespace, StateOptions.PLAIN).count();
        database.admin("insert into evalstore.state_entries (namespace_id, key, value, version, epoch)"
                + " select n.id, decode(lpad(to_hex(i), 8, '0'), 'hex'), " + value + ", i, 0"
                + " from evalstore.state_namespaces n cross join generate_series(1, " + entries + ") i where n.name = '"
                + namespace + "'");
    }

    @Test
    void a_value_of_sixteen_megabytes_comes_back_and_one_byte_more_is_refused() {
        for (StateOptions options : List.of(StateOptions.PLAIN, StateOptions.DEFAULT)) {
            StateBackend state = database.db().state("large-" + options.checkpointed(), options);
            byte[] value = new byte[16 << 20];
            new Random(1).nextBytes(value);
            state.put(b("k"), value);
            assertThat(state.get(b("k")).orElseThrow()).isEqualTo(value);
            assertThatThrownBy(() -> state.put(b("k"), new byte[(16 << 20) + 1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("value");
        }
    }

    @Test
    void many_keys_are_listed_with_a_heap_of_64_megabytes() {
        fill("many", KEYS, "'v'");
        assertThat(child("-Xmx64m", "list", "many")).isEqualTo("done " + KEYS);
    }

    @Test
    void a_large_state_is_exported_and_imported_with_a_heap_of_128_megabytes() {
        fill("exported", MEGABYTES, "decode(repeat(md5(i::text), 65536), 'hex')");
        String file = folder.resolve("state").toString();
        assertThat(child("-Xmx128m", "export", "exported", file)).isEqualTo("done " + MEGABYTES);
        assertThat(folder.resolve("state").toFile().length()).isGreaterThan((long) MEGABYTES << 20);
        assertThat(child("-Xmx128m", "import", "imported", file)).isEqualTo("done " + MEGABYTES);
        assertThat(database.value(
                        "select count(*) from evalstore.state_entries a join evalstore.state_entries b using (key)"
                                + " join evalstore.state_namespaces n on n.id = a.namespace_id and n.name = 'exported'"
                                + " join evalstore.state_namespaces m on m.id = b.namespace_id and m.name = 'imported'"
                                + " where a.value = b.value"))
                .isEqualTo("" + MEGABYTES);
    }
}
