package dev.evalstore.testing;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.EndedAttempt;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.RunnerListener.End;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Runs jobs in the test's thread, without waiting for anything, and says what is enqueued. Thread-safe. */
public final class JobTester {
    /** More attempts than that in one call are a handler that enqueues its own successor for ever. */
    static final int MAX_ATTEMPTS = 10_000;

    private static final int CLAIMED = 1_000;
    private static final Set<JobStatus> UNFINISHED = Set.of(JobStatus.PENDING, JobStatus.RUNNING);

    private final TestStore store;
    private final Database db;

    /** A tester of the jobs in a store. */
    public JobTester(TestStore store) {
        this.store = store;
        this.db = store.database();
    }

    /**
     * Runs what is due in this thread, as {@link JobRunner.Builder#runDue} does, until nothing is: jobs that handlers enqueue
     * are run too. A job that failed waits for its backoff; {@link #forward} brings it nearer.
     *
     * @param handlers adds the handlers, as a service does to its runner: {@code runner -> runner.handle("score", …)}
     * @return the attempts in their order, also those that failed
     * @throws AssertionError if a due job has a type without a handler, or after 10,000 attempts
     */
    public List<EndedAttempt> runDue(UnaryOperator<JobRunner.Builder> handlers) {
        List<EndedAttempt> ended =
                handlers.apply(JobRunner.on(db).worker("job-tester")).runDue(MAX_ATTEMPTS);
        List<String> unknown = ended.stream()
                .filter(attempt -> attempt.end() == End.SNOOZED && attempt.failure() != null)
                .map(attempt -> attempt.job().job().jobType())
                .distinct()
                .toList();
        if (!unknown.isEmpty()) {
            throw new AssertionError("no handler for due jobs of the types " + unknown + "; the jobs are snoozed");
        }
        if (ended.size() == MAX_ATTEMPTS) {
            throw new AssertionError(
                    MAX_ATTEMPTS + " attempts, and more is due: a handler enqueues its own successor at"
                            + " once. The last job has type "
                            + ended.get(MAX_ATTEMPTS - 1).job().job().jobType());
        }
        return ended;
    }

    /**
     * {@link #runDue}, and requires that every attempt completed.
     *
     * @throws AssertionError if one did not; what its handler threw is the cause
     */
    public List<EndedAttempt> runDueSuccessfully(UnaryOperator<JobRunner.Builder> handlers) {
        List<EndedAttempt> ended = runDue(handlers);
        for (EndedAttempt attempt : ended) {
            if (attempt.end() != End.COMPLETED) {
                throw new AssertionError(
                        "a job of type " + attempt.job().job().jobType() + " ended " + attempt.end() + ", attempt "
                                + attempt.job().lease().attempt(),
                        attempt.failure());
            }
        }
        return ended;
    }

    /** {@link TestStore#forward}. */
    public void forward(Duration time) {
        store.forward(time);
    }

    /**
     * What a handler is called with, for a job that is enqueued and claimed here: with a real lease and real transactions.
     * {@code handler.run(jobs.context("score", Answer.class, answer))} calls one.
     */
    public <P> JobContext<P> context(String jobType, Class<P> type, P payload) {
        return context(NewJob.of(jobType, Json.of(payload)), type);
    }

    /**
     * The same for any job.
     *
     * @throws IllegalArgumentException if the payload does not fit the type
     * @throws IllegalStateException if the job cannot be claimed now, because it is scheduled or a limit holds it back
     */
    public <P> JobContext<P> context(NewJob job, Class<P> type) {
        Job made = db.jobs().create(job);
        Worker worker = db.workers()
                .register(NewWorker.of("job-tester")
                        .tags(made.requiredTags().toArray(String[]::new))
                        .queues(made.queue())
                        .timeToLive(Duration.ofDays(1)));
        List<ClaimedJob> claimed = db.jobs().claim(worker, CLAIMED);
        ClaimedJob mine = claimed.stream()
                .filter(one -> one.job().id().equals(made.id()))
                .findFirst()
                .orElse(null);
        db.jobs()
                .releaseAll(claimed.stream()
                        .filter(one -> !one.job().id().equals(made.id()))
                        .map(ClaimedJob::lease)
                        .toList());
        if (mine == null) {
            throw new IllegalStateException(
                    "the job cannot be claimed: " + db.jobs().whyNotRunning(made.id()));
        }
        return JobRunner.context(db, mine, type);
    }

    /**
     * Requires an unfinished job of this type whose payload has these fields, with these values, and maybe others. The message
     * shows the newest jobs otherwise.
     *
     * @return the newest such job
     */
    public Job assertEnqueued(String jobType, Map<String, ?> payload) {
        Objects.requireNonNull(payload, "payload");
        return db.jobs().list(JobFilter.ALL.jobType(jobType), 1_000).items().stream()
                .filter(job -> UNFINISHED.contains(job.status()) && Payloads.has(job.payload(), payload))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no unfinished job of type " + jobType + Payloads.with(payload) + "; there are " + jobs()));
    }

    /** {@link #assertEnqueued(String, Map)} with any payload. */
    public Job assertEnqueued(String jobType) {
        return assertEnqueued(jobType, Map.of());
    }

    /**
     * Requires that no job of this type is unfinished.
     *
     * @throws AssertionError if one is; the message shows the newest jobs
     */
    public void assertNotEnqueued(String jobType) {
        boolean isThere = db.jobs().list(JobFilter.ALL.jobType(jobType), 1_000).items().stream()
                .anyMatch(job -> UNFINISHED.contains(job.status()));
        if (isThere) {
            throw new AssertionError("an unfinished job of type " + jobType + " is there; there are " + jobs());
        }
    }

    private String jobs() {
        return TestStore.shown(db.jobs().list(JobFilter.ALL, 21).items().stream()
                .map(job -> job.jobType() + " " + job.status() + " in " + job.queue() + ", attempt " + job.attempt()
                        + (job.error() == null ? "" : ", error: " + job.error()) + " " + Payloads.text(job.payload()))
                .toList());
    }
}
