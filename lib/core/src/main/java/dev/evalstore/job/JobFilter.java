package dev.evalstore.job;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.worker.Worker;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which jobs to list. Conditions add up. Immutable. */
public final class JobFilter extends Conditions<JobFilter> {
    /** Every job. */
    public static final JobFilter ALL = new JobFilter(Sql.NONE);

    private static final String IN_STATUSES = """
            and case when l.seq is not null then ? when f.seq is null then ? else f.outcome = any (?::text[]) end""";

    private JobFilter(Sql sql) {
        super(sql, JobFilter::new);
    }

    /** Only jobs in this status. */
    public JobFilter status(JobStatus status) {
        return switch (status) {
            case PENDING -> and("and f.seq is null and l.seq is null");
            case RUNNING -> and("and l.seq is not null");
            case COMPLETED, FAILED, CANCELLED -> and("and f.outcome = ?", status);
        };
    }

    /** Only jobs in one of these statuses; at least one status. */
    public JobFilter statuses(Collection<JobStatus> statuses) {
        statuses.forEach(status -> Objects.requireNonNull(status, "statuses"));
        Set<JobStatus> any = Set.copyOf(statuses);
        if (any.isEmpty()) {
            throw new IllegalArgumentException("statuses must not be empty");
        }
        return and(
                IN_STATUSES,
                any.contains(JobStatus.RUNNING),
                any.contains(JobStatus.PENDING),
                SqlArray.words(any, status -> status));
    }

    /** Only jobs that this worker registration owns now. */
    public JobFilter worker(Worker worker) {
        return and("and l.worker = ?", worker.generation());
    }

    /** Only jobs that a worker of this name owns now. */
    public JobFilter workerId(String name) {
        return and("and w.worker_id = ?", Check.text("workerId", name));
    }

    /** Only jobs with this unique key, finished ones too. At most one of them in each queue is unfinished. */
    public JobFilter uniqueKey(String key) {
        return and("and j.unique_key = ?", Check.text("uniqueKey", key));
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
     * Only jobs that were enqueued at {@code from} or later, and before {@code to}; either may be null. The search goes
     * by the jobs' numbers, so it is as quick for an old hour as for the last one. The search may miss a job whose
     * insert was held up for more than an hour, or whose server's clock was wrong by as much.
     */
    public JobFilter created(@Nullable Instant from, @Nullable Instant to) {
        JobFilter later = from == null ? this : and(JobRows.createdFrom(Check.time("from", from)));
        return to == null ? later : later.and(JobRows.createdBefore(Check.time("to", to)));
    }
}
