package dev.evalstore.job;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.NotFoundException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.JsonMappings;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Wakeups;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The job queue. A job is executed at least once, and at most one outcome is accepted for each claim. Every write by a
 * worker names its lease's token. A lease that ran out, was released or was taken away is refused with a {@link
 * LeaseLostException}, and nothing is written.
 *
 * <p>Higher priorities come first, then older jobs. The order holds within one claim. Concurrent claims skip each
 * other's jobs.
 *
 * <p>Lists are in the order of the jobs' numbers. A page is slow to read when few of very many jobs match, such as a
 * rare status or an old time range.
 */
public final class JobRepository extends JobReads {
    private static final String WAKE = """
            /* jobs.wake */ select 1 as sent from pg_notify(?, '')""";

    /** Of runners, by new jobs. */
    static final Wakeups WAKEUPS = Wakeups.coalesced("evalstore_jobs_", WAKE);

    /** Called by {@code Repositories} alone. */
    public JobRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Enqueues a job and returns it as stored. Where the connection is lost before the answer, the library looks for
     * the job, and otherwise sends it again under the same id.
     *
     * @throws UniqueKeyTakenException if another unfinished job of the queue has its unique key; see {@link
     *     #createUnique}
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost and the job was not found,
     *     in a queue that does not keep completed jobs. The job may never have been stored, or have run and been
     *     removed. Enqueueing the job again may run it twice
     */
    public Job create(NewJob job) {
        Job created = Enqueues.run(jdbc, List.of(job), traced -> new JobCreation(jdbc).create(traced.get(0)));
        WAKEUPS.afterCommit(jdbc);
        return created;
    }

    /**
     * Enqueues a job unless an unfinished job of its queue has its unique key. Any number of concurrent callers make
     * one job.
     *
     * @return the new job or the one that has the key, and which of the two it is
     * @throws IllegalArgumentException if the job has no unique key
     * @throws TransientDatabaseException {@code outcomeUnknown} as for {@link #create}
     * @throws ConflictException if the key is taken by a job that this transaction's snapshot cannot see
     */
    public CreatedJob createUnique(NewJob job) {
        if (job.uniqueKey() == null) {
            throw new IllegalArgumentException("uniqueKey is missing");
        }
        CreatedJob created =
                Enqueues.run(jdbc, List.of(job), traced -> new JobCreation(jdbc).createUnique(traced.get(0)));
        WAKEUPS.afterCommit(jdbc);
        return created;
    }

    /**
     * Enqueues all of the jobs or none: by arrays, or from 5,000 on by a binary copy. A hundred thousand in one call
     * are normal.
     *
     * @return their ids in the given order; empty for an empty list
     * @throws UniqueKeyTakenException if another unfinished job of the queue, or of this call, has the unique key of
     *     one of them; see {@link #createAllUnique}
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer, and the
     *     server cannot tell whether the jobs are stored; they are not sent again
     */
    public List<UUID> createAll(List<NewJob> jobs) {
        List<UUID> ids = Enqueues.run(jdbc, jobs, new JobCreation(jdbc)::createAll);
        WAKEUPS.afterCommit(jdbc);
        return ids;
    }

    /**
     * Enqueues those of the jobs whose unique key no unfinished job of their queue has; jobs without a key are always
     * enqueued. All of that happens in one transaction or not at all. If several jobs of the call have one key, the
     * first is enqueued.
     *
     * @return the ids of the new jobs, or of the jobs that have their keys, in the given order; empty for an empty list
     * @throws TransientDatabaseException {@code outcomeUnknown} as for {@link #createAll}
     * @throws ConflictException if a key is taken by a job that this transaction's snapshot cannot see
     */
    public List<CreatedJobId> createAllUnique(List<NewJob> jobs) {
        List<CreatedJobId> created = Enqueues.run(jdbc, jobs, new JobCreation(jdbc)::createAllUnique);
        WAKEUPS.afterCommit(jdbc);
        return created;
    }

    /** Deletes the job wherever it is; a worker that runs it has lost its lease. False when none has the id. */
    public boolean delete(UUID id) {
        return JobRows.TABLE.act(jdbc, "delete", id, on -> new JobMoves(on).delete(id));
    }

    /**
     * Claims due jobs for a worker: highest priority first, then oldest, in that order. Jobs that others are claiming
     * are passed over, not waited for. The cost depends neither on the backlog nor on finished jobs.
     *
     * <p>Jobs that were released or committed late may lie behind what this worker has read already. They are found
     * when a claim falls short, or within seconds. Jobs whose time has come are made ready by claims, those due longest
     * first. These are 10,000 for each second since the worker's last claim, from 1,000 to 20,000. Only where more came
     * due at once, as after an outage, is one of them claimed before a more urgent one.
     *
     * <p>In the caller's transaction the claimers' gate stays shut until it ends: keep it short.
     *
     * @param limit the maximum number of jobs, 1 to 1,000
     * @return the jobs with their leases; empty when nothing is due, or the worker is draining
     * @throws WorkerGoneException if the worker is unknown or was declared dead, and nothing could be claimed
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer came;
     *     {@link #held} finds the jobs that were claimed then
     * @throws IllegalStateException if the transaction's isolation level is not read committed, where limits could not
     *     be kept
     */
    public List<ClaimedJob> claim(Worker worker, int limit) {
        return new JobClaims(jdbc).claim(worker, Check.limit(limit));
    }

    /**
     * Ends attempts and claims the worker's next jobs, in one commit: the verb for a worker that takes job after job.
     * Outcomes are accepted as by {@link #completeAll} and {@link #failAll}, jobs are claimed as by {@link #claim}. A
     * job that a limit held back because of one of the finished ones may be among those that are claimed.
     *
     * <p>Where that gives less than asked for, a second claim follows, in a commit of its own. A failure of the second
     * one that claimed nothing is not thrown: the outcomes are stored, and the answer is shorter.
     *
     * @param outcomes completions and failures; may be empty; if two name one lease, the first counts
     * @param limit the maximum number of jobs, 1 to 1,000
     * @throws WorkerGoneException if the worker is unknown or was declared dead, and nothing was written
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer came. Then
     *     the outcomes may be stored and jobs claimed. Send the outcomes again: those that are stored are reported as
     *     lost. Look for the jobs by {@link #held}
     * @throws IllegalStateException if the isolation level is not read committed, and nothing was written
     */
    public NextJobs next(Worker worker, List<? extends Outcome> outcomes, int limit) {
        return new JobClaims(jdbc).next(worker, List.copyOf(outcomes), Check.limit(limit));
    }

    /**
     * The jobs that a worker owns, with their leases, in the order of claims; empty when it owns nothing. Call this
     * after a claim that ended with {@code outcomeUnknown}: it returns the jobs whose answer was lost.
     *
     * <p>A lost claim may still be under way on the server, where it waits at the claimers' gate. {@code held} waits
     * for such a claim before it reads, so its jobs are included. A claim that reaches the server later is not; call
     * again if that matters. In the caller's transaction the gate stays shut until it ends, and above read committed
     * its older snapshot misses newer claims.
     */
    public List<ClaimedJob> held(Worker worker) {
        return holding(worker).stream().map(JobClaims.Held::claimed).toList();
    }

    /** {@link #held} with the time that is left to each. */
    List<JobClaims.Held> holding(Worker worker) {
        return new JobClaims(jdbc).held(worker);
    }

    /**
     * Ends an attempt with success. In one transaction with the handler's own rows, all are stored or none.
     *
     * @param result the job's result, or null
     * @throws LeaseLostException if the lease is no longer held; nothing is written then
     */
    public void complete(Lease lease, @Nullable Json result) {
        new JobOutcomes(jdbc).endOne(Completion.of(lease, result));
    }

    /**
     * Ends attempts with success, in one statement. Returns the leases that are no longer held, for which nothing is
     * written.
     */
    public List<Lease> completeAll(List<Completion> completions) {
        return new JobOutcomes(jdbc).endAll(completions);
    }

    /**
     * Ends an attempt with an error. While retries are left the job is scheduled again after its backoff, otherwise it
     * has failed. The error stays visible until the job completes.
     *
     * @throws LeaseLostException if the lease is no longer held; nothing is written then
     */
    public void fail(Lease lease, String error) {
        fail(Failure.of(lease, error));
    }

    /**
     * {@link #fail(Lease, String)}, permanently or with a wait of the caller's before the next attempt.
     *
     * @throws LeaseLostException if the lease is no longer held; nothing is written then
     */
    public void fail(Failure failure) {
        new JobOutcomes(jdbc).endOne(failure);
    }

    /**
     * Ends attempts with errors, in one statement. Returns the leases that are no longer held, for which nothing is
     * written.
     */
    public List<Lease> failAll(List<Failure> failures) {
        return new JobOutcomes(jdbc).endAll(failures);
    }

    /** Ends attempts of jobs that were cancelled while they ran. Returns the leases that are no longer held. */
    public List<Lease> confirmCancelled(List<Lease> leases) {
        return new JobOutcomes(jdbc).confirmCancelled(leases);
    }

    /**
     * Ends an attempt, unspent, and schedules the job to the given time from now, at most 36,500 days. A job that was
     * cancelled meanwhile ends as cancelled instead.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void snooze(Lease lease, Duration delay) {
        new JobOutcomes(jdbc).snooze(lease, Check.periodOrZero("delay", delay));
    }

    /**
     * Ends an attempt, unspent; the job is ready again, in its old place. A job that was cancelled meanwhile ends as
     * cancelled instead.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void release(Lease lease) {
        Leases.requireHeld(lease, Kinds.JOBS.releaseOne(jdbc, lease));
    }

    /** {@link #release} for many, in one statement. Returns the leases that are no longer held. */
    public List<Lease> releaseAll(List<Lease> leases) {
        return Kinds.JOBS.release(jdbc, leases);
    }

    /**
     * Releases at once all jobs that the worker owns, no attempt spent, as when its machine is about to be taken away.
     * The worker may claim again: drain it before, or deregister it after, if it must not. A job whose completion is
     * under way in an open transaction is passed over; should that be rolled back, the worker still owns it.
     *
     * @return how many jobs were released
     */
    public int releaseHeldBy(Worker worker) {
        return Kinds.JOBS.releaseHeldBy(jdbc, worker.generation());
    }

    /**
     * Moves the attempt's deadline to the given time from now, at most 366 days, if that is later.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void extend(Lease lease, Duration time) {
        Check.positive("time", time);
        Check.atMost("time", time, Check.MAX_ATTEMPT);
        Leases.requireHeld(lease, Kinds.JOBS.extend(jdbc, lease, time));
    }

    /**
     * Stores the job's own checkpoint, which its next attempt finds.
     *
     * @throws LeaseLostException if the lease is no longer held
     */
    public void saveProgress(Lease lease, Json progress) {
        new JobOutcomes(jdbc).saveProgress(lease, progress);
    }

    /**
     * Cancels a job. A pending job ends at once. The worker of a running one learns of it with its next heartbeat. The
     * job may still complete; if it ends in any other way it is cancelled and does not come back.
     *
     * @return the job as it is then
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the job has finished
     */
    public Job cancel(UUID id) {
        return JobRows.TABLE.act(jdbc, "cancel", id, on -> new JobMoves(on).cancel(id));
    }

    /**
     * Makes a failed or cancelled job pending again, due now and with all its retries.
     *
     * @return the job, pending
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the job is neither failed nor cancelled, or another one has its unique key by now
     */
    public Job retry(UUID id) {
        Job pending = JobRows.TABLE.act(jdbc, "retry", id, on -> new JobMoves(on).retry(id));
        WAKEUPS.afterCommit(jdbc);
        return pending;
    }

    /**
     * Requeues up to {@code limit} expired leases. A lease past its deadline has timed out. A lease of a worker that
     * left, was declared dead or is silent for longer than its time to live is lost. Silent workers are declared dead
     * here. Either spends an attempt: the job is ready again, or has failed when no retries are left or three workers
     * were lost with it. Safe to run from every process.
     *
     * <p>To declare workers dead is one commit for all kinds of work, so it may also requeue up to {@code limit}
     * configs.
     *
     * @param limit 1 to 1,000
     * @return how many jobs were requeued
     */
    public int requeueExpired(int limit) {
        return Kinds.JOBS.requeueExpired(jdbc, Check.limit(limit));
    }

    /**
     * Deletes jobs that finished longer ago than that, in batches of 5,000. Outside of a transaction each batch is a
     * commit of its own.
     *
     * @param olderThan at most 36,500 days
     * @param statuses those that may be deleted: some of completed, failed and cancelled
     */
    public Cleanup cleanup(Duration olderThan, Collection<JobStatus> statuses) {
        Check.periodOrZero("olderThan", olderThan);
        if (statuses.isEmpty() || statuses.contains(JobStatus.PENDING) || statuses.contains(JobStatus.RUNNING)) {
            throw new IllegalArgumentException("statuses must be some of completed, failed and cancelled");
        }
        return new JobMoves(jdbc).cleanup(olderThan, statuses);
    }

    /** Recurring work. */
    @Override
    public JobSchedules schedules() {
        return new JobSchedules(jdbc);
    }

    /** Limits, shares and pauses. */
    @Override
    public JobLimits limits() {
        return new JobLimits(jdbc);
    }

    /**
     * Wakes the runners that listen for {@linkplain JobRunner.Builder#notifications notifications}, so that they look
     * for work now. The verbs of this class do so by themselves. Call this after the commit of a transaction that was
     * {@linkplain dev.evalstore.Database#join joined}, whose end the library does not see. Inside a transaction of the
     * library they are woken after its commit. Never throws: a notification is only a hint, and runners poll as well.
     */
    public void wake() {
        WAKEUPS.afterCommit(jdbc);
    }

    /** The maximum of connections in the pool, or null where it cannot be seen. */
    @Nullable
    Integer maxConnections() {
        return jdbc.maxConnections();
    }

    /** How runners on this database read payloads, and write results and checkpoints. */
    JsonMapping jsonMapping() {
        JsonMapping given = jdbc.options().jsonMapping();
        return given == null ? JsonMappings.standard() : given;
    }

    /** Whether calls join a transaction of the host, whose end the runner does not see. */
    boolean joinsHost() {
        return jdbc.joinsHost();
    }
}
