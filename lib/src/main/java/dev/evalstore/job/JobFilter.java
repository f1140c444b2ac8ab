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
 * @param createdFrom only enqueued then or later
 * @param createdTo only enqueued before then
 */
public record JobFilter(
        @Nullable JobStatus status,
        @Nullable String queue,
        @Nullable String jobType,
        @Nullable String fairKey,
        @Nullable Instant createdFrom,
        @Nullable Instant createdTo) {
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
                .andIf(createdFrom != null, "and j.created_at >= ?", createdFrom)
                .andIf(createdTo != null, "and j.created_at < ?", createdTo);
    }

    private static boolean isEnd(@Nullable JobStatus status) {
        return status == JobStatus.COMPLETED || status == JobStatus.FAILED || status == JobStatus.CANCELLED;
    }
}
