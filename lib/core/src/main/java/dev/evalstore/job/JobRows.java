package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.TraceContext;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.Values;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How a job is read: the wide row {@code j}, its lane {@code n}, and where it is. */
final class JobRows {
    /** Columns of the wide row. */
    static final String OWN = """
            j.id, j.seq, j.job_type, j.payload, j.priority, j.max_retries, j.timeout_seconds, j.backoff_base_seconds,
            j.backoff_cap_seconds, j.unique_key, j.run_at, j.progress, j.trace_parent, j.trace_state, j.created_at""";

    /** Columns of the wide row and of the lane. */
    static final String WIDE = OWN + ", n.queue, n.required_tags, n.fair_key";

    /** The other columns, for a job that was just enqueued. */
    static final String AS_NEW = """
            'pending' as status, 0 as attempt, null::jsonb as result, null::text as error, null::text as worker_id,
            null::timestamptz as started_at, null::timestamptz as completed_at""";

    private static final String STATE = """
            case when l.seq is not null then 'running' else coalesce(f.outcome, 'pending') end as status,
            coalesce(f.attempt, j.attempt) as attempt, f.result,
            case when f.outcome = 'completed' then null else j.error end as error, w.worker_id,
            coalesce(f.started_at, l.claimed_at) as started_at, f.completed_at""";

    static final Table<Job> TABLE = Table.of("job", "jobs", WIDE + ", " + STATE, JobRows::map)
            .from("""
                    evalstore.jobs j
                    join evalstore.job_lanes n on n.lane = j.lane
                    left join evalstore.job_finished f on f.seq = j.seq
                    left join evalstore.job_leases l on l.seq = j.seq
                    left join evalstore.workers w on w.generation = l.worker""")
            .key("j.id")
            .order(Keyset.lastNumberFirst("jobs", "j.seq", Job::seq))
            .audited("cancel", "retry", "delete");

    /**
     * Where among the numbers a time is: jobs numbered below {@code low} were created before it, jobs above {@code high} after. A
     * job's number is drawn in the statement that records its time. But statements overtake each other, and servers' clocks differ:
     * the search leaves an hour for that.
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

    private static final String CREATED_FROM = "and j.created_at >= ? and j.seq >= {near}"
            .replace("{near}", NEAR.replace("{slack}", "- interval '1 hour'").replace("{bound}", "max(low)"));

    private static final String CREATED_BEFORE = "and j.created_at < ? and j.seq <= {near}"
            .replace("{near}", NEAR.replace("{slack}", "+ interval '1 hour'").replace("{bound}", "min(high)"));

    private JobRows() {}

    /** A condition for jobs that were created then or later; it reads some thirty rows, however many there are. */
    static Sql createdFrom(Instant time) {
        return Sql.of(CREATED_FROM, time, time);
    }

    /** The same for jobs that were created before. */
    static Sql createdBefore(Instant time) {
        return Sql.of(CREATED_BEFORE, time, time);
    }

    /** The job with the id. */
    static Sql byId(UUID id) {
        return TABLE.selectAll("find").and("and j.id = ?", id);
    }

    static Job map(Row row) throws SQLException {
        return map(
                row,
                route(row),
                new JobState(
                        row.enumValue("status", JobStatus.class),
                        row.integer("attempt"),
                        row.jsonOrNull("result"),
                        row.textOrNull("error"),
                        row.textOrNull("worker_id"),
                        row.instantOrNull("started_at"),
                        row.instantOrNull("completed_at")));
    }

    static JobRoute route(Row row) throws SQLException {
        return new JobRoute(row.text("queue"), row.texts("required_tags"), row.text("fair_key"));
    }

    /** Where a job is, where that does not come with its row. */
    record JobState(
            JobStatus status,
            int attempt,
            @Nullable Json result,
            @Nullable String error,
            @Nullable String workerId,
            @Nullable Instant startedAt,
            @Nullable Instant completedAt) {}

    static Job map(Row row, JobRoute route, JobState state) throws SQLException {
        return new Job(
                row.uuid("id"),
                row.bigint("seq"),
                route.queue(),
                route.requiredTags(),
                route.fairKey(),
                row.text("job_type"),
                row.json("payload"),
                row.integer("priority"),
                row.integer("max_retries"),
                Duration.ofSeconds(row.integer("timeout_seconds")),
                new Backoff(duration(row.real("backoff_base_seconds")), duration(row.real("backoff_cap_seconds"))),
                row.textOrNull("unique_key"),
                state.status(),
                state.attempt(),
                row.instantOrNull("run_at"),
                state.result(),
                state.error(),
                row.jsonOrNull("progress"),
                TraceContext.stored(row.textOrNull("trace_parent"), row.textOrNull("trace_state")),
                state.workerId(),
                row.instant("created_at"),
                state.startedAt(),
                state.completedAt());
    }

    static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    static double seconds(Duration duration) {
        return Values.seconds(duration);
    }
}
