package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.expireLeases;
import static dev.evalstore.job.JobTestKit.job;
import static dev.evalstore.job.JobTestKit.silence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import dev.evalstore.worker.WorkerStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

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

    @Test
    void a_created_job_is_pending_and_reads_back_the_same() {
        Job created = jobs.create(job("benchmark")
                .queue("nightly")
                .priority(7)
                .maxRetries(2)
                .timeout(Duration.ofSeconds(90))
                .backoff(new Backoff(Duration.ofMillis(250), Duration.ofSeconds(3)))
                .requiredTags("gpu", "a100", "gpu")
                .fairKey("openai"));

        assertThat(jobs.get(created.id())).isEqualTo(created);
        assertThat(created.status()).isEqualTo(JobStatus.PENDING);
        assertThat(created.requiredTags()).containsExactly("a100", "gpu");
        assertThat(created.queue()).isEqualTo("nightly");
        assertThat(created.fairKey()).isEqualTo("openai");
        assertThat(created.priority()).isEqualTo(7);
        assertThat(created.maxRetries()).isEqualTo(2);
        assertThat(created.timeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(created.backoff()).isEqualTo(new Backoff(Duration.ofMillis(250), Duration.ofSeconds(3)));
        assertThat(created.payload().asMap()).isEqualTo(Map.of("type", "benchmark"));
        assertThat(created.attempt()).isZero();
    }

    @Test
    void claims_come_highest_priority_first_then_oldest_and_never_more_than_asked() {
        List<Job> made = new ArrayList<>();
        for (int priority : new int[] {0, 5, -3, 5, 0, 10}) {
            made.add(jobs.create(job("p" + priority).priority(priority)));
        }
        List<ClaimedJob> first = jobs.claim(worker, 4);
        List<ClaimedJob> rest = jobs.claim(worker, 4);

        assertThat(ids(first))
                .containsExactly(
                        made.get(5).id(),
                        made.get(1).id(),
                        made.get(3).id(),
                        made.get(0).id());
        assertThat(ids(rest)).containsExactly(made.get(4).id(), made.get(2).id());
        assertThat(jobs.claim(worker, 4)).isEmpty();
        ClaimedJob claimed = first.get(0);
        assertThat(claimed.job().status()).isEqualTo(JobStatus.RUNNING);
        assertThat(claimed.lease().attempt()).isEqualTo(1);
        assertThat(Duration.between(claimed.lease().claimedAt(), claimed.lease().deadline()))
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(jobs.get(claimed.job().id())).isEqualTo(claimed.job());
    }

    @Test
    void more_urgent_work_that_comes_later_is_claimed_next() {
        for (int i = 0; i < 20; i++) {
            jobs.create(job("usual"));
        }
        assertThat(jobs.claim(worker, 5)).hasSize(5);
        UUID urgent = jobs.create(job("urgent").priority(1)).id();
        assertThat(ids(jobs.claim(worker, 2))).first().isEqualTo(urgent);
    }

    private static List<UUID> ids(List<ClaimedJob> claimed) {
        return claimed.stream().map(c -> c.job().id()).toList();
    }

    private ClaimedJob claimOne() {
        List<ClaimedJob> claimed = jobs.claim(worker, 1);
        assertThat(claimed).hasSize(1);
        return claimed.get(0);
    }

    @Test
    void a_completed_job_keeps_its_result_and_its_attempt_with_usage() {
        UUID id = jobs.create(job("a")).id();
        Lease lease = claimOne().lease();
        List<Lease> lost = jobs.completeAll(List.of(
                new Completion(lease, Json.of(Map.of("score", 1)), Usage.of(100, 20, new BigDecimal("0.000000123")))));

        assertThat(lost).isEmpty();
        Job done = jobs.get(id);
        assertThat(done.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(done.result().asMap()).isEqualTo(Map.of("score", 1));
        assertThat(done.attempt()).isEqualTo(1);
        assertThat(done.startedAt()).isEqualTo(lease.claimedAt());
        assertThat(done.completedAt()).isNotNull();
        JobAttempt attempt = jobs.attempts(id).get(0);
        assertThat(attempt.outcome()).isEqualTo(JobAttempt.Outcome.COMPLETED);
        assertThat(attempt.token()).isEqualTo(lease.token());
        assertThat(attempt.worker()).isEqualTo(worker.generation());
        assertThat(attempt.usage()).isEqualTo(Usage.of(100, 20, new BigDecimal("0.000000123")));
    }

    @Test
    void a_lease_ends_once_and_every_verb_refuses_it_afterwards() {
        UUID id = jobs.create(job("a")).id();
        Lease lease = claimOne().lease();
        jobs.complete(lease, null);
        Job done = jobs.get(id);

        everyVerbRefuses(lease);
        assertThat(jobs.get(id)).isEqualTo(done);
        assertThat(jobs.attempts(id)).hasSize(1);
    }

    private void everyVerbRefuses(Lease lease) {
        List<ThrowingCallable> verbs = List.of(
                () -> jobs.complete(lease, null),
                () -> jobs.fail(lease, "late"),
                () -> jobs.snooze(lease, Duration.ofSeconds(1)),
                () -> jobs.release(lease),
                () -> jobs.extend(lease, Duration.ofHours(1)),
                () -> jobs.saveProgress(lease, Json.EMPTY));
        for (ThrowingCallable verb : verbs) {
            assertThatThrownBy(verb)
                    .isInstanceOfSatisfying(
                            LeaseLostException.class, e -> assertThat(e.ids()).containsExactly(lease.id()));
        }
        assertThat(jobs.completeAll(List.of(Completion.of(lease, null)))).containsExactly(lease);
        assertThat(jobs.failAll(List.of(Failure.of(lease, "x")))).containsExactly(lease);
        assertThat(jobs.releaseAll(List.of(lease))).containsExactly(lease);
        assertThat(jobs.confirmCancelled(List.of(lease))).containsExactly(lease);
    }

    @Test
    void a_failed_attempt_is_scheduled_again_until_retries_are_spent() {
        UUID id = jobs.create(job("a").maxRetries(2).backoff(Backoff.NONE)).id();
        for (int attempt = 1; attempt <= 3; attempt++) {
            Lease lease = claimOne().lease();
            assertThat(lease.attempt()).isEqualTo(attempt);
            jobs.fail(lease, "error " + attempt);
            Job failed = jobs.get(id);
            assertThat(failed.attempt()).isEqualTo(attempt);
            assertThat(failed.error()).isEqualTo("error " + attempt);
            assertThat(failed.status()).isEqualTo(attempt < 3 ? JobStatus.PENDING : JobStatus.FAILED);
        }
        assertThat(jobs.claim(worker, 1)).isEmpty();
        assertThat(jobs.get(id).completedAt()).isNotNull();
        assertThat(jobs.attempts(id)).extracting(JobAttempt::error).containsExactly("error 1", "error 2", "error 3");
    }

    @Test
    void the_wait_before_a_retry_is_the_backoff_or_what_the_failure_says() {
        UUID backoff = jobs.create(job("a").backoff(new Backoff(Duration.ofSeconds(100), Duration.ofSeconds(150))))
                .id();
        UUID told = jobs.create(job("b")).id();
        List<ClaimedJob> claimed = jobs.claim(worker, 2);
        jobs.failAll(List.of(
                Failure.of(claimed.get(0).lease(), "x"),
                Failure.of(claimed.get(1).lease(), "x").retryAfter(Duration.ofHours(1))));
        assertThat(waits(backoff)).isBetween(49.0, 100.5);
        assertThat(waits(told)).isBetween(3_590.0, 3_600.5);
        database.admin("update evalstore.job_scheduled set run_at = run_at - interval '2 hours';"
                + " update evalstore.jobs set run_at = run_at - interval '2 hours'");
        jobs.failAll(jobs.claim(worker, 2).stream()
                .map(c -> Failure.of(c.lease(), "x"))
                .toList());
        assertThat(waits(backoff)).as("doubled, up to the cap").isBetween(74.0, 150.5);
    }

    private double waits(UUID id) {
        return Double.parseDouble(database.value(
                "select extract(epoch from s.run_at - now()) from evalstore.job_scheduled s join evalstore.jobs j using (seq)"
                        + " where j.id = '" + id + "'"));
    }

    @Test
    void a_permanent_failure_is_final_and_a_retry_candidate() {
        UUID id = jobs.create(job("a")).id();
        jobs.failAll(List.of(Failure.of(claimOne().lease(), "no such model").permanently()));
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.FAILED);
        assertThat(jobs.listRetryCandidates(10)).extracting(Job::id).containsExactly(id);

        Job back = jobs.retry(id);
        assertThat(back.status()).isEqualTo(JobStatus.PENDING);
        assertThat(back.attempt()).isZero();
        jobs.complete(claimOne().lease(), null);
        assertThat(jobs.get(id).error()).as("gone with success").isNull();
        assertThat(jobs.attempts(id)).hasSize(2);
        assertThatThrownBy(() -> jobs.retry(id))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("completed");
    }

    @Test
    void snooze_and_release_spend_no_attempt() {
        UUID id = jobs.create(job("a")).id();
        Lease first = claimOne().lease();
        jobs.release(first);
        Lease second = claimOne().lease();
        assertThat(second.attempt()).isEqualTo(1);
        assertThat(second.token()).isGreaterThan(first.token());
        jobs.snooze(second, Duration.ofHours(1));
        assertThat(jobs.claim(worker, 1)).isEmpty();
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(jobs.get(id).runAt()).isAfter(Instant.now().minusSeconds(10));
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.SCHEDULED);
        everyVerbRefuses(first);
        everyVerbRefuses(second);
        assertThat(jobs.attempts(id)).isEmpty();
    }

    @Test
    void a_released_job_takes_its_old_place() {
        UUID first = jobs.create(job("a")).id();
        jobs.create(job("b"));
        jobs.release(claimOne().lease());
        Worker other = db.workers().register(NewWorker.of("w-2"));
        assertThat(jobs.claim(other, 1).get(0).job().id()).isEqualTo(first);
    }

    @Test
    void a_scheduled_job_is_claimed_when_it_is_due_and_not_before() {
        UUID later = jobs.create(job("later").delay(Duration.ofHours(1))).id();
        UUID at = jobs.create(job("at").runAt(Instant.parse("2100-01-01T00:00:00Z")))
                .id();
        UUID past = jobs.create(job("past").runAt(Instant.parse("2020-01-01T00:00:00Z")))
                .id();
        assertThat(ids(jobs.claim(worker, 10))).containsExactly(past);
        assertThat(jobs.get(at).runAt()).isEqualTo(Instant.parse("2100-01-01T00:00:00Z"));
        database.admin("update evalstore.job_scheduled set run_at = run_at - interval '2 hours'");
        assertThat(ids(jobs.claim(worker, 10))).containsExactly(later);
    }

    @Test
    void an_urgent_job_does_not_wait_for_the_thousands_that_came_due_before_it() {
        jobs.createAll(
                Collections.nCopies(15_000, job("old").runAt(Instant.now().minusSeconds(3_600))));
        jobs.create(job("urgent").priority(10).runAt(Instant.now().minusSeconds(60)));
        assertThat(claimOne().job().jobType()).isEqualTo("urgent");
        assertThat(claimOne().job().jobType()).isEqualTo("old");
    }

    @Test
    void progress_survives_the_attempt_and_an_extension_moves_the_deadline() {
        UUID id = jobs.create(job("a").backoff(Backoff.NONE)).id();
        Lease lease = claimOne().lease();
        jobs.saveProgress(lease, Json.of(Map.of("done", 17)));
        jobs.extend(lease, Duration.ofHours(2));
        assertThat(Double.parseDouble(
                        database.value("select extract(epoch from deadline - now()) from evalstore.job_leases")))
                .isBetween(7_100.0, 7_200.5);
        jobs.fail(lease, "x");
        assertThat(claimOne().job().progress().asMap()).isEqualTo(Map.of("done", 17));
        assertThat(jobs.get(id).progress()).isNotNull();
    }

    @Test
    void a_lease_past_its_deadline_is_refused_and_then_requeued_as_timed_out() {
        UUID id = jobs.create(job("a").timeout(Duration.ofSeconds(1))).id();
        Lease lease = claimOne().lease();
        expireLeases(database);
        everyVerbRefuses(lease);
        assertThat(jobs.requeueExpired(10)).isEqualTo(1);
        assertThat(jobs.requeueExpired(10)).isZero();
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(jobs.get(id).error()).isEqualTo("timed out after 1 s");
        assertThat(jobs.attempts(id)).extracting(JobAttempt::outcome).containsExactly(JobAttempt.Outcome.TIMED_OUT);
        assertThat(claimOne().lease().attempt()).isEqualTo(2);
        everyVerbRefuses(lease);
    }

    @Test
    void a_silent_workers_jobs_are_requeued_and_it_can_do_nothing_more() {
        UUID id = jobs.create(job("a")).id();
        jobs.create(job("b"));
        Lease lease = claimOne().lease();
        Worker other = db.workers().register(NewWorker.of("w-2"));
        assertThat(jobs.requeueExpired(10)).as("it is alive").isZero();
        silence(database, worker);
        assertThat(jobs.requeueExpired(10)).isEqualTo(1);

        everyVerbRefuses(lease);
        assertThatThrownBy(() -> db.workers().heartbeat(worker, 0, 0, 0)).isInstanceOf(WorkerGoneException.class);
        assertThatThrownBy(() -> jobs.claim(worker, 1)).isInstanceOf(WorkerGoneException.class);
        assertThat(jobs.attempts(id)).extracting(JobAttempt::outcome).containsExactly(JobAttempt.Outcome.LOST);
        assertThat(jobs.claim(other, 1).get(0).lease().attempt()).isEqualTo(2);
        assertThat(db.workers().find(worker.id()).orElseThrow().status()).isEqualTo(WorkerStatus.OFFLINE);
    }

    @Test
    void a_job_that_three_workers_went_down_with_is_poison() {
        UUID id = jobs.create(job("a").maxRetries(100)).id();
        for (int i = 1; i <= 3; i++) {
            Worker victim = db.workers().register(NewWorker.of("victim"));
            assertThat(jobs.claim(victim, 1)).hasSize(1);
            silence(database, victim);
            assertThat(db.workers().removeStale(Duration.ofHours(1))).isEqualTo(1);
        }
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.FAILED);
        assertThat(jobs.get(id).attempt()).isEqualTo(3);
        assertThat(jobs.attempts(id)).hasSize(3);
    }

    @Test
    void a_worker_that_leaves_gives_its_jobs_back_without_an_attempt() {
        UUID id = jobs.create(job("a")).id();
        Lease lease = claimOne().lease();
        assertThat(db.workers().deregister(worker)).isEqualTo(1);
        assertThat(db.workers().deregister(worker)).isZero();
        everyVerbRefuses(lease);
        assertThat(jobs.get(id).attempt()).isZero();
        assertThat(jobs.attempts(id)).isEmpty();
    }

    /** It came back with its attempt unspent and left no history: a handler that outlives its timeout could run for ever. */
    @Test
    void what_had_timed_out_when_its_worker_left_has_spent_its_attempt() {
        UUID id = jobs.create(job("a")).id();
        claimOne();
        JobTestKit.expireLeases(database);
        assertThat(db.workers().deregister(worker)).isZero();
        assertThat(jobs.requeueExpired(10)).isEqualTo(1);
        assertThat(jobs.get(id).attempt()).isEqualTo(1);
        assertThat(jobs.attempts(id)).extracting(JobAttempt::outcome).containsExactly(JobAttempt.Outcome.TIMED_OUT);
    }

    @Test
    void a_worker_that_was_declared_dead_releases_nothing_when_it_leaves_after_that() {
        UUID id = jobs.create(job("a")).id();
        claimOne();
        database.admin("update evalstore.workers set gone_at = statement_timestamp(), status = 'offline'");
        assertThat(db.workers().deregister(worker)).isZero();
        assertThat(jobs.requeueExpired(10)).isEqualTo(1);
        assertThat(jobs.get(id).attempt()).isEqualTo(1);
        assertThat(jobs.attempts(id)).extracting(JobAttempt::outcome).containsExactly(JobAttempt.Outcome.LOST);
    }

    @Test
    void cancelling_ends_a_pending_job_at_once_and_tells_the_worker_of_a_running_one() {
        UUID ready = jobs.create(job("ready")).id();
        UUID scheduled = jobs.create(job("scheduled").delay(Duration.ofDays(1))).id();
        assertThat(jobs.cancel(ready).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(jobs.cancel(scheduled).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(jobs.claim(worker, 10)).isEmpty();

        UUID running = jobs.create(job("running")).id();
        Lease lease = claimOne().lease();
        assertThat(db.workers().heartbeat(worker, 1, 0, 0).cancelled()).isEmpty();
        assertThat(jobs.cancel(running).status()).isEqualTo(JobStatus.RUNNING);
        assertThat(db.workers().heartbeat(worker, 1, 0, 0).cancelled()).containsExactly(running);
        assertThat(jobs.confirmCancelled(List.of(lease))).isEmpty();
        assertThat(jobs.get(running).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(jobs.attempts(running))
                .extracting(JobAttempt::outcome)
                .containsExactly(JobAttempt.Outcome.CANCELLED);
        assertThatThrownBy(() -> jobs.cancel(running))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("cancelled");
        assertThat(jobs.retry(running).status()).isEqualTo(JobStatus.PENDING);
    }

    @Test
    void a_cancelled_job_whose_worker_is_lost_does_not_come_back() {
        UUID id = jobs.create(job("a")).id();
        claimOne();
        jobs.cancel(id);
        expireLeases(database);
        assertThat(jobs.requeueExpired(10)).isEqualTo(1);
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void a_unique_key_belongs_to_one_unfinished_job_of_its_queue() {
        CreatedJob first = jobs.createUnique(job("a").uniqueKey("k"));
        CreatedJob second = jobs.createUnique(job("b").uniqueKey("k"));
        assertThat(first.isNew()).isTrue();
        assertThat(second.isNew()).isFalse();
        assertThat(second.job()).isEqualTo(first.job());
        assertThat(jobs.createUnique(job("a").queue("other").uniqueKey("k")).isNew())
                .isTrue();
        assertThatThrownBy(() -> jobs.createUnique(job("a"))).isInstanceOf(IllegalArgumentException.class);

        jobs.completeAll(jobs.claim(worker, 10).stream()
                .map(c -> Completion.of(c.lease(), null))
                .toList());
        CreatedJob third = jobs.createUnique(job("a").uniqueKey("k"));
        assertThat(third.isNew()).isTrue();
        jobs.cancel(third.job().id());
        CreatedJob fourth = jobs.createUnique(job("a").uniqueKey("k"));
        assertThat(fourth.isNew()).isTrue();
        assertThatThrownBy(() -> jobs.retry(third.job().id()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("unique key");
        assertThat(jobs.get(third.job().id()).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void create_all_gives_ids_in_order_by_every_path() {
        for (int size : new int[] {0, 1, 100, 6_000}) {
            List<NewJob> some = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                some.add(job("n" + i).priority(i % 3).queue("size-" + size));
            }
            List<UUID> ids = jobs.createAll(some);
            assertThat(new HashSet<>(ids)).hasSize(size);
            assertThat(jobs.count(JobFilter.ALL.queue("size-" + size + (size == 0 ? "x" : ""))))
                    .isEqualTo(size);
            if (size > 0) {
                Job last = jobs.get(ids.get(size - 1));
                assertThat(last.jobType()).isEqualTo("n" + (size - 1));
                assertThat(last.priority()).isEqualTo((size - 1) % 3);
            }
        }
    }

    @Test
    void filters_lists_and_counts_agree() {
        UUID done = jobs.create(job("x").queue("a")).id();
        jobs.complete(claimOne().lease(), null);
        UUID running = jobs.create(job("x").queue("b").fairKey("openai")).id();
        claimOne();
        UUID pending = jobs.create(job("y").queue("b")).id();
        UUID later = jobs.create(job("y").queue("b").delay(Duration.ofDays(1))).id();

        assertThat(listed(JobFilter.ALL)).containsExactly(later, pending, running, done);
        assertThat(listed(JobFilter.ALL.status(JobStatus.PENDING))).containsExactly(later, pending);
        assertThat(listed(JobFilter.ALL.status(JobStatus.RUNNING))).containsExactly(running);
        assertThat(listed(JobFilter.ALL.status(JobStatus.COMPLETED))).containsExactly(done);
        assertThat(listed(JobFilter.ALL.status(JobStatus.FAILED))).isEmpty();
        assertThat(listed(JobFilter.ALL.queue("a"))).containsExactly(done);
        assertThat(listed(JobFilter.ALL.jobType("y"))).containsExactly(later, pending);
        assertThat(listed(JobFilter.ALL.fairKey("openai"))).containsExactly(running);
        assertThat(listed(JobFilter.ALL.created(jobs.get(pending).createdAt(), null)))
                .containsExactly(later, pending);
        assertThat(jobs.count(JobFilter.ALL.status(JobStatus.PENDING))).isEqualTo(2);
        assertThat(jobs.listPending(10)).extracting(Job::id).containsExactly(pending);
        assertThat(jobs.listRunning(10)).extracting(Job::id).containsExactly(running);
        assertThat(jobs.listByWorker(worker, 10)).extracting(Job::id).containsExactly(running);
        assertThat(jobs.listRunning(10).get(0).workerId()).isEqualTo("w-1");
        JobStats stats = jobs.stats();
        assertThat(stats.total()).isEqualTo(4);
        assertThat(stats.of("b").pending()).isEqualTo(2);
        assertThat(stats.of("b").running()).isEqualTo(1);
        assertThat(stats.of("b").oldestDue()).isNotNull();
        assertThat(stats.of("a").completed()).isEqualTo(1);
        assertThat(stats.of("nobody").total()).isZero();
        assertThat(stats.pending())
                .isEqualTo(stats.queues().stream()
                        .mapToLong(JobStats.OfQueue::pending)
                        .sum());
        assertThat(stats.pending()).isEqualTo(stats.ready() + stats.scheduled());
        assertThat(stats.total())
                .isEqualTo(stats.pending() + stats.running() + stats.completed() + stats.failed() + stats.cancelled());
        assertThat(stats.running()).isEqualTo(1);
        assertThat(stats.completed()).isEqualTo(1);
        assertThat(stats.oldestDue()).isNotNull();
        assertThat(new JobStats(List.of()).oldestDue()).isNull();
        Page<Job> first = jobs.list(JobFilter.ALL, 3, null);
        Cursor next = first.next();
        assertThat(jobs.list(JobFilter.ALL, 3, next).items())
                .extracting(Job::id)
                .containsExactly(done);
    }

    @Test
    void jobs_are_found_by_unique_key_worker_and_several_statuses() {
        UUID completed = jobs.create(job("a").uniqueKey("k")).id();
        jobs.complete(claimOne().lease(), null);
        UUID running = jobs.create(job("a").uniqueKey("k")).id();
        claimOne();
        UUID cancelled = jobs.create(job("b")).id();
        jobs.cancel(cancelled);
        UUID ready = jobs.create(job("c")).id();
        UUID scheduled = jobs.create(job("c").delay(Duration.ofDays(1))).id();

        JobFilter all = JobFilter.ALL;
        assertThat(listed(all.uniqueKey("k"))).containsExactly(running, completed);
        assertThat(listed(all.uniqueKey("k").status(JobStatus.RUNNING))).containsExactly(running);
        assertThat(listed(all.uniqueKey("other"))).isEmpty();
        assertThat(listed(all.worker(worker))).containsExactly(running);
        assertThat(listed(all.workerId(worker.workerId()))).containsExactly(running);
        Worker idle = db.workers().register(NewWorker.of("idle"));
        assertThat(listed(all.worker(idle))).isEmpty();
        assertThat(listed(all.statuses(Set.of(JobStatus.PENDING)))).containsExactly(scheduled, ready);
        assertThat(listed(all.statuses(Set.of(JobStatus.RUNNING, JobStatus.CANCELLED))))
                .containsExactly(cancelled, running);
        assertThat(listed(all.statuses(List.of(JobStatus.COMPLETED, JobStatus.FAILED))))
                .containsExactly(completed);
        assertThat(listed(all.statuses(EnumSet.allOf(JobStatus.class))))
                .containsExactly(scheduled, ready, cancelled, running, completed);
        assertThat(jobs.count(all.statuses(Set.of(JobStatus.PENDING, JobStatus.COMPLETED))))
                .isEqualTo(3);
        bad("statuses", () -> all.statuses(Set.of()));
        bad("uniqueKey", () -> all.uniqueKey(" "));
        bad("workerId", () -> all.workerId(""));
    }

    @Test
    void a_list_needs_no_cursor_and_a_walk_meets_every_page() {
        List<UUID> ids = jobs.createAll(Collections.nCopies(2_345, job("a")));
        assertThat(jobs.list(JobFilter.ALL).items()).hasSize(1_000);
        assertThat(jobs.list(JobFilter.ALL).next()).isNotNull();
        assertThat(jobs.list(JobFilter.ALL, 5).items()).hasSize(5);
        assertThat(jobs.list(JobFilter.ALL.jobType("b")).items()).isEmpty();
        assertThat(jobs.list(JobFilter.ALL.jobType("b")).next()).isNull();
        List<UUID> walked = new ArrayList<>();
        jobs.forEach(JobFilter.ALL, one -> walked.add(one.id()));
        assertThat(walked).hasSize(2_345);
        assertThat(new HashSet<>(walked)).isEqualTo(new HashSet<>(ids));
    }

    @Test
    void one_failure_may_be_permanent_or_say_when_to_retry() {
        UUID permanent = jobs.create(job("a")).id();
        jobs.fail(Failure.of(claimOne().lease(), "no such model").permanently());
        assertThat(jobs.get(permanent).status()).isEqualTo(JobStatus.FAILED);
        UUID later = jobs.create(job("a")).id();
        jobs.fail(Failure.of(claimOne().lease(), "too many requests").retryAfter(Duration.ofHours(1)));
        assertThat(jobs.get(later).status()).isEqualTo(JobStatus.PENDING);
        assertThat(jobs.claim(worker, 1)).isEmpty();
    }

    private List<UUID> listed(JobFilter filter) {
        return jobs.list(filter, 100, null).items().stream().map(Job::id).toList();
    }

    @Test
    void deleting_takes_a_job_out_of_every_place() {
        UUID ready = jobs.create(job("a").uniqueKey("k").priority(1)).id();
        UUID scheduled = jobs.create(job("a").delay(Duration.ofDays(1))).id();
        assertThat(jobs.delete(ready)).isTrue();
        assertThat(jobs.delete(scheduled)).isTrue();
        assertThat(jobs.delete(scheduled)).isFalse();
        assertThat(jobs.claim(worker, 1)).isEmpty();
        UUID running = jobs.create(job("a").uniqueKey("k")).id();
        Lease lease = claimOne().lease();
        assertThat(jobs.delete(running)).isTrue();
        everyVerbRefuses(lease);
        UUID finished = jobs.create(job("a")).id();
        jobs.complete(claimOne().lease(), null);
        assertThat(jobs.delete(finished)).isTrue();
        assertThat(jobs.find(finished)).isEmpty();
    }

    @Test
    void cleanup_deletes_what_ended_long_ago_in_the_given_statuses_and_nothing_else() {
        for (int i = 0; i < 12; i++) {
            jobs.create(job("a").maxRetries(0));
        }
        List<ClaimedJob> claimed = jobs.claim(worker, 10);
        for (int i = 0; i < 10; i++) {
            if (i < 6) {
                jobs.complete(claimed.get(i).lease(), null);
            } else {
                jobs.fail(claimed.get(i).lease(), "x");
            }
        }
        database.admin("update evalstore.job_finished set completed_at = completed_at - interval '10 days'"
                + " where seq / 1000 % 2 = 0");
        assertThat(jobs.cleanup(Duration.ofDays(9), List.of(JobStatus.COMPLETED)))
                .isEqualTo(new Cleanup(3, false));
        assertThat(jobs.cleanup(Duration.ofDays(9), List.of(JobStatus.FAILED, JobStatus.CANCELLED)))
                .isEqualTo(new Cleanup(2, false));
        assertThat(jobs.count(JobFilter.ALL)).isEqualTo(7);
        assertThatThrownBy(() -> jobs.cleanup(Duration.ofDays(9), List.of(JobStatus.RUNNING)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("statuses");
    }

    @Test
    void a_queue_may_keep_neither_history_nor_completed_jobs() {
        jobs.limits().keep("brief", QueueKeeps.NOTHING);
        UUID id = jobs.create(job("a").queue("brief").uniqueKey("k")).id();
        jobs.complete(claimOne().lease(), null);
        assertThat(jobs.find(id)).isEmpty();
        assertThat(database.value("select count(*) from evalstore.job_attempts"))
                .isEqualTo("0");
        UUID failing = jobs.create(job("a").queue("brief").maxRetries(0)).id();
        jobs.fail(claimOne().lease(), "x");
        assertThat(jobs.get(failing).status()).as("failures stay").isEqualTo(JobStatus.FAILED);
    }

    @Test
    void an_unknown_id_is_empty_to_find_and_an_error_to_every_other_verb() {
        UUID unknown = UUID.randomUUID();
        assertThat(jobs.find(unknown)).isEmpty();
        assertThat(jobs.attempts(unknown)).isEmpty();
        for (ThrowingCallable verb : List.<ThrowingCallable>of(
                () -> jobs.get(unknown),
                () -> jobs.cancel(unknown),
                () -> jobs.retry(unknown),
                () -> jobs.whyNotRunning(unknown))) {
            assertThatThrownBy(verb).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void why_not_running_names_the_first_thing_that_keeps_a_job() {
        UUID id = jobs.create(job("a").queue("q").requiredTags("gpu").fairKey("openai"))
                .id();
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.NO_WORKER);
        assertThat(jobs.unclaimable()).containsExactly(new JobRoute("q", List.of("gpu"), "openai"));
        Worker able =
                db.workers().register(NewWorker.of("gpu-1").tags("gpu", "a100").queues("q"));
        assertThat(jobs.unclaimable()).isEmpty();
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.QUEUED);
        jobs.limits().pause(JobLimit.Scope.QUEUE, "q");
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.PAUSED);
        assertThat(jobs.claim(able, 1)).isEmpty();
        jobs.limits().resume(JobLimit.Scope.QUEUE, "q");
        jobs.limits().set(JobLimit.fairKey("openai").maxRunning(0));
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.MAX_RUNNING);
        jobs.limits().set(JobLimit.fairKey("openai").rate(1, Duration.ofHours(1)));
        assertThat(jobs.claim(able, 1)).hasSize(1);
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.RUNNING);
        UUID second = jobs.create(job("a").queue("q").requiredTags("gpu").fairKey("openai"))
                .id();
        assertThat(jobs.whyNotRunning(second).reason()).isEqualTo(WhyNotRunning.Reason.RATE);
        assertThat(jobs.limits().remove(JobLimit.Scope.FAIR_KEY, "openai")).isTrue();
        jobs.complete(jobs.claim(able, 1).get(0).lease(), null);
        assertThat(jobs.whyNotRunning(second).reason()).isEqualTo(WhyNotRunning.Reason.FINISHED);
    }

    @Test
    void what_is_rolled_back_never_was() throws Exception {
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.jobs().create(job("a").queue("in-a-new-lane"));
                    tx.jobs().createAll(List.of(job("b")));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(jobs.count(JobFilter.ALL)).isZero();
        UUID id = jobs.create(job("a").queue("in-a-new-lane")).id();
        Lease lease = claimOne().lease();
        assertThat(lease.id()).isEqualTo(id);
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.jobs().complete(lease, null);
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        try (var connection = database.connection()) {
            connection.setAutoCommit(false);
            db.join(connection).jobs().complete(lease, null);
            connection.rollback();
            assertThat(jobs.get(id).status()).isEqualTo(JobStatus.RUNNING);
            db.join(connection).jobs().complete(lease, null);
            connection.commit();
        }
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void bad_input_is_refused_by_name() {
        bad("type", () -> job(" "));
        bad("priority", () -> job("a").priority(1_000_001));
        bad("maxRetries", () -> job("a").maxRetries(-1));
        bad("timeout", () -> job("a").timeout(Duration.ofMillis(1_500)));
        bad("timeout", () -> job("a").timeout(Duration.ZERO));
        bad("backoff", () -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)));
        bad("queue", () -> job("a").queue(""));
        bad("requiredTags", () -> job("a").requiredTags("gpu", " "));
        bad("fairKey", () -> job("a").fairKey(" "));
        bad("uniqueKey", () -> job("a").uniqueKey("a\0"));
        bad("delay", () -> job("a").delay(Duration.ofSeconds(-1)));
        bad("limit", () -> jobs.claim(worker, 0));
        bad("limit", () -> jobs.claim(worker, 1_001));
        bad("maxRunning", () -> JobLimit.queue("q").maxRunning(-1));
        bad("rate", () -> JobLimit.queue("q").rate(0, Duration.ofSeconds(1)));
        bad("interval", () -> JobLimit.queue("q").rate(1, Duration.ofMillis(1)));
        bad("weight", () -> JobLimit.fairKey("q").weight(0));
        bad("weight", () -> JobLimit.fairKey("q").weight(Double.NaN));
        jobs.create(job("a"));
        Lease lease = claimOne().lease();
        bad("error", () -> jobs.fail(lease, " "));
        bad("delay", () -> jobs.snooze(lease, Duration.ofSeconds(-1)));
        bad("time", () -> jobs.extend(lease, Duration.ZERO));
        bad("costUsd", () -> Usage.of(1, 1, new BigDecimal("-1")));
    }

    private static void bad(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }
}
