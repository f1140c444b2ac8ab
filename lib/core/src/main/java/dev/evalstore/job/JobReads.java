package dev.evalstore.job;

import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import dev.evalstore.worker.Worker;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The verbs of {@link JobRepository} that only read. */
public sealed class JobReads extends TableRows<Job, JobFilter> permits JobRepository {
    private static final String LIST_PENDING = """
            and j.seq in (
                select p.seq
                from evalstore.job_lanes m
                cross join lateral (
                    select r.seq, r.rank from evalstore.job_ready r where r.lane = m.lane order by r.rank, r.seq limit ?) p
                order by p.rank, p.seq limit ?)
            order by j.priority desc, j.seq""";

    private static final String LIST_RETRY_CANDIDATES = """
            and f.outcome <> 'completed' and f.outcome = 'failed' and f.attempt <= j.max_retries
            order by f.completed_at desc, f.seq desc limit ?""";

    private static final Table<JobAttempt> ATTEMPTS = Table.of("job attempt", "job_attempts", """
            attempt, token, worker, started_at, ended_at, outcome, error, input_tokens, output_tokens, cost_usd""", JobReads::attempt);

    /** Called by {@code Reading} alone. */
    public JobReads(Jdbc jdbc) {
        super(jdbc, JobRows.TABLE);
    }

    /** Limits, shares and pauses. */
    public JobLimitReads limits() {
        return new JobLimitReads(jdbc);
    }

    /** Recurring work. */
    public JobScheduleReads schedules() {
        return new JobScheduleReads(jdbc);
    }

    /**
     * Ready jobs of all queues in the order of claims: highest priority first, then oldest; {@code limit} is 1 to
     * 1,000.
     */
    public List<Job> listPending(int limit) {
        return read("list_pending", LIST_PENDING, Check.limit(limit), limit);
    }

    /** Running jobs, the longest-running first; {@code limit} is 1 to 1,000. */
    public List<Job> listRunning(int limit) {
        return read("list_running", "and l.seq is not null order by l.claimed_at, j.seq limit ?", Check.limit(limit));
    }

    /** Jobs that a worker registration owns, the longest-running first; {@code limit} is 1 to 1,000. */
    public List<Job> listByWorker(Worker worker, int limit) {
        return read(
                "list_by_worker",
                "and l.worker = ? order by l.claimed_at, j.seq limit ?",
                worker.generation(),
                Check.limit(limit));
    }

    /**
     * Failed jobs that had retries left, newest failure first: they failed permanently, or three workers were lost with
     * them. {@code limit} is 1 to 1,000.
     */
    public List<Job> listRetryCandidates(int limit) {
        return read("list_retry_candidates", LIST_RETRY_CANDIDATES, Check.limit(limit));
    }

    private List<Job> read(String verb, String rest, Object... args) {
        return jdbc.list(JobRows.TABLE.select(verb).and(rest, args), JobRows::map);
    }

    /**
     * How many jobs are where, by queue, and for how long the oldest has been due. Counts them, so the time grows with
     * the jobs that are kept.
     */
    public JobStats stats() {
        return new JobInspection(jdbc).stats();
    }

    /**
     * How many jobs wait and run, by queue, in the order of their names; empty when there are none. Unlike {@link
     * #stats}, does not look at jobs that have ended, so it can be asked every few seconds.
     */
    public List<QueueDepth> depths() {
        return new JobInspection(jdbc).depths();
    }

    /** The job's ended attempts, oldest first; empty where the queue keeps no history, or for an unknown job. */
    public List<JobAttempt> attempts(UUID id) {
        return jdbc.list(
                ATTEMPTS.select("list")
                        .and("and seq = (select seq from evalstore.jobs where id = ?) order by token", id),
                ATTEMPTS.mapper());
    }

    /**
     * Why the job is not running: the first reason that applies.
     *
     * @throws NotFoundException if none has the id
     */
    public WhyNotRunning whyNotRunning(UUID id) {
        return new JobInspection(jdbc).whyNotRunning(id).orElseThrow(() -> JobRows.TABLE.notFound(id));
    }

    /** Routes that have waiting jobs and no live worker to take them; empty when all are covered. */
    public List<JobRoute> unclaimable() {
        return new JobInspection(jdbc).unclaimable();
    }

    private static JobAttempt attempt(Row row) throws SQLException {
        return new JobAttempt(
                row.integer("attempt"),
                row.bigint("token"),
                row.bigint("worker"),
                row.instant("started_at"),
                row.instant("ended_at"),
                row.enumValue("outcome", JobAttempt.Outcome.class),
                row.textOrNull("error"),
                new Usage(
                        row.bigintOrNull("input_tokens"),
                        row.bigintOrNull("output_tokens"),
                        row.numericOrNull("cost_usd")));
    }
}
