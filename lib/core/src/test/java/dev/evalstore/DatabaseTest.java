package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final NewBenchmark RUN = NewBenchmark.of("a", "p", "m", "d", 10);

    private final Database db = database.db();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.benchmarks");
    }

    private static int stored() {
        return Integer.parseInt(database.value("select count(*) from evalstore.benchmarks"));
    }

    @Test
    void after_close_every_call_is_an_illegal_state() {
        Database closed = Database.open(database.config().build());
        closed.benchmarks().create(RUN);
        closed.close();
        closed.close();
        List<ThrowingCallable> calls = List.of(
                () -> closed.benchmarks().find(UUID.randomUUID()),
                () -> closed.benchmarks().create(RUN),
                () -> closed.evaluations().stream(EvaluationFilter.ALL, row -> {}),
                () -> closed.inTransaction(tx -> true),
                closed::health,
                closed::stats,
                closed::migrate,
                closed::migrationStatus,
                closed::validate,
                () -> closed.revertTo(0),
                () -> closed.withSchema("evalstore").benchmarks().count(BenchmarkFilter.ALL));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void closing_ends_the_connections() {
        Database closed =
                Database.open(database.config().applicationName("closing").build());
        closed.benchmarks().count(BenchmarkFilter.ALL);
        closed.close();
        org.awaitility.Awaitility.await()
                .until(() -> database.query("select pid from pg_stat_activity where application_name = 'closing'")
                        .isEmpty());
    }

    @Test
    void it_opens_from_hikaris_own_settings_and_leaves_them_to_the_caller() {
        HikariConfig settings = Pools.hikari(database.config().build());
        settings.setPoolName("the-hosts-own");
        try (Database opened = Database.open(settings)) {
            opened.benchmarks().create(RUN);
            settings.setMaximumPoolSize(99);
            assertThat(opened.health().isReady()).isTrue();
        }
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void a_borrowed_pool_is_never_closed() {
        HikariDataSource host = database.pool();
        try (Database borrowed = Database.using(host)) {
            borrowed.benchmarks().create(RUN);
        }
        assertThat(host.isClosed()).isFalse();
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void connections_of_a_pool_without_auto_commit_are_used_and_go_back_as_they_came() throws SQLException {
        HikariConfig settings = Pools.hikari(database.config().poolSize(1).build());
        settings.setAutoCommit(false);
        try (HikariDataSource host = new HikariDataSource(settings);
                Database borrowed = Database.using(host, DatabaseOptions.DEFAULT.poolAutoCommit(false))) {
            Benchmark run = borrowed.benchmarks().create(RUN);
            assertThat(stored()).isEqualTo(1);
            borrowed.useTransaction(tx -> tx.benchmarks().create(RUN));
            assertThat(stored()).isEqualTo(2);
            assertThatThrownBy(() -> borrowed.useTransaction(tx -> {
                        tx.benchmarks().create(RUN);
                        throw new IllegalStateException("mine");
                    }))
                    .hasMessage("mine");
            borrowed.evaluations().stream(EvaluationFilter.ALL, row -> {});
            assertThat(borrowed.benchmarks().get(run.id())).isEqualTo(run);
            try (Connection connection = host.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
            }
        }
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void connections_of_a_pool_that_resets_nothing_go_back_as_they_came() throws SQLException {
        try (Connection only = database.connection()) {
            only.setAutoCommit(false);
            Database borrowed = Database.using(new OneConnection(only), DatabaseOptions.DEFAULT.poolAutoCommit(false));
            borrowed.benchmarks().create(RUN);
            assertThat(only.getAutoCommit()).isFalse();
            borrowed.useTransaction(tx -> tx.benchmarks().create(RUN));
            assertThat(only.getAutoCommit()).isFalse();
            only.setAutoCommit(true);
            borrowed.useTransaction(tx -> tx.benchmarks().create(RUN));
            assertThat(only.getAutoCommit()).isTrue();
        }
        assertThat(stored()).isEqualTo(3);
    }

    @Test
    void a_pool_without_auto_commit_is_refused_unless_the_options_say_so() throws SQLException {
        HikariConfig settings = Pools.hikari(database.config().poolSize(1).build());
        settings.setAutoCommit(false);
        try (HikariDataSource host = new HikariDataSource(settings)) {
            Database borrowed = Database.using(host);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> borrowed.benchmarks().create(RUN))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("poolAutoCommit");
            }
            Connection left = host.getConnection();
            left.close();
        }
        assertThat(stored()).isZero();
    }

    @Test
    void a_pool_of_its_own_may_be_without_auto_commit() {
        HikariConfig settings = Pools.hikari(database.config().poolSize(1).build());
        settings.setAutoCommit(false);
        try (Database opened = Database.open(settings)) {
            opened.benchmarks().create(RUN);
            opened.useTransaction(tx -> tx.benchmarks().create(RUN));
            assertThat(opened.health().isReady()).isTrue();
        }
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void what_joins_the_hosts_transaction_is_stored_exactly_if_the_host_commits() throws SQLException {
        try (Connection host = database.connection()) {
            host.setAutoCommit(false);
            Benchmark run = db.join(host).benchmarks().create(RUN);
            assertThat(stored()).isZero();
            assertThat(db.join(host).benchmarks().get(run.id())).isEqualTo(run);
            host.rollback();
            assertThat(stored()).isZero();
            db.join(host).benchmarks().create(RUN);
            host.commit();
            assertThat(stored()).isEqualTo(1);
            assertThat(host.isClosed()).isFalse();
            assertThat(host.getAutoCommit()).isFalse();
        }
    }

    @Test
    void a_host_can_ask_whether_a_swallowed_failure_keeps_its_commit_from_storing() throws SQLException {
        try (Connection host = database.connection()) {
            host.setAutoCommit(false);
            Tx tx = db.join(host);
            UUID id = tx.benchmarks().create(RUN).id();
            tx.requireCommittable();
            assertThatThrownBy(() -> tx.evaluations()
                            .create(NewEvaluation.of("p", "m", "i", "o").benchmark(UUID.randomUUID())))
                    .isInstanceOf(ConstraintViolationException.class);
            assertThatThrownBy(tx::requireCommittable)
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("25P02"));
            host.rollback();
            tx.requireCommittable();
            assertThat(db.benchmarks().find(id)).isEmpty();
        }
    }

    @Test
    void joining_outside_of_a_transaction_costs_the_host_no_connection() throws SQLException {
        HikariConfig settings = Pools.hikari(database.config()
                .poolSize(1)
                .connectTimeout(Duration.ofSeconds(1))
                .build());
        try (HikariDataSource host = new HikariDataSource(settings)) {
            Database borrowed = Database.using(host);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> borrowed.join(host.getConnection()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("auto-commit");
            }
            assertThat(borrowed.benchmarks().count(BenchmarkFilter.ALL)).isZero();
        }
    }

    @Test
    void a_savepoint_in_a_joined_transaction_is_undone_alone() throws SQLException {
        try (Connection host = database.connection()) {
            host.setAutoCommit(false);
            Tx tx = db.join(host);
            tx.benchmarks().create(RUN);
            assertThatThrownBy(() -> tx.useTransaction(nested -> {
                        nested.benchmarks().create(RUN);
                        throw new IllegalStateException("mine");
                    }))
                    .hasMessage("mine");
            host.commit();
        }
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void a_connection_in_auto_commit_or_closed_cannot_be_joined() throws SQLException {
        Connection host = database.connection();
        assertThatThrownBy(() -> db.join(host))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("auto-commit");
        host.close();
        assertThatThrownBy(() -> db.join(host)).isInstanceOf(DatabaseException.class);
    }

    @Test
    void health_and_statistics_tell_how_it_stands() {
        db.benchmarks().create(RUN);
        Health health = db.health();
        assertThat(health.isReady()).isTrue();
        assertThat(health.problem()).isNull();
        assertThat(health.primary()).isTrue();
        assertThat(health.roundTrip()).isPositive();
        assertThat(health.serverVersion())
                .isEqualTo(database.value("show server_version").split(" ")[0]);
        assertThat(health.schemaVersion()).isEqualTo(health.libraryVersion()).isPositive();
        assertThat(health.pool().total()).isPositive();
        assertThat(health.pool().maximum()).isEqualTo(database.config().build().poolSize());

        DatabaseStats stats = db.stats();
        assertThat(stats.databaseBytes()).isPositive();
        assertThat(stats.tables())
                .extracting(DatabaseStats.TableStats::name)
                .contains("benchmarks", "evaluations")
                .isSorted();
        assertThat(stats.tables())
                .allSatisfy(table -> assertThat(table.indexBytes()).isPositive());
        assertThat(stats.operations()).extracting(OperationStats::name).contains("benchmarks.create");
        assertThat(stats.pool()).isNotNull();
    }

    @Test
    void health_needs_no_second_connection() {
        try (Database narrow = Database.open(database.config()
                .poolSize(1)
                .connectTimeout(Duration.ofSeconds(1))
                .build())) {
            assertThat(narrow.health().isReady()).isTrue();
            assertThat(narrow.stats().tables()).isNotEmpty();
        }
    }

    @Test
    void the_oldest_transactions_age_shows() {
        Health during = db.inTransaction(tx -> {
            tx.benchmarks().count(BenchmarkFilter.ALL);
            return db.health();
        });
        assertThat(during.oldestTransaction()).isPositive();
    }
}
