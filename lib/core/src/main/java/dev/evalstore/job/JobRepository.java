package dev.evalstore.job;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.worker.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The job queue; obtained from {@code Database} or {@code Tx}. A job is executed at least once, and at most one outcome is
 * accepted for each claim: whatever a worker writes names its lease's token, and a lease that ran out, was given back or was
 * taken away is refused with a {@link LeaseLostException}, nothing written.
 *
 * <p>Higher priorities come first, then older jobs. With many claimers at a time that order holds among what each of them
 * takes, and between them but for what is being claimed at the same moment.
 */
public final class JobRepository {
    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public JobRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Enqueues a job and gives it as stored. One with a unique key that is taken is not stored; the job that has it is given.
     * Where the connection is lost before the answer, the job is looked for and otherwise sent again, under the same id.
     *
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost and the job was not found again, in a
     *     queue that does not keep completed jobs: it may never have been stored, or have run and be gone already. To enqueue it
     *     again may run it twice
     */
    public Job create(NewJob job) {
        Job created = new JobCreation(jdbc).create(job);
        Wakeups.afterCommit(jdbc);
        return created;
    }

    /**
     * Enqueues a job unless an unfinished job of its queue has its unique key; any number of callers at once make one job.
     *
     * @throws IllegalArgumentException if it has no unique key
     * @throws TransientDatabaseException {@code outcomeUnknown} as for {@link #create}
     * @throws ConflictException if the key is taken by a job that this transaction's snapshot cannot see
     */
    public CreatedJob createUnique(NewJob job) {
        if (job.uniqueKey() == null) {
            throw new IllegalArgumentException("uniqueKey is missing");
        }
        CreatedJob created = new JobCreation(jdbc).createUnique(job);
        Wakeups.afterCommit(jdbc);
        return created;
    }

    /**
     * Enqueues all of them or none: arrays, or a binary copy from 5,000 on. A hundred thousand in one call are normal.
     *
     * @return their ids in the order given; for a unique key that is taken, the id of the job that has it
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer and the server
     *     cannot tell whether they are stored; they are not sent again
     */
    public List<UUID> createAll(List<NewJob> jobs) {
        List<UUID> ids = new JobCreation(jdbc).createAll(jobs);
        Wakeups.afterCommit(jdbc);
        return ids;
    }

    /** The job, or empty when none has the id. */
    public Optional<Job> find(UUID id) {
        return JobRows.find(jdbc, id);
    }

    /**
     * The job.
     *
     * @throws NotFoundException if none has the id
     */
    public Job get(UUID id) {
        return find(id).orElseThrow(() -> new NotFoundException("job", id));
    }

    /**
     * Jobs that the filter admits, newest first, in the order of their numbers. What few of very many jobs have, a status or a
     * time long ago, makes the reading long.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<Job> list(JobFilter filter, int limit, @Nullable Cursor after) {
        return JobRows.NEWEST.read(jdbc, JobRows.select().and(filter.sql()), JobRows::map, limit, after);
    }

    /** Ready jobs of all queues in the order of claims: highest priority first, then oldest; {@code limit} is 1 to 1,000. */
    public List<Job> listPending(int limit) {
        return ordered(
                "and j.seq in (select p.seq from evalstore.job_lanes m cross join lateral (select r.seq, r.rank from"
                        + " evalstore.job_ready r where r.lane = m.lane order by r.rank, r.seq limit ?) p"
                        + " order by p.rank, p.seq limit ?) order by j.priority desc, j.seq",
                Check.limit(limit),
                limit);
    }

    /** Running jobs, the longest-running first; {@code limit} is 1 to 1,000. */
    public List<Job> listRunning(int limit) {
        return ordered("and l.seq is not null order by l.claimed_at, j.seq limit ?", Check.limit(limit));
    }

    /** Jobs that a worker registration owns, the longest-running first; {@code limit} is 1 to 1,000. */
    public List<Job> listByWorker(Worker worker, int limit) {
        return ordered(
                "and l.worker = ? order by l.claimed_at, j.seq limit ?", worker.generation(), Check.limit(limit));
    }

    /** Failed jobs that had retries left (they failed for good, or were poison), newest failure first; 1 to 1,000. */
    public List<Job> listRetryCandidates(int limit) {
        return ordered(
                "and f.outcome <> 'completed' and f.outcome = 'failed' and f.attempt <= j.max_retries"
                        + " order by f.completed_at desc, f.seq desc limit ?",
                Check.limit(limit));
    }

    private List<Job> ordered(String rest, Object... args) {
        return jdbc.list(JobRows.select().and(rest, args), JobRows::map);
    }

