package dev.evalstore.internal.schema;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Lease;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.MaintenanceReport;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.MatrixFixture;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A month whose detachment was interrupted: the server then detaches no other month of the table. */
class PendingPartitionTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final YearMonth JANUARY = YearMonth.of(2025, 1);

    /** Rows of a month, by those who write them. An attempt is of the server's month. */
    private static final Map<String, BiConsumer<Database, YearMonth>> WRITES = Map.of(
            "audit_log",
            (db, month) -> db.audit()
                    .record(NewAuditEntry.of("made", "thing", "1")
                            .occurredAt(day(month).atStartOfDay(ZoneOffset.UTC).toInstant())),
            "monitoring_events",
            (db, month) -> db.monitoring()
                    .append(NewMonitoringEvent.of("beat", "test")
                            .occurredAt(day(month).atStartOfDay(ZoneOffset.UTC).toInstant())),
            "job_attempts",
            (db, month) -> {
                Worker worker = db.workers().register(NewWorker.of("w"));
                db.jobs().create(job("t"));
                Lease lease = db.jobs().claim(worker, 1).get(0).lease();
                db.jobs().complete(lease, null);
            },
            "benchmark_results",
            (db, month) -> db.matrix()
                    .results()
                    .record(
                            combination(),
                            NewBenchmarkResult.of(null, null, 1.0, null).benchmarkDate(day(month))));

    private final Jdbc app = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);
    private static Combination combination;

    private HikariDataSource ownersPool;
    private Jdbc owner;

    @BeforeEach
    void open() {
        ownersPool = Pools.open(Pools.hikari(database.owner().build()));
        owner = Jdbc.on(ownersPool, DatabaseOptions.DEFAULT);
    }

    @AfterEach
    void close() {
        ownersPool.close();
    }

    private static Combination combination() {
        if (combination == null) {
            combination = new MatrixFixture(database).combination();
        }
        return combination;
    }

    private static LocalDate day(YearMonth month) {
        return month.atDay(2);
    }

    @BeforeEach
    void noMonths() {
        MatrixFixture.empty(database);
        combination = null;
        for (String table : WRITES.keySet()) {
            for (String partition : database.query("select c.oid::regclass::text from pg_class c"
                    + " where relkind = 'r' and relnamespace = 'evalstore'::regnamespace and relname ~ '^" + table
                    + "_[0-9]'")) {
                database.admin("drop table " + partition);
            }
        }
    }

    /** A reader's lock makes the detachment wait, and it is given up. */
    private static void interruptDetachment(String table, YearMonth month) {
        String partition = "evalstore." + Partitions.name(table, month);
        try (Connection reader = database.connection();
                var read = reader.createStatement()) {
            reader.setAutoCommit(false);
            read.execute("select count(*) from evalstore." + table);
            assertThatThrownBy(() -> asSuperuser(
                            "set statement_timeout = '300ms'",
                            "alter table evalstore." + table + " detach partition " + partition + " concurrently"))
                    .hasMessageContaining("timeout");
            reader.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        assertThat(database.value(
                        "select inhdetachpending from pg_inherits where inhrelid = '" + partition + "'::regclass"))
                .isEqualTo("t");
    }

    private static void asSuperuser(String... statements) throws SQLException {
        try (Connection connection = TestServer.get().admin(database.name());
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> months(String table) {
        return database.query("select right(c.relname, 7) from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                + " where i.inhparent = 'evalstore." + table + "'::regclass and not i.inhdetachpending order by 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit_log", "monitoring_events", "job_attempts", "benchmark_results"})
    void retention_goes_on_after_a_detachment_was_interrupted_wherever_the_month_is(String table) {
        for (int pending = 0; pending < 4; pending++) {
            Partitions.ahead(app, table, JANUARY, 4);
            interruptDetachment(table, JANUARY.plusMonths(pending));
            assertThat(PartitionRetention.dropBefore(owner, table, JANUARY.plusMonths(4)))
                    .isEqualTo(4);
            assertThat(months(table)).containsExactly("2025_05");
        }
    }

    /** The session that holds maintenance's lock must not be one that the detachment waits for. */
    @ParameterizedTest
    @ValueSource(strings = {"audit_log", "monitoring_events", "job_attempts", "benchmark_results"})
    void maintenance_finishes_a_detachment_that_was_interrupted(String table) {
        Partitions.ahead(app, table, JANUARY, 1);
        interruptDetachment(table, JANUARY);
        Duration year = Duration.ofDays(365);
        MaintenanceOptions kept = MaintenanceOptions.DEFAULT
                .jobRetention(year)
                .resultRetention(year)
                .auditRetention(year)
                .eventRetention(year);

        MaintenanceReport report = Database.using(ownersPool).maintenance(kept).runOnce();

        assertThat(report.steps()).allSatisfy(step -> assertThat(step.failure()).isNull());
        assertThat(database.query("select to_regclass('evalstore." + Partitions.name(table, JANUARY) + "') is null"))
                .containsExactly("t");
        assertThat(months(table)).doesNotContain("2025_01");
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit_log", "monitoring_events", "job_attempts", "benchmark_results"})
    void a_month_that_is_to_be_kept_is_attached_again(String table) {
        Partitions.ahead(app, table, JANUARY, 4);
        interruptDetachment(table, JANUARY.plusMonths(3));

        assertThat(PartitionRetention.dropBefore(owner, table, JANUARY.plusMonths(2)))
                .isEqualTo(2);
        assertThat(months(table)).containsExactly("2025_03", "2025_04", "2025_05");
    }

    @ParameterizedTest
    @ValueSource(strings = {"monitoring_events", "job_attempts", "benchmark_results"})
    void the_application_drops_a_month_whose_detachment_was_interrupted(String table) {
        Partitions.ahead(app, table, JANUARY, 4);
        interruptDetachment(table, JANUARY.plusMonths(1));

        assertThat(PartitionRetention.dropBefore(app, table, JANUARY.plusMonths(3)))
                .isEqualTo(3);
        assertThat(months(table)).containsExactly("2025_04", "2025_05");
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit_log", "monitoring_events", "job_attempts", "benchmark_results"})
    void rows_of_a_month_whose_detachment_was_interrupted_go_on(String table) {
        YearMonth month = table.equals("job_attempts") ? Partitions.now(app) : JANUARY;
        WRITES.get(table).accept(database.db(), month);
        interruptDetachment(table, month);

        WRITES.get(table).accept(database.db(), month);
        assertThat(database.value("select count(*) from evalstore." + table)).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit_log", "monitoring_events", "job_attempts", "benchmark_results"})
    void a_table_whose_name_is_no_month_is_left_alone(String table) {
        for (String name : List.of("_2024_13", "_2024_00", "_2024_99")) {
            database.admin("set role evalstore_owner; create table evalstore." + table + name + " (n int)");
        }
        Partitions.ahead(app, table, JANUARY, 2);

        assertThat(Partitions.list(app, table)).hasSize(3);
        assertThat(PartitionRetention.dropBefore(owner, table, JANUARY.plusMonths(2)))
                .isEqualTo(2);
        WRITES.get(table).accept(database.db(), JANUARY);
        assertThat(database.value("select to_regclass('evalstore." + table + "_2024_13') is not null"))
                .isEqualTo("t");
    }
}
