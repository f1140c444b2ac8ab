package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.TxOptions;
import dev.evalstore.state.StateContract.Kept;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A namespace that there is not, for those who may not make it. */
class AbsentNamespaceTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static void assertEmpty(StateBackend state) throws IOException {
        UUID checkpoint = UUID.randomUUID();
        assertThat(state.get(b("k"))).isEmpty();
        assertThat(state.getEntry(b("k"))).isEmpty();
        assertThat(state.getAll(List.of(b("k")))).isEmpty();
        assertThat(state.contains(b("k"))).isFalse();
        assertThat(state.count()).isZero();
        assertThat(state.listKeys(b(""), 10, null)).isEmpty();
        assertThat(state.entries(b(""), 10, null)).isEmpty();
        assertThat(state.queryByMetadata(Json.of(Map.of()), 10, null)).isEmpty();
        assertThat(state.listCheckpoints()).isEmpty();
        assertThatThrownBy(() -> state.readAt(checkpoint, b("k"))).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> state.entriesAt(checkpoint, b(""), 10, null)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> state.diff(checkpoint, null, 10, null)).isInstanceOf(NotFoundException.class);
        ByteArrayOutputStream export = new ByteArrayOutputStream();
        assertThat(state.export(null, export)).isZero();
        assertThat(export.size()).isPositive();
        assertThat(state.tableStats().entries()).isZero();
        assertThat(state.tableStats().totalBytes()).isPositive();
        assertThat(state.healthCheck().healthy()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_role_that_may_only_read_finds_it_empty(Kept kept) throws IOException {
        String name = "reader-" + kept;
        try (Database reader = Database.open(
                TestServer.get().as("evalstore_reader", database.name()).build())) {
            StateBackend state = reader.state(name, kept.options);
            assertEmpty(state);
            if (kept.options.watched()) {
                assertThat(state.watch(b(""), null, 10).changes()).isEmpty();
            }
            assertThatThrownBy(() -> state.put(b("k"), b("v")))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("42501"));
            assertThat(database.query("select name from evalstore.state_namespaces where name = '" + name + "'"))
                    .isEmpty();

            StateBackend writer = database.db().state(name, kept.options);
            writer.put(b("k"), b("v"));
            assertThat(state.get(b("k"))).isPresent();
        }
    }

    @Test
    void a_transaction_that_may_only_read_finds_it_empty_and_goes_on() {
        database.db().<Boolean, RuntimeException>inTransaction(TxOptions.DEFAULT.asReadOnly(), tx -> {
            StateBackend state = tx.state("in a read-only transaction", StateOptions.DEFAULT);
            assertThat(state.get(b("k"))).isEmpty();
            assertThat(state.count()).isZero();
            return tx.benchmarks().find(UUID.randomUUID()).isEmpty();
        });
    }
}
