package dev.evalstore.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.PoolExhaustedException;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

/** Every option changes what happens. */
class DatabaseConfigTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static Database open(UnaryOperator<DatabaseConfig.Builder> settings) {
        return Database.open(settings.apply(database.config()).build());
    }

    private static String show(Database db, String query) {
        return db.inTransaction(tx -> {
            try (var statement = tx.connection().createStatement();
                    ResultSet result = statement.executeQuery(query)) {
                result.next();
                return result.getString(1);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void the_application_name_shows_on_the_server() {
        try (Database db = open(config -> config.applicationName("my service"))) {
            assertThat(show(db, "select current_setting('application_name')")).isEqualTo("my service");
            assertThat(database.query("select 1 from pg_stat_activity where application_name = 'my service'"))
                    .isNotEmpty();
        }
    }

    @Test
    void a_statement_beyond_its_timeout_is_cancelled_by_the_server() {
        try (Database db = open(config -> config.statementTimeout(Duration.ofMillis(200)))) {
            assertThatThrownBy(() -> db.<Boolean, SQLException>inTransaction(tx -> {
                        try (var statement = tx.connection().createStatement()) {
                            return statement.execute("select pg_sleep(60)");
                        }
                    }))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
        }
    }

    @Test
    void a_statement_that_waits_too_long_for_a_lock_fails() {
        UUID id = database.db()
                .benchmarks()
                .create(NewBenchmark.of("a", "p", "m", "d", 0))
                .id();
        try (Database db =
                open(config -> config.lockTimeout(Duration.ofMillis(100)).retry(Retry.NONE))) {
            database.db().useTransaction(tx -> {
                tx.benchmarks().update(id, UpdateBenchmark.NOTHING.name("b"));
                assertThatThrownBy(() -> db.benchmarks().update(id, UpdateBenchmark.NOTHING.name("c")))
                        .isInstanceOfSatisfying(
                                TransientDatabaseException.class,
                                e -> assertThat(e.sqlState()).isEqualTo("55P03"));
            });
        }
    }

    @Test
    void timeouts_and_the_urls_own_server_options_hold_together() {
        DatabaseConfig plain = database.config().build();
        try (Database db = open(config -> config.url(plain.url() + "?options=-c%20work_mem%3D1234kB")
                .statementTimeout(Duration.ofSeconds(7))
                .lockTimeout(Duration.ofSeconds(5)))) {
            assertThat(show(db, "show work_mem")).isEqualTo("1234kB");
            assertThat(show(db, "show statement_timeout")).isEqualTo("7s");
            assertThat(show(db, "show lock_timeout")).isEqualTo("5s");
        }
    }

    @Test
    void a_driver_parameter_of_the_url_reaches_the_driver() throws SQLException {
        DatabaseConfig plain = database.config().build();
        try (Database db = open(config -> config.url(plain.url() + "?prepareThreshold=17"))) {
            assertThat(db.<Integer, SQLException>inTransaction(tx -> tx.connection()
                            .unwrap(org.postgresql.PGConnection.class)
                            .getPrepareThreshold()))
                    .isEqualTo(17);
        }
    }

    @Test
    void a_pool_that_is_in_use_is_exhausted_after_the_connect_timeout() {
        try (Database db = open(config -> config.poolSize(2).connectTimeout(Duration.ofMillis(300)))) {
            db.useTransaction(one -> db.useTransaction(two -> {
                assertThat(db.health().pool().total()).isEqualTo(2);
                assertThatThrownBy(() -> db.benchmarks().count(BenchmarkFilter.ALL))
                        .isInstanceOfSatisfying(PoolExhaustedException.class, e -> {
                            assertThat(e.getMessage())
                                    .contains("benchmarks.count")
                                    .matches("(?s).*after 3\\d\\dms.*");
                            assertThat(e.outcomeUnknown()).isFalse();
                        });
                assertThat(db.health().reachable()).isTrue();
            }));
            assertThat(db.benchmarks().count(BenchmarkFilter.ALL)).isNotNegative();
        }
    }

    @Test
    void as_many_connections_as_asked_for_are_kept_open() {
        try (Database db = open(config -> config.poolSize(5).minimumIdle(4).applicationName("idle four"))) {
            Awaitility.await()
                    .until(() -> database.query("select 1 from pg_stat_activity where application_name = 'idle four'")
                                    .size()
                            == 4);
            assertThat(db.health().pool().total()).isEqualTo(4);
        }
    }

    /** The shortest that they can be is longer than a test should take; the pool honours what it is given. */
    @Test
    void idle_time_and_lifetime_are_the_pools() {
        HikariConfig pool = Pools.hikari(database.config()
                .poolSize(5)
                .minimumIdle(1)
                .idleTimeout(Duration.ofSeconds(11))
                .maxLifetime(Duration.ofSeconds(31))
                .build());
        assertThat(pool.getIdleTimeout()).isEqualTo(11_000);
        assertThat(pool.getMaxLifetime()).isEqualTo(31_000);
        assertThat(pool.getDataSourceProperties()).containsEntry("logServerErrorDetail", "false");
        assertThat(pool.toString()).doesNotContain("test-only");
    }

    @Test
    void the_schema_is_the_one_that_is_read() {
        try (Database db = open(config -> config.schema("nowhere"))) {
            assertThatThrownBy(() -> db.benchmarks().count(BenchmarkFilter.ALL))
                    .isInstanceOf(dev.evalstore.SchemaException.class);
            assertThat(db.migrationStatus().schema()).isEqualTo("nowhere");
        }
    }

    @Test
    void statements_and_slow_ones_are_logged_as_asked() {
        try (LogCapture log = LogCapture.of("dev.evalstore.sql", Level.INFO)) {
            try (Database db = open(config -> config.logStatements(true).slowStatement(Duration.ofNanos(1)))) {
                db.benchmarks().find(UUID.randomUUID());
            }
            assertThat(log.text()).contains("INFO").contains("slow statement").contains("from evalstore.benchmarks");
        }
        try (LogCapture log = LogCapture.of("dev.evalstore.sql", Level.INFO)) {
            try (Database db = open(config -> config.slowStatement(null))) {
                db.benchmarks().find(UUID.randomUUID());
            }
            assertThat(log.text()).isEmpty();
        }
    }

    @Test
    void single_statements_are_retried_as_often_as_configured() {
        UUID id = database.db()
                .benchmarks()
                .create(NewBenchmark.of("a", "p", "m", "d", 0))
                .id();
        try (Database db = open(config -> config.lockTimeout(Duration.ofMillis(20))
                .retry(Retry.times(4).backoff(Duration.ZERO, Duration.ZERO)))) {
            database.db().useTransaction(tx -> {
                tx.benchmarks().update(id, UpdateBenchmark.NOTHING.name("b"));
                assertThatThrownBy(() -> db.benchmarks().update(id, UpdateBenchmark.NOTHING.name("c")))
                        .isInstanceOf(TransientDatabaseException.class);
            });
            assertThat(db.stats().operations()).anySatisfy(o -> {
                assertThat(o.name()).isEqualTo("benchmarks.update");
                assertThat(o.failures()).isEqualTo(4);
            });
        }
    }

    @Test
    void a_transaction_is_retried_only_if_it_asks() {
        int[] runs = {0};
        assertThatThrownBy(() -> database.db().inTransaction(TxOptions.DEFAULT, tx -> {
                    runs[0]++;
                    throw new TransientDatabaseException("x", "40001", false, null);
                }))
                .isInstanceOf(TransientDatabaseException.class);
        assertThat(runs[0]).isEqualTo(1);
    }

    @Test
    void the_longest_times_are_taken_by_pool_driver_and_server() {
        Duration longest = Duration.ofDays(12);
        try (Database patient = Database.open(database.config()
                .connectTimeout(longest)
                .statementTimeout(longest)
                .lockTimeout(longest)
                .idleTimeout(Duration.ofDays(36_500))
                .maxLifetime(Duration.ofDays(36_500))
                .slowStatement(Duration.ofDays(36_500))
                .build())) {
            assertThat(patient.health().reachable()).isTrue();
        }
    }

    @Test
    void a_builder_refuses_what_it_cannot_use_by_name() {
        bad("url or host", DatabaseConfig.builder()::build);
        bad(
                "url or host",
                () -> DatabaseConfig.builder().url("postgres://a/b").host("c").build());
        bad("poolSize", () -> DatabaseConfig.builder().poolSize(0));
        bad(
                "minimumIdle",
                () -> DatabaseConfig.builder()
                        .host("a")
                        .poolSize(2)
                        .minimumIdle(3)
                        .build());
        bad("connectTimeout", () -> DatabaseConfig.builder().connectTimeout(Duration.ofMillis(1)));
        bad("idleTimeout", () -> DatabaseConfig.builder().idleTimeout(Duration.ofSeconds(1)));
        bad("maxLifetime", () -> DatabaseConfig.builder().maxLifetime(Duration.ofSeconds(1)));
        bad("statementTimeout", () -> DatabaseConfig.builder().statementTimeout(Duration.ZERO));
        bad("lockTimeout", () -> DatabaseConfig.builder().lockTimeout(Duration.ofMillis(-1)));
        bad("slowStatement", () -> DatabaseConfig.builder().slowStatement(Duration.ZERO));
        bad("connectTimeout", () -> DatabaseConfig.builder().connectTimeout(Duration.ofDays(13)));
        bad("idleTimeout", () -> DatabaseConfig.builder().idleTimeout(Duration.ofDays(36_501)));
        bad("maxLifetime", () -> DatabaseConfig.builder().maxLifetime(Duration.ofDays(36_501)));
        bad("statementTimeout", () -> DatabaseConfig.builder().statementTimeout(Duration.ofDays(13)));
        bad("lockTimeout", () -> DatabaseConfig.builder().lockTimeout(Duration.ofDays(13)));
        bad("slowStatement", () -> DatabaseConfig.builder().slowStatement(Duration.ofDays(36_501)));
        bad("schema", () -> DatabaseConfig.builder().schema("Upper"));
        bad("port", () -> DatabaseConfig.builder().port(0));
        bad("host", () -> DatabaseConfig.builder().host("a b"));
        bad("database", () -> DatabaseConfig.builder().database(" "));
        bad("password", () -> DatabaseConfig.builder().password("a\0b"));
        bad("sslRootCert", () -> DatabaseConfig.builder().sslRootCert(Path.of("/no/such/file")));
        bad(
                "sslCert and sslKey",
                () -> DatabaseConfig.builder()
                        .host("a")
                        .sslCert(Path.of("pom.xml"))
                        .build());
    }

    private static void bad(String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }
}
