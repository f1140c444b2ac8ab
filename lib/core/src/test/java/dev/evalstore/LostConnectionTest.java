package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is stored, and what the caller learns, when the connection goes at the worst moment. */
class LostConnectionTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final NewBenchmark RUN = NewBenchmark.of("a", "p", "m", "d", 10);
    private static final TxOptions RETRIED = TxOptions.DEFAULT.retry(Retry.times(3));

    private TcpProxy proxy;
    private Database db;

    @BeforeEach
    void open() {
        database.admin("delete from evalstore.benchmarks; delete from evalstore.evaluations");
        proxy = database.proxy();
        db = Database.open(
                database.through(proxy).connectTimeout(Duration.ofSeconds(2)).build());
    }

    @AfterEach
    void close() {
        db.close();
        proxy.close();
    }

    private static int stored() {
        return Integer.parseInt(database.value("select count(*) from evalstore.benchmarks"));
    }

    @Test
    void an_insert_whose_answer_was_lost_is_found_again_by_its_own_id() {
        proxy.loseAnswerTo("insert into evalstore.benchmarks");
        Benchmark created = db.benchmarks().create(RUN);
        assertThat(proxy.hasLost()).isTrue();
        assertThat(stored()).isEqualTo(1);
        assertThat(db.benchmarks().get(created.id())).isEqualTo(created);
    }

    @Test
    void an_insert_that_never_arrived_is_sent_again() {
        proxy.loseRequest("insert into evalstore.benchmarks");
        Benchmark created = db.benchmarks().create(RUN);
        assertThat(proxy.hasLost()).isTrue();
        assertThat(stored()).isEqualTo(1);
        assertThat(db.benchmarks().get(created.id())).isEqualTo(created);
    }

    @Test
    void an_insert_that_may_be_stored_says_so_although_no_later_attempt_could_connect() {
        db.benchmarks().count(BenchmarkFilter.ALL);
        proxy.loseAnswerTo("insert into evalstore.benchmarks");
        // One connection is open already; from now on there are no others.
        proxy.refuse(true);
        var e = catchThrowableOfType(
                TransientDatabaseException.class, () -> db.benchmarks().create(RUN));
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(stored()).isEqualTo(1);
    }

    /** The second attempt is told that the row is there, and then the server is away. */
    @Test
    void an_insert_that_is_stored_and_cannot_be_read_again_has_an_unknown_outcome() {
        try (Database far = Database.open(database.through(proxy)
                .connectTimeout(Duration.ofSeconds(1))
                .listener((name, time, failure) -> {
                    if (failure instanceof ConstraintViolationException) {
                        proxy.refuse(true);
                        proxy.reset();
                    }
                })
                .build())) {
            proxy.loseAnswerTo("insert into evalstore.benchmarks");
            var e = catchThrowableOfType(
                    TransientDatabaseException.class, () -> far.benchmarks().create(RUN));
            assertThat(e.outcomeUnknown()).isTrue();
            assertThat(stored()).isEqualTo(1);
        }
    }

    @Test
    void an_update_whose_answer_was_lost_is_not_repeated_and_its_outcome_is_unknown() {
        Benchmark run = db.benchmarks().create(RUN);
        db.benchmarks().start(run.id());
        proxy.loseAnswerTo("completed_iterations + $");
        var e = catchThrowableOfType(
                TransientDatabaseException.class, () -> db.benchmarks().recordProgress(run.id(), 1, 0));
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(db.benchmarks().get(run.id()).completedIterations()).isEqualTo(1);
    }

    @Test
    void a_bulk_insert_whose_answer_was_lost_is_not_repeated() {
        List<NewEvaluation> answers = java.util.Collections.nCopies(100, NewEvaluation.of("p", "m", "in", "out"));
        proxy.loseAnswerTo("insert into evalstore.evaluations");
        var e = catchThrowableOfType(
                TransientDatabaseException.class, () -> db.evaluations().createAll(answers));
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(database.value("select count(*) from evalstore.evaluations")).isEqualTo("100");
    }

    @Test
    void a_commit_whose_answer_was_lost_is_asked_for_and_turns_out_well() {
        AtomicInteger runs = new AtomicInteger();
        proxy.loseAnswerTo("COMMIT");
        Benchmark created = db.inTransaction(RETRIED, tx -> {
            runs.incrementAndGet();
            return tx.benchmarks().create(RUN);
        });
        assertThat(proxy.hasLost()).isTrue();
        assertThat(runs).hasValue(1);
        assertThat(stored()).isEqualTo(1);
        assertThat(db.benchmarks().get(created.id())).isEqualTo(created);
    }

    @Test
    void a_commit_that_never_arrived_is_asked_for_and_the_work_runs_again() {
        AtomicInteger runs = new AtomicInteger();
        proxy.loseRequest("COMMIT");
        db.inTransaction(RETRIED, tx -> {
            runs.incrementAndGet();
            return tx.benchmarks().create(RUN);
        });
        assertThat(proxy.hasLost()).isTrue();
        assertThat(runs).hasValue(2);
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void a_commit_without_retry_whose_answer_was_lost_has_an_unknown_outcome() {
        proxy.loseAnswerTo("COMMIT");
        var e = catchThrowableOfType(
                TransientDatabaseException.class,
                () -> db.inTransaction(tx -> tx.benchmarks().create(RUN)));
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void a_commit_nobody_can_be_asked_about_has_an_unknown_outcome() {
        proxy.loseAnswerTo("COMMIT");
        var e = catchThrowableOfType(
                TransientDatabaseException.class,
                () -> db.inTransaction(RETRIED, tx -> {
                    proxy.refuse(true);
                    return tx.benchmarks().create(RUN);
                }));
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void work_that_loses_its_connection_before_the_commit_runs_again() {
        AtomicInteger runs = new AtomicInteger();
        db.inTransaction(RETRIED, tx -> {
            tx.benchmarks().create(RUN);
            if (runs.incrementAndGet() == 1) {
                proxy.reset();
            }
            return tx.benchmarks().create(RUN);
        });
        assertThat(runs).hasValue(2);
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void a_swallowed_lost_connection_stores_nothing_and_says_so() {
        var e = catchThrowableOfType(
                TransientDatabaseException.class,
                () -> db.inTransaction(tx -> {
                    tx.benchmarks().create(RUN);
                    proxy.reset();
                    try {
                        tx.benchmarks().create(RUN);
                    } catch (TransientDatabaseException swallowed) {
                        // as careless callers do
                    }
                    return true;
                }));
        assertThat(e.outcomeUnknown()).isFalse();
        assertThat(stored()).isZero();
    }

    /** The pool does not test connections that it handed out a moment ago, and there may be more of them than attempts. */
    @Test
    void reads_go_on_after_every_session_was_ended() throws Exception {
        CyclicBarrier all = new CyclicBarrier(10);
        Threads.together(
                10,
                i -> () -> db.inTransaction(tx -> {
                    tx.benchmarks().count(BenchmarkFilter.ALL);
                    return all.await();
                }));
        assertThat(db.health().pool().total()).isEqualTo(10);
        database.endSessions();
        assertThat(db.benchmarks().count(BenchmarkFilter.ALL)).isZero();
        assertThat(db.benchmarks().listRecent(10)).isEmpty();
    }

    @Test
    void a_silent_server_is_given_up_after_the_statement_and_connect_timeouts() {
        try (Database patient = Database.open(database.through(proxy)
                .connectTimeout(Duration.ofSeconds(1))
                .statementTimeout(Duration.ofSeconds(1))
                .retry(Retry.NONE)
                .build())) {
            Benchmark run = patient.benchmarks().create(RUN);
            proxy.stall(TcpProxy.Way.TO_CLIENT);
            var e = catchThrowableOfType(
                    TransientDatabaseException.class,
                    () -> patient.benchmarks().update(run.id(), UpdateBenchmark.NOTHING.name("b")));
            assertThat(e.outcomeUnknown()).isTrue();
        } finally {
            proxy.resume();
        }
    }
}
