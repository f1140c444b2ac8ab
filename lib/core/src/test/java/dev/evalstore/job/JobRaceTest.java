package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Lease;
import dev.evalstore.Retry;
import dev.evalstore.TxOptions;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two at the same job, one of them in a transaction that is still open when the other comes. */
class JobRaceTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final ExecutorService EXECUTOR = Executors.newCachedThreadPool();

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();
    private Worker worker;

    @BeforeEach
    void register() {
        JobTestKit.empty(database);
        worker = db.workers().register(NewWorker.of("w-1"));
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        assertEachJobInOnePlace(database);
    }

    @AfterAll
    static void shutDown() {
        EXECUTOR.shutdownNow();
    }

    /** Does the first in a transaction, starts the second, and commits once that waits. */
    private <T> T meanwhile(Consumer<JobRepository> first, Supplier<T> second) throws Exception {
        CompletableFuture<T> result = db.inTransaction(tx -> {
            first.accept(tx.jobs());
            CompletableFuture<T> waiting = CompletableFuture.supplyAsync(second, EXECUTOR);
            database.awaitBlocked();
            return waiting;
        });
        return result.get(30, TimeUnit.SECONDS);
    }

    @Test
    void deleting_a_job_that_is_being_claimed_takes_its_lease_too() throws Exception {
        UUID id = jobs.create(job("a")).id();
        List<ClaimedJob> claimed = new ArrayList<>();
        assertThat(meanwhile(tx -> claimed.addAll(tx.claim(worker, 1)), () -> jobs.delete(id)))
                .isTrue();
        assertThat(jobs.completeAll(List.of(Completion.of(claimed.get(0).lease(), null))))
                .as("its worker has lost it")
                .hasSize(1);
        assertThat(jobs.find(id)).isEmpty();
    }

    @Test
    void deleting_a_job_that_is_being_failed_takes_its_next_attempt_too() throws Exception {
        UUID id = jobs.create(job("a")).id();
        Lease lease = jobs.claim(worker, 1).get(0).lease();
        assertThat(meanwhile(tx -> tx.fail(lease, "x"), () -> jobs.delete(id))).isTrue();
        assertThat(jobs.delete(id)).isFalse();
    }

    @Test
    void cancelling_a_job_that_is_being_claimed_tells_its_worker() throws Exception {
        UUID id = jobs.create(job("a")).id();
        assertThat(meanwhile(tx -> tx.claim(worker, 1), () -> jobs.cancel(id)).status())
                .isEqualTo(JobStatus.RUNNING);
        assertThat(db.workers().heartbeat(worker, 1, 0, 0).cancelled()).containsExactly(id);
    }

    @Test
    void two_who_end_the_same_leases_otherwise_do_not_wait_for_each_other() throws Exception {
        jobs.createAll(List.of(job("a"), job("a")));
        List<Lease> leases = jobs.claim(worker, 2).stream()
                .map(ClaimedJob::lease)
                .sorted(Comparator.comparingLong(Lease::seq))
                .toList();
        Lease first = leases.get(0);
        Lease last = leases.get(1);
        List<Outcome> mixed = List.of(Completion.of(last, null), Failure.of(first, "x"));
        List<Failure> failures = List.of(Failure.of(first, "y"), Failure.of(last, "y"));
        CompletableFuture<NextJobs> next;
        CompletableFuture<List<Lease>> lost;
        try (Database once = Database.open(database.config().retry(Retry.NONE).build())) {
            try (Connection holder = database.connection();
                    Statement statement = holder.createStatement()) {
                holder.setAutoCommit(false);
                statement.execute("select from evalstore.job_leases where seq = " + last.seq() + " for update");
                next = CompletableFuture.supplyAsync(() -> once.jobs().next(worker, mixed, 1), EXECUTOR);
                database.awaitBlocked(1);
                lost = CompletableFuture.supplyAsync(() -> once.jobs().failAll(failures), EXECUTOR);
                database.awaitBlocked(2);
                holder.rollback();
            }
            assertThat(next.get(30, TimeUnit.SECONDS).lost()).isEmpty();
            assertThat(lost.get(30, TimeUnit.SECONDS)).containsExactly(first, last);
        }
    }

    @Test
    void completing_a_job_that_is_being_cancelled_is_accepted() throws Exception {
        UUID id = jobs.create(job("a")).id();
        Lease lease = jobs.claim(worker, 1).get(0).lease();
        assertThat(meanwhile(tx -> tx.cancel(id), () -> jobs.completeAll(List.of(Completion.of(lease, null)))))
                .isEmpty();
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    /** What a worker may do with a job other than completing it. */
    enum GivingUp {
        FAIL,
        SNOOZE,
        RELEASE,
        LEAVE
    }

    @ParameterizedTest
    @EnumSource(GivingUp.class)
    void a_job_that_was_cancelled_while_it_ran_does_not_come_back(GivingUp how) {
        UUID id = jobs.createUnique(job("a").uniqueKey("k")).job().id();
        Lease lease = jobs.claim(worker, 1).get(0).lease();
        jobs.cancel(id);
        switch (how) {
            case FAIL -> jobs.fail(lease, "stopped half way");
            case SNOOZE -> jobs.snooze(lease, Duration.ZERO);
            case RELEASE -> jobs.release(lease);
            case LEAVE -> assertThat(db.workers().deregister(worker)).isEqualTo(1);
        }
        Job ended = jobs.get(id);
        assertThat(ended.status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(ended.attempt()).isEqualTo(how == GivingUp.FAIL ? 1 : 0);
        assertThat(jobs.claim(db.workers().register(NewWorker.of("w-2")), 1)).isEmpty();
        assertThat(jobs.createUnique(job("a").uniqueKey("k")).isNew())
                .as("its key is free")
                .isTrue();
        assertThat(jobs.attempts(id)).hasSize(how == GivingUp.FAIL ? 1 : 0);
    }

    @Test
    void of_two_leases_of_one_job_in_a_batch_only_the_stale_one_is_reported() {
        jobs.create(job("a"));
        Lease stale = jobs.claim(worker, 1).get(0).lease();
        jobs.release(stale);
        Lease held = jobs.claim(worker, 1).get(0).lease();
        assertThat(jobs.completeAll(List.of(Completion.of(stale, null), Completion.of(held, null))))
                .containsExactly(stale);
        assertThat(jobs.get(held.id()).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void a_worker_that_leaves_neither_waits_for_a_completion_nor_closes_the_gates() throws Exception {
        for (int i = 0; i < 3; i++) {
            jobs.create(job("a"));
        }
        List<ClaimedJob> claimed = jobs.claim(worker, 2);
        db.useTransaction(tx -> {
            tx.jobs().complete(claimed.get(0).lease(), null);
            assertThat(db.workers().deregister(worker)).isEqualTo(1);
            for (int i = 0; i < 8; i++) {
                jobs.claim(db.workers().register(NewWorker.of("other")), 1);
            }
        });
        assertThat(jobs.stats().of("default").completed()).isEqualTo(1);
        assertThat(jobs.stats().of("default").running()).isEqualTo(2);
    }

    @Test
    void a_worker_that_is_declared_dead_while_it_claims_keeps_nothing() throws Exception {
        UUID id = jobs.create(job("a")).id();
        JobTestKit.silence(database, worker);
        assertThat(meanwhile(tx -> assertThat(tx.claim(worker, 1)).hasSize(1), () -> jobs.requeueExpired(10)))
                .isEqualTo(1);
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.PENDING);
        assertThatThrownBy(() -> jobs.claim(worker, 1)).isInstanceOf(WorkerGoneException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = Isolation.class,
            names = {"REPEATABLE_READ", "SERIALIZABLE"})
    void a_claim_with_an_old_snapshot_is_refused_since_it_could_keep_no_limit(Isolation level) {
        jobs.limits().set(JobLimit.queue("default").maxRunning(1));
        UUID id = jobs.create(job("a")).id();
        TxOptions options = TxOptions.DEFAULT.isolation(level);
        assertThatThrownBy(() -> db.inTransaction(options, tx -> tx.jobs().claim(worker, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("read committed");
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.PENDING);
    }

    @Test
    void a_worker_finds_what_it_was_given_by_a_claim_whose_answer_was_lost() {
        UUID id = jobs.create(job("a")).id();
        // The answer is dropped here: to the server that is the same as a connection that was lost after the commit.
        assertThat(jobs.claim(worker, 1)).hasSize(1);
        List<ClaimedJob> held = jobs.held(worker);
        assertThat(ids(held)).containsExactly(id);
        assertThat(held.get(0).job()).isEqualTo(jobs.get(id));
        jobs.complete(held.get(0).lease(), null);
        assertThat(jobs.held(worker)).isEmpty();
    }

    /** A claim that waits at its gate is done although its client is gone: an answer before that would not name its job. */
    @Test
    void a_worker_is_told_what_it_holds_when_its_claims_under_way_are_done() throws Exception {
        UUID id = jobs.create(job("a")).id();
        List<ClaimedJob> held = meanwhile(tx -> assertThat(tx.claim(worker, 1)).hasSize(1), () -> jobs.held(worker));
        assertThat(ids(held)).containsExactly(id);
    }

    private static List<UUID> ids(List<ClaimedJob> claimed) {
        return claimed.stream().map(c -> c.job().id()).toList();
    }

    @Test
    void batches_that_make_the_same_lanes_and_keys_in_opposite_orders_are_all_stored() throws Exception {
        for (int round = 0; round < 10; round++) {
            String prefix = "r" + round + "-";
            List<List<UUID>> ids = Threads.together(4, thread -> () -> {
                List<NewJob> batch = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    batch.add(job("a").queue(prefix + i).uniqueKey("k"));
                }
                if (thread % 2 == 1) {
                    Collections.reverse(batch);
                }
                List<UUID> made = new ArrayList<>(jobs.createAllUnique(batch).stream()
                        .map(CreatedJobId::id)
                        .toList());
                if (thread % 2 == 1) {
                    Collections.reverse(made);
                }
                return made;
            });
            assertThat(ids).as("all are told the same").containsOnly(ids.get(0));
        }
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(500);
    }
}
