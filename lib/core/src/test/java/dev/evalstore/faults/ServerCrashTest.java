package dev.evalstore.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.Database;
import dev.evalstore.Health;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.testkit.OwnServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server dies without a word in the middle of something. */
class ServerCrashTest {
    private static final NewBenchmark RUN = NewBenchmark.of("a", "p", "m", "d", 10);

    private static OwnServer server;
    private static String name;

    private Database db;

    @BeforeAll
    static void start() {
        server = OwnServer.start(Map.of("synchronous_commit", "on"), data -> {});
        name = server.createMigrated();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        server.asTestServer().execute(name, "truncate evalstore.benchmarks cascade");
        db = Database.open(server.as("evalstore_app", name)
                .connectTimeout(Duration.ofSeconds(2))
                .build());
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void in_the_middle_of_a_transaction_the_error_is_typed_and_nothing_is_half_written() {
        var e = catchThrowableOfType(
                TransientDatabaseException.class,
                () -> db.inTransaction(tx -> {
                    Benchmark run = tx.benchmarks().create(RUN);
                    tx.evaluations()
                            .createAll(Collections.nCopies(
                                    500, NewEvaluation.of("p", "m", "i", "o").benchmark(run.id())));
                    server.kill();
                    return tx.benchmarks().start(run.id());
                }));
        assertThat(e.outcomeUnknown()).isFalse();

        Health away = db.health();
        assertThat(away.reachable()).isFalse();
        assertThat(away.isReady()).isFalse();
        assertThat(away.problem()).isNotBlank();

        server.restart();
        assertThat(db.benchmarks().count(BenchmarkFilter.ALL)).isZero();
        assertThat(db.evaluations().count(EvaluationFilter.ALL)).isZero();
        assertThat(db.health().isReady()).isTrue();
    }

    @Test
    void a_transaction_that_is_retried_goes_through_once_the_server_is_back() {
        AtomicInteger runs = new AtomicInteger();
        db.inTransaction(TxOptions.DEFAULT.retry(Retry.times(20)), tx -> {
            Benchmark run = tx.benchmarks().create(RUN);
            if (runs.incrementAndGet() == 1) {
                server.kill();
                server.restart();
            }
            return tx.benchmarks().start(run.id());
        });
        assertThat(runs.get()).isGreaterThan(1);
        assertThat(db.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(1);
    }

    /**
     * A number that was given to a transaction and never reached the log is given out again after a crash. Asked about it, the
     * server then answers for somebody else.
     */
    @Test
    void a_commit_that_a_crash_undid_is_not_taken_for_a_later_one_with_the_same_number() {
        AtomicInteger runs = new AtomicInteger();
        try {
            db.<Boolean, SQLException>inTransaction(TxOptions.DEFAULT.retry(Retry.times(5)), tx -> {
                if (runs.incrementAndGet() == 1) {
                    long number = number(tx.connection());
                    server.kill();
                    server.restart();
                    try (Connection other = server.asTestServer().admin(name)) {
                        while (number(other) < number) {
                            // each of these commits
                        }
                    }
                }
                return true;
            });
            assertThat(runs.get()).isGreaterThan(1);
        } catch (TransientDatabaseException e) {
            assertThat(e.outcomeUnknown()).isTrue();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long number(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select pg_current_xact_id()::text")) {
            result.next();
            return result.getLong(1);
        }
    }

    @Test
    void what_was_committed_before_is_there_after() {
        Benchmark run = db.benchmarks().create(RUN);
        server.kill();
        var e = catchThrowableOfType(
                TransientDatabaseException.class, () -> db.benchmarks().count(BenchmarkFilter.ALL));
        assertThat(e.outcomeUnknown()).isFalse();
        server.restart();
        assertThat(db.benchmarks().get(run.id())).isEqualTo(run);
    }
}
