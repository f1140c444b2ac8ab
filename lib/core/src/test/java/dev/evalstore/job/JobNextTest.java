package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.StoredJson;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ending attempts and claiming the next jobs in one commit. */
class JobNextTest {
    private static final int THREADS = 8;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(20));

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();
    private Worker worker;

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
        worker = db.workers().register(NewWorker.of("w"));
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        assertEachJobInOnePlace(database);
    }

    private static Completion done(ClaimedJob claimed) {
        return Completion.of(claimed.lease(), Json.of("done"));
    }

    private static List<Completion> done(NextJobs next) {
        return next.claimed().stream().map(JobNextTest::done).toList();
    }

    /** Also once the driver sends all statements in one piece. */
    @Test
    void what_ends_and_what_is_claimed_is_one_commit_at_each_call() {
        jobs.createAll(Collections.nCopies(60, job("a")));
        List<? extends Outcome> ended = List.of();
        for (int i = 0; i < 20; i++) {
            NextJobs next = jobs.next(worker, ended, 2);
            assertThat(next.claimed()).hasSize(2);
            assertThat(next.lost()).isEmpty();
            assertThat(database.query("select distinct xmin::text from evalstore.job_leases"
                            + " union select xmin::text from evalstore.job_finished where completed_at"
                            + " = (select max(completed_at) from evalstore.job_finished)"))
                    .hasSize(1);
            ended = i % 3 == 2
                    ? List.of(
                            done(next.claimed().get(0)),
                            Failure.of(next.claimed().get(1).lease(), "x").permanently())
                    : done(next);
        }
        assertThat(jobs.stats().of("default").completed()).isEqualTo(32);
        assertThat(jobs.stats().of("default").failed()).isEqualTo(6);
    }

    @Test
    void completions_and_failures_end_as_if_alone_and_lost_leases_are_named() {
        jobs.createAll(Collections.nCopies(5, job("a")));
        List<ClaimedJob> first = jobs.next(worker, List.of(), 4).claimed();
        Lease released = first.get(2).lease();
        jobs.release(released);
        Failure failure = Failure.of(first.get(1).lease(), "no").retryAfter(Duration.ofDays(1));
        NextJobs next = jobs.next(
                worker,
                List.of(
                        done(first.get(0)),
                        failure,
                        done(first.get(2)),
                        Failure.of(first.get(0).lease(), "too late")),
                3);
        assertThat(next.lost()).containsExactly(released);
        assertThat(next.claimed()).extracting(one -> one.job().seq()).hasSize(2).isSorted();
        Job completed = jobs.get(first.get(0).lease().id());
        assertThat(completed.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(completed.result()).isEqualTo(Json.of("done"));
        Job failed = jobs.get(first.get(1).lease().id());
        assertThat(failed.status()).isEqualTo(JobStatus.PENDING);
        assertThat(failed.error()).isEqualTo("no");
        assertThat(jobs.attempts(failed.id())).hasSize(1);
        assertThat(next.claimed()).extracting(one -> one.lease().id()).contains(released.id());
        assertThat(jobs.next(worker, done(next), 1).claimed()).isEmpty();
        assertThat(jobs.stats().of("default").running()).isEqualTo(1);
    }

    @Test
    void a_place_that_ends_in_the_same_commit_is_free_for_the_next() {
        jobs.limits().set(JobLimit.queue("default").maxRunning(2));
        jobs.createAll(Collections.nCopies(4, job("a")));
        List<ClaimedJob> running = jobs.next(worker, List.of(), 4).claimed();
        assertThat(running).hasSize(2);
        NextJobs next = jobs.next(worker, List.of(done(running.get(0))), 4);
        assertThat(next.claimed()).hasSize(1);
        assertThat(jobs.next(worker, done(next), 4).claimed()).hasSize(1);
        assertThat(jobs.stats().of("default").running()).isEqualTo(2);
    }

    @Test
    void where_nothing_is_due_or_the_worker_drains_the_attempts_end_all_the_same() {
        jobs.createAll(Collections.nCopies(2, job("a")));
        List<ClaimedJob> claimed = jobs.claim(worker, 1);
        db.workers().drain(worker.id());
        NextJobs next = jobs.next(worker, List.of(done(claimed.get(0))), 5);
        assertThat(next).isEqualTo(new NextJobs(List.of(), List.of()));
        assertThat(jobs.stats().of("default").completed()).isEqualTo(1);
        assertThat(jobs.stats().of("default").ready()).isEqualTo(1);
        Worker strange = db.workers().register(NewWorker.of("strange").queues("elsewhere"));
        Worker other = db.workers().register(NewWorker.of("other"));
        List<ClaimedJob> last = jobs.claim(other, 1);
        assertThat(jobs.next(strange, List.of(done(last.get(0))), 1).lost()).isEmpty();
        assertThat(jobs.stats().of("default").completed()).isEqualTo(2);
    }

    @Test
    void a_dead_worker_learns_that_nothing_was_written_and_an_attempt_of_a_live_one_counts() {
        jobs.createAll(Collections.nCopies(3, job("a")));
        List<ClaimedJob> lost = jobs.claim(worker, 1);
        Worker other = db.workers().register(NewWorker.of("other"));
        List<ClaimedJob> held = jobs.claim(other, 1);
        db.workers().deregister(worker);
        assertThatThrownBy(() -> jobs.next(worker, List.of(done(lost.get(0))), 1))
                .isInstanceOf(WorkerGoneException.class);
        assertThat(jobs.stats().of("default").completed()).isZero();
        NextJobs next = jobs.next(worker, List.of(done(lost.get(0)), done(held.get(0))), 1);
        assertThat(next.lost()).containsExactly(lost.get(0).lease());
        assertThat(next.claimed()).isEmpty();
        assertThat(jobs.stats().of("default").completed()).isEqualTo(1);
    }

    @Test
    void in_a_transaction_it_is_the_transactions_and_above_read_committed_it_writes_nothing() {
        jobs.createAll(Collections.nCopies(4, job("a")));
        List<ClaimedJob> first = jobs.claim(worker, 1);
        List<Completion> done = List.of(done(first.get(0)));
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    assertThat(tx.jobs().next(worker, done, 2).claimed()).hasSize(2);
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(jobs.stats().of("default").running()).isEqualTo(1);
        NextJobs next = db.inTransaction(tx -> {
            NextJobs both = tx.jobs().next(worker, done, 2);
            assertThat(jobs.stats().of("default").completed()).isZero();
            return both;
        });
        assertThat(next.claimed()).hasSize(2);
        assertThat(next.lost()).isEmpty();
        TxOptions above = TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ);
        db.inTransaction(above, tx -> {
            assertThatThrownBy(() -> tx.jobs().next(worker, done(next), 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("read committed");
            return true;
        });
        assertThat(jobs.stats().of("default").completed()).isEqualTo(1);
        assertThat(jobs.stats().of("default").running()).isEqualTo(2);
    }

    /** A worker far away that has used the verb before, so that the driver sends its statements in one piece. */
    private NextJobs warm(Database far) throws InterruptedException {
        NextJobs next = far.jobs().next(worker, List.of(), 1);
        for (int i = 0; i < 3; i++) {
            next = far.jobs().next(worker, done(next), 1);
            // Now and then due jobs are made ready too, which is another text.
            Thread.sleep(i % 2 == 0 ? 120 : 0);
        }
        return next;
    }

    private void lost(Consumer<TcpProxy> how, boolean isStored) throws InterruptedException {
        jobs.createAll(Collections.nCopies(7, job("a")));
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(
                        database.through(proxy).poolSize(1).retry(Retry.NONE).build())) {
            NextJobs first = warm(far);
            long before = jobs.stats().of("default").completed();
            how.accept(proxy);
            var unknown = catchThrowableOfType(
                    TransientDatabaseException.class, () -> far.jobs().next(worker, done(first), 1));
            assertThat(proxy.hasLost()).isTrue();
            assertThat(unknown.outcomeUnknown()).isTrue();
            assertThat(jobs.stats().of("default").completed()).isEqualTo(before + (isStored ? 1 : 0));
            Lease lease = first.claimed().get(0).lease();
            List<ClaimedJob> held = far.jobs().held(worker);
            assertThat(held).hasSize(1);
            assertThat(held.get(0).lease().equals(lease)).isEqualTo(!isStored);
            // Sent again, what is stored is reported as lost, and what is not is stored.
            NextJobs next = far.jobs().next(worker, done(first), 1);
            assertThat(next.lost()).isEqualTo(isStored ? List.of(lease) : List.of());
            assertThat(next.claimed()).hasSize(1);
            assertThat(jobs.stats().of("default").completed()).isEqualTo(before + 1);
        }
    }

    @Test
    void an_answer_that_is_lost_leaves_the_outcome_unknown_and_what_was_claimed_is_held() throws Exception {
        lost(proxy -> proxy.loseAnswerTo("delete from evalstore.job_ready"), true);
    }

    @Test
    void a_request_that_is_lost_writes_nothing() throws Exception {
        lost(proxy -> proxy.loseRequest("delete from evalstore.job_ready"), false);
    }

    @Test
    void claimed_jobs_that_cannot_be_read_leave_the_outcome_unknown() throws Exception {
        lost(proxy -> proxy.loseRequest("jobs.claimed"), true);
    }

    @Test
    void eight_threads_of_one_worker_do_each_job_once() throws Exception {
        jobs.createAll(Collections.nCopies(1_000, job("a")));
        List<Set<Long>> done = Threads.together(THREADS, thread -> () -> {
            Set<Long> own = new HashSet<>();
            for (NextJobs next = jobs.next(worker, List.of(), 1);
                    !next.claimed().isEmpty();
                    next = jobs.next(worker, done(next), 1)) {
                assertThat(next.claimed()).hasSize(1);
                assertThat(next.lost()).isEmpty();
                own.add(next.claimed().get(0).job().seq());
            }
            return own;
        });
        assertThat(done.stream().mapToInt(Set::size).sum()).isEqualTo(1_000);
        assertThat(jobs.stats().of("default").completed()).isEqualTo(1_000);
        assertThat(database.value("select count(*) from evalstore.job_attempts"))
                .isEqualTo("1000");
    }

    @Test
    void of_many_who_end_one_attempt_one_is_accepted() throws Exception {
        for (int round = 0; round < 20; round++) {
            jobs.create(job("a"));
            Completion completion = done(jobs.claim(worker, 1).get(0));
            List<Boolean> accepted = Threads.together(
                    THREADS,
                    thread -> () ->
                            jobs.next(worker, List.of(completion), 1).lost().isEmpty());
            assertThat(accepted).containsOnlyOnce(true);
        }
    }

    /** PostgreSQL has no number as large as that. {@code Json.parse} refuses it, and what came from a server is not looked at. */
    @Test
    void an_outcome_that_cannot_be_stored_spoils_no_other_call() throws Exception {
        Json tooLarge = StoredJson.of("1e999999");
        for (int round = 0; round < 10; round++) {
            jobs.createAll(Collections.nCopies(2 * THREADS, job("a")));
            List<ClaimedJob> claimed = jobs.claim(worker, THREADS);
            List<Integer> given = Threads.together(THREADS, thread -> () -> {
                try {
                    Completion completion = Completion.of(claimed.get(thread).lease(), thread == 3 ? tooLarge : null);
                    NextJobs next = jobs.next(worker, List.of(completion), 1);
                    jobs.completeAll(done(next));
                    return next.claimed().size();
                } catch (DatabaseException e) {
                    assertThat(e.sqlState()).startsWith("22");
                    return -1;
                }
            });
            assertThat(given).containsExactly(1, 1, 1, -1, 1, 1, 1, 1);
            jobs.fail(claimed.get(3).lease(), "its result cannot be stored");
            jobs.completeAll(done(new NextJobs(jobs.claim(worker, 1), List.of())));
        }
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"next", "complete"})
    void a_round_that_waits_for_a_lock_holds_up_no_other(String verb) throws Exception {
        jobs.createAll(Collections.nCopies(2 * THREADS, job("a")));
        List<ClaimedJob> claimed = jobs.claim(worker, THREADS);
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<Boolean> ended = Threads.together(3, thread -> () -> switch (thread) {
            case 0 ->
                db.inTransaction(tx -> {
                    tx.jobs().extend(claimed.get(0).lease(), Duration.ofMinutes(9));
                    locked.countDown();
                    return go.await(60, TimeUnit.SECONDS);
                });
            case 1 -> {
                locked.await();
                jobs.next(worker, List.of(done(claimed.get(0))), 1);
                yield true;
            }
            default -> {
                locked.await();
                database.awaitBlocked();
                for (ClaimedJob one : claimed.subList(1, THREADS)) {
                    if (verb.equals("next")) {
                        assertThat(jobs.next(worker, List.of(done(one)), 1).claimed())
                                .hasSize(1);
                    } else {
                        jobs.complete(one.lease(), null);
                    }
                }
                go.countDown();
                yield true;
            }
        });
        assertThat(ended).containsExactly(true, true, true);
        assertThat(jobs.stats().of("default").completed()).isEqualTo(THREADS);
    }

    @Test
    void bad_input_is_refused_by_name() {
        assertThatThrownBy(() -> jobs.next(worker, List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit");
    }
}