    /** How many jobs the filter admits. Counts them: the time grows with the answer. */
    public long count(JobFilter filter) {
        return jdbc.one(
                Sql.of("/* jobs.count */ select count(*) as n from (")
                        .and(JobRows.select())
                        .and(filter.sql())
                        .and(") c"),
                row -> row.bigint("n"));
    }

    /** How many jobs are where, by queue, and how long one has been due. Counts them: the time grows with the jobs that are kept. */
    public JobStats stats() {
        return new JobInspection(jdbc).stats();
    }

    /** Deletes the job wherever it is; a worker that runs it has lost its lease. False when none has the id. */
    public boolean delete(UUID id) {
        return JobRows.TABLE.act(jdbc, "delete", id, on -> new JobMoves(on).delete(id));
    }

    /** The job's ended attempts, oldest first; empty where the queue keeps no history, or for an unknown job. */
    public List<JobAttempt> attempts(UUID id) {
        return jdbc.list(
                Sql.of(
                        "/* jobs.attempts */ select a.attempt, a.token, a.worker, a.started_at, a.ended_at, a.outcome,"
                                + " coalesce(a.error, '') as error, a.input_tokens, a.output_tokens, a.cost_usd"
                                + " from evalstore.job_attempts a"
                                + " where a.seq = (select seq from evalstore.jobs where id = ?) order by a.token",
                        id),
                JobRepository::attempt);
    }

    private static JobAttempt attempt(Row row) throws SQLException {
        return new JobAttempt(
                row.integer("attempt"),
                row.bigint("token"),
                row.bigint("worker"),
                row.instant("started_at"),
                row.instant("ended_at"),
                row.enumValue("outcome", JobAttempt.Outcome.class),
                row.text("error").isEmpty() ? null : row.text("error"),
                new Usage(
                        row.bigintOrNull("input_tokens"),
                        row.bigintOrNull("output_tokens"),
                        row.numericOrNull("cost_usd")));
    }

    /**
     * Why the job is not running: the first reason that applies.
     *
     * @throws NotFoundException if none has the id
     */
    public WhyNotRunning whyNotRunning(UUID id) {
        return new JobInspection(jdbc).whyNotRunning(id).orElseThrow(() -> new NotFoundException("job", id));
    }

    /** Routes that have jobs waiting and no live worker that would take them; empty when all is covered. */
    public List<JobRoute> unclaimable() {
        return new JobInspection(jdbc).unclaimable();
    }

    /**
     * Claims due jobs for a worker: highest priority first, then oldest, in that order. Jobs that others are claiming are
     * passed over, not waited for; the cost depends neither on the backlog nor on finished jobs. Jobs that were given back or
     * committed late, behind what this worker has read already, are found when a claim falls short, or within seconds. Jobs whose
     * time has come are put among the others by claims, those due longest first: by each worker 10,000 for a second since its
     * last claim, from 1,000 to 20,000. Only where more came due at once, as after an outage, is one taken before a more urgent
     * one. In a transaction of the caller's the claimers' gate stays closed until it ends: keep it short.
     *
     * @param limit at most so many, 1 to 1,000; never exceeded
     * @return the jobs with their leases; empty when nothing is due, or the worker is draining
     * @throws WorkerGoneException if the worker is unknown or was declared gone and nothing could be claimed
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer came; what was
     *     claimed then is found by {@link #held}
     * @throws IllegalStateException if the transaction's isolation level is not read committed, where limits could not be kept
     */
    public List<ClaimedJob> claim(Worker worker, int limit) {
        return new JobClaims(jdbc).claim(worker, Check.limit(limit));
    }

    /**
     * What a worker owns, with its leases, in the order of claims; empty when it owns nothing. For a worker whose claim ended with
     * {@code outcomeUnknown}: jobs that it was given and never heard of are among these, and would otherwise wait for their
     * timeout as long as it lives. Such a claim may still be under way on the server, where it waits at the claimers' gate: that
     * is waited for, so what it is given is told. Only what the network delivers later is not; who must not miss that asks again.
     * In a transaction of the caller's the gate stays closed until it ends, and above read committed claims since it began are
     * not seen.
     */
    public List<ClaimedJob> held(Worker worker) {
        return holding(worker).stream().map(JobClaims.Held::claimed).toList();
    }

    /** The same, with the time that is left to each. */
    List<JobClaims.Held> holding(Worker worker) {
        return new JobClaims(jdbc).held(worker);
    }

    /**
     * Ends an attempt with success. In one transaction with the handler's own rows, both are stored or neither.
     *
     * @param result what it came to, or null
     * @throws LeaseLostException if the lease is no longer held; nothing is written then
     */
    public void complete(Lease lease, @Nullable Json result) {
        JobOutcomes.requireHeld(completeAll(List.of(Completion.of(lease, result))));
    }

