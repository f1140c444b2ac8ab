package dev.evalstore.job;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.util.List;

/**
 * Bounds, shares and pauses of queues and fair keys; obtained from {@link JobRepository#limits()}. They hold for claims that
 * begin after the call has returned, in all processes.
 */
public final class JobLimits {
    private final Jdbc jdbc;

    JobLimits(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Sets weight, maximum and rate, in place of those there were. A pause stays as it is. A rate counts from when it is first
     * set, and anew when its interval changes. Workers heed a weight within a second.
     */
    public void set(JobLimit limit) {
        jdbc.update(Sql.of(
                """
                insert into evalstore.job_limits (scope, name, weight, max_running, rate_claims, rate_seconds)
                values (?, ?, ?, ?, ?, ?)
                on conflict (scope, name) do update
                set weight = excluded.weight, max_running = excluded.max_running, rate_claims = excluded.rate_claims,
                    rate_seconds = excluded.rate_seconds, updated_at = statement_timestamp(),
                    rate_slots = case when job_limits.rate_seconds = excluded.rate_seconds then job_limits.rate_slots else '{}' end,
                    rate_counts = case when job_limits.rate_seconds = excluded.rate_seconds then job_limits.rate_counts else '{}' end""", limit.scope(), limit.name(), limit.weight(), limit.maxRunning(), limit.rate(), limit.interval()));
    }

    /** Lets nothing more of it be claimed; what runs goes on. Paused twice is paused. */
    public void pause(JobLimit.Scope scope, String name) {
        jdbc.update(Sql.of("""
                insert into evalstore.job_limits (scope, name, paused_at) values (?, ?, statement_timestamp())
                on conflict (scope, name) do update
                set paused_at = coalesce(job_limits.paused_at, excluded.paused_at), updated_at = statement_timestamp()""", scope, Check.text("name", name)));
    }

    /** Ends a pause; nothing happens where there is none. */
    public void resume(JobLimit.Scope scope, String name) {
        jdbc.update(Sql.of(
                "update evalstore.job_limits set paused_at = null, updated_at = statement_timestamp() where scope = ?"
                        + " and name = ?",
                scope,
                Check.text("name", name)));
    }

    /** Takes all bounds, the share and a pause away; false when there were none. */
    public boolean remove(JobLimit.Scope scope, String name) {
        return jdbc.update(Sql.of(
                        "delete from evalstore.job_limits where scope = ? and name = ?",
                        scope,
                        Check.text("name", name)))
                == 1;
    }

    /** All that are set, by scope and name. */
    public List<JobLimit> list() {
        return jdbc.list(
                Sql.of("select scope, name, weight, max_running, rate_claims, rate_seconds, paused_at from"
                        + " evalstore.job_limits order by scope, name"),
                JobLimits::map);
    }

    /**
     * How a queue's ended jobs are kept. Both are kept unless this says otherwise.
     *
     * @param history whether attempts are recorded
     * @param finished whether completed jobs stay; otherwise a job's rows go with its completion
     */
    public void keep(String queue, boolean history, boolean finished) {
        jdbc.update(Sql.of("""
                insert into evalstore.job_queues (queue, keeps_history, keeps_finished) values (?, ?, ?)
                on conflict (queue) do update
                set keeps_history = excluded.keeps_history, keeps_finished = excluded.keeps_finished""", Check.text("queue", queue), history, finished));
    }

    private static JobLimit map(Row row) throws SQLException {
        Double interval = row.realOrNull("rate_seconds");
        return new JobLimit(
                row.enumValue("scope", JobLimit.Scope.class),
                row.text("name"),
                row.real("weight"),
                row.integerOrNull("max_running"),
                row.integerOrNull("rate_claims"),
                interval == null ? null : JobRows.duration(interval),
                row.instantOrNull("paused_at"));
    }
}
