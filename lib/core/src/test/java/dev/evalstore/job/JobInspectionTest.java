package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is said of jobs that are due. */
class JobInspectionTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Duration LITTLE = Duration.ofMinutes(5);
    private static final NewJob OTHER = job("other").queue("other");

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();

    @BeforeEach
    void begin() {
        JobTestKit.empty(database);
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        assertEachJobInOnePlace(database);
    }

    /** Lets jobs be so much older than they are. */
    private static void age(Job job, Duration by) {
        database.admin("update evalstore.jobs set created_at = created_at - interval '" + by.toSeconds()
                + " seconds' where seq = " + job.seq());
    }

    private Job created(NewJob job, Duration before) {
        Job created = jobs.create(job);
        age(created, before);
        return created;
    }

    private Duration oldest() {
        return jobs.stats().of("default").oldestDue();
    }

    private void assertOldest(Duration age) {
        assertThat(oldest()).isBetween(age, age.plus(LITTLE));
    }

    /** A claim from another queue: what is due is ready from then on, and is not claimed. */
    private void promote() {
        jobs.create(OTHER);
        Worker elsewhere = db.workers().register(NewWorker.of("elsewhere").queues("other"));
        jobs.complete(jobs.claim(elsewhere, 1).get(0).lease(), null);
        assertThat(jobs.stats().of("default").scheduled()).isZero();
    }

    private static NewJob due(Duration ago) {
        return job("a").runAt(Instant.now().minus(ago));
    }

    @Test
    void a_job_is_due_from_its_time_on_and_not_from_its_creation() {
        assertThat(oldest()).isNull();
        created(job("a").delay(Duration.ofDays(1)), Duration.ofDays(3));
        assertThat(oldest()).as("none is due").isNull();
        jobs.cancel(jobs.list(JobFilter.ALL, 1, null).items().get(0).id());

        created(due(Duration.ofMinutes(10)), Duration.ofDays(1));
        assertOldest(Duration.ofMinutes(10));
        promote();
        assertOldest(Duration.ofMinutes(10));
    }

    @Test
    void what_nobody_has_made_ready_yet_is_due_all_the_same() {
        created(job("a"), Duration.ofMinutes(20));
        assertOldest(Duration.ofMinutes(20));
        created(due(Duration.ofHours(2)), Duration.ofDays(1));
        assertThat(jobs.stats().of("default").scheduled()).isEqualTo(1);
        assertOldest(Duration.ofHours(2));
    }

    @Test
    void the_one_that_waits_longest_counts_wherever_it_stands() {
        for (int i = 0; i < 300; i++) {
            created(due(Duration.ofMinutes(10)), Duration.ofDays(2));
        }
        promote();
        created(job("a").priority(-5), Duration.ofHours(3));
        created(job("a").priority(5), Duration.ofMinutes(30));
        assertOldest(Duration.ofHours(3));
        created(job("a").fairKey("k"), Duration.ofHours(4));
        assertOldest(Duration.ofHours(4));
        jobs.create(OTHER);
        assertThat(jobs.stats().of("other").oldestDue()).isLessThan(LITTLE);
    }

    /** Of very many not all are looked at: the first of them all, and the first of each route. */
    @Test
    void among_very_many_the_first_count() {
        jobs.createAll(Collections.nCopies(12_000, job("a")));
        database.admin("update evalstore.jobs set created_at = created_at - interval '1 hour'"
                + " where seq in (select seq from evalstore.jobs order by seq limit 7)");
        assertOldest(Duration.ofHours(1));
        created(job("a").fairKey("k"), Duration.ofHours(2));
        assertOldest(Duration.ofHours(2));
    }

    @Test
    void a_job_that_was_brought_back_is_due_since_then() {
        Job old = created(job("a"), Duration.ofDays(3));
        jobs.cancel(old.id());
        assertThat(oldest()).isNull();
        jobs.retry(old.id());
        assertThat(oldest()).isLessThan(LITTLE);
    }

    @Test
    void a_due_job_that_nobody_has_made_ready_is_kept_by_what_keeps_a_ready_one() {
        UUID id = jobs.create(due(Duration.ofHours(1))).id();
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.NO_WORKER);
        db.workers().register(NewWorker.of("w"));
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.QUEUED);
        jobs.limits().pause(JobLimit.Scope.QUEUE, "default");
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.PAUSED);
        jobs.limits().remove(JobLimit.Scope.QUEUE, "default");
        jobs.limits().set(JobLimit.queue("default").maxRunning(0));
        assertThat(jobs.whyNotRunning(id).reason()).isEqualTo(WhyNotRunning.Reason.MAX_RUNNING);
        UUID later = jobs.create(job("a").delay(Duration.ofHours(1))).id();
        assertThat(jobs.whyNotRunning(later).reason()).isEqualTo(WhyNotRunning.Reason.SCHEDULED);
    }
}