    /** Ends attempts with success, in one statement; gives the leases that are no longer held, for which nothing is written. */
    public List<Lease> completeAll(List<Completion> completions) {
        return new JobOutcomes(jdbc).complete(completions);
    }

    /**
     * Ends an attempt with an error. While retries are left the job is scheduled again after its backoff, otherwise it has
     * failed. The error stays visible until the job completes.
     *
     * @throws LeaseLostException if the lease is no longer held; nothing is written then
     */
    public void fail(Lease lease, String error) {
        JobOutcomes.requireHeld(failAll(List.of(Failure.of(lease, error))));
    }

    /** Ends attempts with errors, in one statement; gives the leases that are no longer held, for which nothing is written. */
    public List<Lease> failAll(List<Failure> failures) {
        return new JobOutcomes(jdbc).fail(failures);
    }

    /** Ends attempts of jobs that were called off while they ran; gives the leases that are no longer held. */
    public List<Lease> confirmCancelled(List<Lease> leases) {
        return new JobOutcomes(jdbc).cancelled(leases);
    }

    /**
     * Puts a job off; no attempt is spent. One that was called off meanwhile ends as cancelled instead.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void snooze(Lease lease, Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay must not be negative");
        }
        new JobOutcomes(jdbc).snooze(lease, Check.atMost("delay", delay, Duration.ofDays(36_600)));
    }

    /**
     * Gives a job back, to its old place; no attempt is spent. One that was called off meanwhile ends as cancelled instead.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void release(Lease lease) {
        JobOutcomes.requireHeld(releaseAll(List.of(lease)));
    }

    /** Gives jobs back, in one statement; gives the leases that are no longer held. */
    public List<Lease> releaseAll(List<Lease> leases) {
        return new JobOutcomes(jdbc).release(leases);
    }

    /**
     * Moves the attempt's deadline to so long from now, if that is later.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void extend(Lease lease, Duration time) {
        Check.positive("time", time);
        Check.atMost("time", time, Duration.ofDays(366));
        JobOutcomes.requireHeld(new JobOutcomes(jdbc).extend(List.of(lease), time));
    }

    /**
     * Stores the job's own checkpoint, which its next attempt will find.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void saveProgress(Lease lease, Json progress) {
        new JobOutcomes(jdbc).progress(lease, progress);
    }

    /**
     * Calls a job off: a pending one ends at once, the worker of a running one learns with its next heartbeat. A running one
     * may still complete; if it ends in any other way it is cancelled, and does not come back.
     *
     * @return the job as it is then
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the job has ended
     */
    public Job cancel(UUID id) {
        return JobRows.TABLE.act(jdbc, "cancel", id, on -> new JobMoves(on).cancel(id));
    }

    /**
     * Brings a failed or cancelled job back, due from now on and with all its retries.
     *
     * @return the job, pending
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the job is neither failed nor cancelled, or another has its unique key by now
     */
    public Job retry(UUID id) {
        Job back = JobRows.TABLE.act(jdbc, "retry", id, on -> new JobMoves(on).retry(id));
        Wakeups.afterCommit(jdbc);
        return back;
    }

    /**
     * Takes back up to {@code limit} leases that are past their deadline (an attempt spent, timed out) or whose worker has
     * stopped beating for its time to live or has gone (an attempt spent, lost). The jobs are ready again, or have failed when
     * no retries are left or three workers went down with them. Safe to run from every process.
     *
     * @param limit 1 to 1,000
     * @return how many were taken back
     */
    public int requeueExpired(int limit) {
        return new JobRescue(jdbc).requeueExpired(null, Check.limit(limit));
    }

    /**
     * Deletes jobs that ended longer ago than that, in batches of 5,000, each its own commit outside of a transaction, and 500,000
     * a call at most.
     *
     * @param statuses of completed, failed and cancelled, those that may go
     * @return how many were deleted; 500,000 where there may be more
     */
    public Cleanup cleanup(Duration olderThan, Collection<JobStatus> statuses) {
        if (olderThan.isNegative()) {
            throw new IllegalArgumentException("olderThan must not be negative");
        }
        if (statuses.isEmpty() || statuses.contains(JobStatus.PENDING) || statuses.contains(JobStatus.RUNNING)) {
            throw new IllegalArgumentException("statuses must be some of completed, failed and cancelled");
        }
        return new JobMoves(jdbc).cleanup(olderThan, statuses);
    }

    /** Recurring work. */
    public JobSchedules schedules() {
        return new JobSchedules(jdbc);
    }

    /** Bounds, shares and pauses. */
    public JobLimits limits() {
        return new JobLimits(jdbc);
    }
}
