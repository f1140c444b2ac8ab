package dev.evalstore.job;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which jobs to list. Conditions add up. Immutable. */
public final class JobFilter {
    /** Every job. */
    public static final JobFilter ALL = new JobFilter(Sql.NONE);

    private final Sql sql;

    private JobFilter(Sql sql) {
        this.sql = sql;
    }

    private JobFilter and(String condition, Object value) {
        return new JobFilter(sql.and(condition, value));
    }

    /** Only jobs in this status. */
    public JobFilter status(JobStatus status) {
        return switch (status) {
            case PENDING -> new JobFilter(sql.and("and f.seq is null and l.seq is null"));
            case RUNNING -> new JobFilter(sql.and("and l.seq is not null"));
            case COMPLETED, FAILED, CANCELLED -> and("and f.outcome = ?", status);
        };
    }

    /** Only jobs of this queue. */
    public JobFilter queue(String queue) {
        return and("and n.queue = ?", Check.text("queue", queue));
    }

    /** Only jobs of this type. */
    public JobFilter jobType(String type) {
        return and("and j.job_type = ?", Check.text("jobType", type));
    }

    /** Only jobs of this fair key. */
    public JobFilter fairKey(String key) {
        return and("and n.fair_key = ?", Check.text("fairKey", key));
    }

    /**
     * Only jobs that were enqueued at {@code from} or later, and before {@code to}; either may be null. The search goes by the
     * jobs' numbers, so it is as quick for an old hour as for the last one. It may miss a job whose insert was held up for more
     * than an hour, or whose time comes from a server whose clock was wrong by as much.
     */
    public JobFilter created(@Nullable Instant from, @Nullable Instant to) {
        Sql sql = from == null ? this.sql : this.sql.and(JobRows.createdFrom(from));
        return new JobFilter(to == null ? sql : sql.and(JobRows.createdBefore(to)));
    }

    Sql sql() {
        return sql;
    }
}
