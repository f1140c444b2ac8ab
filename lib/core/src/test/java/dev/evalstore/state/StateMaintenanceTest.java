package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.MaintenanceReport;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The maintenance keeps all namespaces small, wherever their tables are. */
class StateMaintenanceTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final StateOptions PREFIXED = StateOptions.DEFAULT.tablePrefix("second_");
    private static final StateOptions APART =
            StateOptions.DEFAULT.tablePrefix("app_").schema("own_schema");
    private static final List<String> SETS = List.of("evalstore.state_", "evalstore.second_", "own_schema.app_");

    private final Database db = database.db();

    private static long count(String step, Database by) {
        return by.maintenance().runOnce().steps().stream()
                .filter(s -> s.name().equals(step))
                .mapToLong(MaintenanceReport.Step::count)
                .sum();
    }

    private static String rows(String table) {
        StringBuilder rows = new StringBuilder();
        SETS.forEach(set -> rows.append(database.value("select count(*) from " + set + table))
                .append(' '));
        return rows.toString().strip();
    }

    /** One entry that has expired, one that lives; one row of history that a checkpoint needs, and one that none needs. */
    private static void use(StateBackend state) {
        state.put(b("lives"), b("1"));
        Checkpoint gone = state.createCheckpoint();
        state.put(b("lives"), b("2"));
        state.createCheckpoint();
        state.put(b("lives"), b("3"));
        state.deleteCheckpoint(gone.id());
        state.put(b("expires"), b("v"), PutOptions.expiringAfter(Duration.ofHours(1)));
    }

    @Test
    void expired_entries_and_unneeded_history_go_from_every_namespace_in_every_set_of_tables() {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            owner.state("n", PREFIXED).createTables();
            owner.state("n", APART).createTables();
        }
        for (String name : List.of("one", "two")) {
            use(db.state(name, StateOptions.DEFAULT));
            use(db.state(name, PREFIXED.watched(true)));
            use(db.state(name, APART));
        }
        db.state("plain", StateOptions.PLAIN).put(b("k"), b("v"));
        for (String set : SETS) {
            database.admin("update " + set + "entries set expires_at = now() - interval '2 minutes',"
                    + " expiry_minute = floor(extract(epoch from now()) / 60) - 2 where expires_at is not null");
        }
        assertThat(rows("entries")).isEqualTo("5 4 4");
        assertThat(rows("history")).isEqualTo("4 4 4");

        MaintenanceReport report = db.maintenance().runOnce();

        assertThat(report.failures()).isEmpty();
        assertThat(report.steps())
                .filteredOn(step -> step.name().startsWith("state."))
                .extracting(step -> step.name() + " " + step.count())
                .containsExactly("state.expired 6", "state.history 6");
        assertThat(rows("entries")).isEqualTo("3 2 2");
        assertThat(rows("history")).isEqualTo("2 2 2");
        assertThat(count("state.expired", db) + count("state.history", db)).isZero();
        for (StateOptions options : List.of(StateOptions.DEFAULT, PREFIXED.watched(true), APART)) {
            StateBackend state = db.state("one", options);
            Checkpoint kept = state.listCheckpoints().get(0);
            assertThat(new String(
                            state.readAt(kept.id(), b("lives")).orElseThrow().value()))
                    .isEqualTo("2");
            assertThat(state.get(b("lives"))).hasValue(b("3"));
        }
    }

    @Test
    void a_set_of_tables_that_is_not_ours_to_delete_from_is_left_alone() {
        database.admin("create schema locked");
        for (String table : List.of("namespaces", "entries", "history")) {
            database.admin("create table locked.state_" + table + " (like evalstore.state_" + table
                    + " including constraints)");
        }
        assertThat(db.maintenance().runOnce().failures()).isEmpty();
    }
}
