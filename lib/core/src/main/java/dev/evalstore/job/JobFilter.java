package dev.evalstore.job;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to list; what is null does not filter.
 *
 * @param status only in this status
 * @param queue only of this queue
 * @param jobType only of this type
 * @param fairKey only of this fair key
 * @param createdFrom only enqueued then or later. Jobs are looked for where their numbers say that they are: one whose insert was
 *     held up for more than an hour, or by a server whose clock was wrong by as much, may be missed by either bound
 * @param createdTo only enqueued before then
 */
public record JobFilter(
        @Nullable JobStatus status,
        @Nullable String queue,
        @Nullable String jobType,
        @Nullable String fairKey,
        @Nullable Instant createdFrom,
        @Nullable Instant createdTo) {
    /**
     * Where in the numbers a time is: those below {@code low} were drawn before it, those above {@code high} after. A job's number
     * is drawn in the statement that notes its time, but statements overtake each other, and servers' clocks differ: an hour is left
     * for that.
     */
    private static final String NEAR = """
            (with recursive near as (
                select (select min(seq) from evalstore.jobs) as low, (select max(seq) from evalstore.jobs) as high
                union all
                select case when m.before then m.seq else n.low end, case when m.before then n.high else n.middle end
                from (select low, high, low + (high - low) / 2 as middle from near where high - low > 1000) n
                cross join lateral (
                    select x.seq, x.created_at < ?::timestamptz {slack} as before from evalstore.jobs x
                    where x.seq >= n.middle order by x.seq limit 1) m)
            select {bound} from near)""";

    private static final String FROM =
            "and j.seq >= " + NEAR.replace("{slack}", "- interval '1 hour'").replace("{bound}", "max(low)");
    private static final String TO =
            "and j.seq <= " + NEAR.replace("{slack}", "+ interval '1 hour'").replace("{bound}", "min(high)");

    /** Every job. */
    public static final JobFilter ALL = new JobFilter(null, null, null, null, null, null);

    public JobFilter {
        Check.textOrNull("queue", queue);
        Check.textOrNull("jobType", jobType);
        Check.textOrNull("fairKey", fairKey);
    }

    /** The same, only in this status. */
    public JobFilter status(JobStatus only) {
        return new JobFilter(only, queue, jobType, fairKey, createdFrom, createdTo);
    }

    /** The same, only of this queue. */
    public JobFilter queue(String only) {
        return new JobFilter(status, only, jobType, fairKey, createdFrom, createdTo);
    }

    /** The same, only of this type. */
    public JobFilter jobType(String only) {
        return new JobFilter(status, queue, only, fairKey, createdFrom, createdTo);
    }

    /** The same, only of this fair key. */
    public JobFilter fairKey(String only) {
        return new JobFilter(status, queue, jobType, only, createdFrom, createdTo);
    }

    /** The same, only enqueued at {@code from} or later, and before {@code to}; either may be null. */
    public JobFilter created(@Nullable Instant from, @Nullable Instant to) {
        return new JobFilter(status, queue, jobType, fairKey, from, to);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(status == JobStatus.PENDING, "and f.seq is null and l.seq is null")
                .andIf(status == JobStatus.RUNNING, "and l.seq is not null")
                .andIf(isEnd(status), "and f.outcome = ?", status)
                .andIf(queue != null, "and n.queue = ?", queue)
                .andIf(jobType != null, "and j.job_type = ?", jobType)
                .andIf(fairKey != null, "and n.fair_key = ?", fairKey)
                .andIf(createdFrom != null, FROM, createdFrom)
                .andIf(createdFrom != null, "and j.created_at >= ?", createdFrom)
                .andIf(createdTo != null, TO, createdTo)
                .andIf(createdTo != null, "and j.created_at < ?", createdTo);
    }

    private static boolean isEnd(@Nullable JobStatus status) {
        return status == JobStatus.COMPLETED || status == JobStatus.FAILED || status == JobStatus.CANCELLED;
    }
}
