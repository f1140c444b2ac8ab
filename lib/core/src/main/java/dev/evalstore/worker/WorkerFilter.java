package dev.evalstore.worker;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Duration;
import java.util.Objects;

/** Which registrations of workers to list. Conditions add up. Immutable. */
public final class WorkerFilter extends Conditions<WorkerFilter> {
    /** Every registration, dead ones included. */
    public static final WorkerFilter ALL = new WorkerFilter(Sql.NONE);

    private static final String ACTIVE = """
            and gone_at is null and last_heartbeat_at >= statement_timestamp() - make_interval(secs => ?)""";

    private WorkerFilter(Sql sql) {
        super(sql, WorkerFilter::new);
    }

    /** Only registrations under this name. */
    public WorkerFilter workerId(String name) {
        return and("and worker_id = ?", Check.text("workerId", name));
    }

    /** Only workers in this status. */
    public WorkerFilter status(WorkerStatus status) {
        return and("and status = ?", Objects.requireNonNull(status, "status"));
    }

    /** Only workers that have this tag. */
    public WorkerFilter tag(String tag) {
        return and("and ? = any (tags)", Check.text("tag", tag));
    }

    /** Only workers that neither left nor were declared dead. */
    public WorkerFilter notGone() {
        return and("and gone_at is null");
    }

    /** Only workers that are not gone and whose last heartbeat is within the given time. */
    public WorkerFilter active(Duration within) {
        return and(ACTIVE, Check.period("within", within));
    }
}
