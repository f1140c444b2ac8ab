package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.DatabaseOptions;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.testkit.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ManyNamespacesTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Test
    void names_without_number_leave_a_bounded_memory() {
        Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);
        StateRegistry registry = jdbc.shared(StateRegistry.KEY);
        PostgresStateBackend used = new PostgresStateBackend(jdbc, "used", StateOptions.PLAIN);
        used.put(b("k"), b("v"));
        for (int i = 0; i < 100_000; i++) {
            PostgresStateBackend state = new PostgresStateBackend(jdbc, "name-" + i, StateOptions.PLAIN);
            registry.keep(state.namespaces.place, new Namespace.Definition(i + 1_000, state.namespace(), false, false));
            if (i % 1_000 == 0) {
                assertThat(new PostgresStateBackend(jdbc, "used", StateOptions.PLAIN).contains(b("k")))
                        .isTrue();
            }
        }

        assertThat(registry.size()).isLessThanOrEqualTo(20_000);
        assertThat(new PostgresStateBackend(jdbc, "used", StateOptions.PLAIN)
                        .stats()
                        .puts())
                .isEqualTo(1);
        assertThat(new PostgresStateBackend(jdbc, "name-0", StateOptions.PLAIN).contains(b("k")))
                .isFalse();
    }
}
