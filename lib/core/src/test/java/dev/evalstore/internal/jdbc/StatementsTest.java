package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.OperationStats;
import dev.evalstore.TxOptions;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

class StatementsTest {
    private static final String LOG = "dev.evalstore.sql";
    private static final String SECRET = "s3cr3t";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(1));

    private final Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);

    @BeforeAll
    static void create() {
        Samples.create(database);
    }

    @Test
    void another_schemas_name_is_written_in_once_and_quoted() {
        Statements statements = new Statements(DatabaseOptions.DEFAULT.schema("tenant_b"));
        String sql = "select id from evalstore.a join evalstore.b using (id)";
        Statements.PreparedText text = statements.text(sql);
        assertThat(text.sql()).isEqualTo("select id from \"tenant_b\".a join \"tenant_b\".b using (id)");
        assertThat(statements.text(sql)).isSameAs(text);
    }

    @Test
    void a_statement_is_named_by_its_comment_or_else_by_its_verb_and_table() {
        Statements statements = new Statements(DatabaseOptions.DEFAULT);
        assertThat(statements
                        .text("/* jobs.claim */ with a as (select 1) select 2")
                        .name())
                .isEqualTo("jobs.claim");
        assertThat(statements.text("  select a, b\nfrom evalstore.benchmarks").name())
                .isEqualTo("select benchmarks");
        assertThat(statements.text("insert into evalstore.evaluations (a)").name())
                .isEqualTo("insert evaluations");
        assertThat(statements.text("vacuum").name()).isEqualTo("sql");
    }

    @Test
    void the_statement_log_has_texts_and_never_a_value() {
        try (LogCapture log = LogCapture.of(LOG, Level.DEBUG)) {
            everyKind(jdbc);
            assertThat(log.text())
                    .contains("DEBUG")
                    .contains("/* samples.create */ insert into evalstore.samples (id, name) values (?, ?)")
                    .contains("copy evalstore.samples")
                    .doesNotContain(SECRET);
        }
        try (LogCapture log = LogCapture.of(LOG, Level.INFO)) {
            everyKind(jdbc);
            assertThat(log.text()).isEmpty();
            everyKind(Jdbc.on(database.pool(), DatabaseOptions.DEFAULT.logStatements(true)));
            assertThat(log.text())
                    .contains("INFO")
                    .contains("insert into evalstore.samples")
                    .doesNotContain(SECRET);
        }
    }

    @Test
    void a_slow_statement_is_logged_with_its_time_and_without_values() {
        try (LogCapture log = LogCapture.of(LOG, Level.WARN)) {
            everyKind(jdbc);
            everyKind(Jdbc.on(database.pool(), DatabaseOptions.DEFAULT.slowStatement(null)));
            assertThat(log.text()).isEmpty();
            everyKind(Jdbc.on(database.pool(), DatabaseOptions.DEFAULT.slowStatement(Duration.ofNanos(1))));
            assertThat(log.text())
                    .contains("WARN")
                    .contains("slow statement")
                    .contains(" ms: ")
                    .contains("insert into evalstore.samples")
                    .doesNotContain(SECRET);
        }
    }

    private static void everyKind(Jdbc on) {
        Samples.TABLE.create(on, Samples.named(SECRET));
        assertThatThrownBy(() -> Samples.TABLE.create(on, Samples.named(SECRET)))
                .isInstanceOf(DatabaseException.class);
        on.list(Sql.of("select id from evalstore.samples where name = ?", SECRET), row -> row.uuid("id"));
        on.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            tx.forEach(Samples.TABLE.select("export").and("and name = ?", SECRET), Samples.TABLE.mapper(), row -> {});
            return true;
        });
        on.copyIn(
                "copy evalstore.samples (id, name) from stdin (format binary)",
                out -> out.row(2).uuid(UUID.randomUUID()).text(SECRET + "2"));
        on.update(Sql.of("delete from evalstore.samples where name like ?", SECRET + "%"));
    }

    @Test
    void operations_are_counted_with_their_failures() {
        Jdbc counted = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);
        assertThat(counted.operations()).isEmpty();
        everyKind(counted);

        OperationStats insert = counted.operations().stream()
                .filter(o -> o.name().equals("samples.create"))
                .findFirst()
                .orElseThrow();
        assertThat(insert.calls()).isEqualTo(2);
        assertThat(insert.failures()).isEqualTo(1);
        assertThat(insert.total()).isPositive();
        assertThat(insert.mean()).isEqualTo(insert.total().dividedBy(2));
        assertThat(counted.operations()).extracting(OperationStats::name).isSorted();
        assertThat(jdbc.operations()).isEmpty();
    }

    @Test
    void the_time_spent_waiting_for_a_connection_is_not_the_statements() throws Exception {
        Jdbc counted = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);
        Thread waiting = jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            Thread thread = new Thread(() -> counted.update(Sql.of("/* waiting */ select 1")));
            thread.start();
            // The one connection is held until the other thread has waited for it for a good while.
            org.awaitility.Awaitility.await()
                    .until(() -> database.pool().getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
            tx.update(Sql.of("select pg_sleep(0.5)"));
            return thread;
        });
        waiting.join();
        assertThat(counted.operations().get(0).total()).isLessThan(Duration.ofMillis(400));
    }

    @Test
    void of_several_statements_in_one_round_trip_the_last_ones_rows_are_returned() {
        UUID id = UUID.randomUUID();
        List<UUID> returned = jdbc.returning(
                Sql.of(
                        "select pg_advisory_xact_lock(?); insert into evalstore.samples (id) values (?);"
                                + " update evalstore.samples set n = 1 where id = ? returning id",
                        7L,
                        id,
                        id),
                row -> row.uuid("id"));
        assertThat(returned).containsExactly(id);
    }

    @Test
    void of_several_statements_in_one_round_trip_the_last_ones_count_is_given() {
        assertThat(jdbc.update(Sql.of(
                        "select pg_advisory_xact_lock(?); insert into evalstore.samples (id) values (?), (?);"
                                + " update evalstore.samples set n = 2 where n = -1",
                        7L,
                        UUID.randomUUID(),
                        UUID.randomUUID())))
                .isZero();
        assertThat(jdbc.update(Sql.of(
                        "select pg_advisory_xact_lock(?); insert into evalstore.samples (id) values (?), (?), (?)",
                        7L,
                        UUID.randomUUID(),
                        UUID.randomUUID(),
                        UUID.randomUUID())))
                .isEqualTo(3);
    }

    @Test
    void of_several_statements_in_one_round_trip_all_are_stored_or_none() {
        UUID id = UUID.randomUUID();
        assertThatThrownBy(() -> jdbc.update(Sql.of(
                        "insert into evalstore.samples (id) values (?); insert into evalstore.samples (id, n) values (?, -1)",
                        id,
                        UUID.randomUUID())))
                .isInstanceOf(DatabaseException.class);
        assertThat(Samples.TABLE.find(jdbc, id)).isEmpty();
    }

    @Test
    void two_rows_where_one_was_asked_for_are_an_error() {
        assertThatThrownBy(() -> jdbc.one(Sql.of("select generate_series(1, 2) as n"), row -> row.integer("n")))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("2 rows");
        assertThatThrownBy(() -> jdbc.one(Sql.of("select 1 as n where false"), row -> row.integer("n")))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("no row");
    }
}
