package dev.evalstore.job;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Limits, shares and pauses of queues and fair keys; see {@link JobRepository#limits()}. They hold in all processes for
 * claims that begin after the call has returned.
 */
public final class JobLimits extends JobLimitReads {
    private static final String SET = """
            /* job_limits.set */ insert into evalstore.job_limits (scope, name, weight, max_running, rate_claims, rate_seconds)
            values (?, ?, ?, ?, ?, ?)
            on conflict (scope, name) do update
            set weight = excluded.weight, max_running = excluded.max_running, rate_claims = excluded.rate_claims,
                rate_seconds = excluded.rate_seconds, updated_at = statement_timestamp(),
                rate_slots = case when job_limits.rate_seconds = excluded.rate_seconds then job_limits.rate_slots else '{}' end,
                rate_counts = case when job_limits.rate_seconds = excluded.rate_seconds then job_limits.rate_counts else '{}' end""";

    private static final String PAUSE = """
            /* job_limits.pause */ insert into evalstore.job_limits (scope, name, paused_at)
            values (?, ?, statement_timestamp())
            on conflict (scope, name) do update
            set paused_at = coalesce(job_limits.paused_at, excluded.paused_at), updated_at = statement_timestamp()""";

    private static final String RESUME = """
            /* job_limits.resume */ update evalstore.job_limits set paused_at = null, updated_at = statement_timestamp()
            where scope = ? and name = ? and paused_at is not null""";

    private static final String REMOVE = """
            /* job_limits.remove */ delete from evalstore.job_limits where scope = ? and name = ?""";

    private static final String KEEP = """
            /* job_limits.keep */ insert into evalstore.job_queues (queue, keeps_history, keeps_finished)
            values (?, ?, ?)
            on conflict (queue) do update
            set keeps_history = excluded.keeps_history, keeps_finished = excluded.keeps_finished""";

    JobLimits(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Sets weight, maximum and rate, in place of the ones before. A pause stays as it is. A rate counts from when it is
     * first set, and anew when its interval changes. Workers heed a weight within a second.
     */
    public void set(JobLimit limit) {
        Sql set = Sql.of(
                SET, limit.scope(), limit.name(), limit.weight(), limit.maxRunning(), limit.rate(), limit.interval());
        act("set", limit.scope(), limit.name(), on -> on.update(set) == 1);
    }

    /** Lets no more of the queue or fair key be claimed; what runs goes on. Pausing twice is like pausing once. */
    public void pause(JobLimit.Scope scope, String name) {
        Sql pause = Sql.of(PAUSE, scope, Check.name("name", name));
        act("pause", scope, name, on -> on.update(pause) == 1);
    }

    /** Ends a pause; does nothing where there is none. */
    public void resume(JobLimit.Scope scope, String name) {
        Sql resume = Sql.of(RESUME, scope, Check.text("name", name));
        act("resume", scope, name, on -> on.update(resume) == 1);
    }

    /** Removes all limits, the share and a pause; false when there were none. */
    public boolean remove(JobLimit.Scope scope, String name) {
        Sql remove = Sql.of(REMOVE, scope, Check.text("name", name));
        return act("remove", scope, name, on -> on.update(remove) == 1);
    }

    /** Sets what a queue keeps of its finished jobs; {@link QueueKeeps#EVERYTHING} unless this says otherwise. */
    public void keep(String queue, QueueKeeps keeps) {
        Sql keep = Sql.of(KEEP, Check.name("queue", queue), keeps.history(), keeps.finished());
        act("keep", JobLimit.Scope.QUEUE, queue, on -> on.update(keep) == 1);
    }

    private boolean act(String verb, JobLimit.Scope scope, String name, Function<Jdbc, Boolean> work) {
        return TABLE.act(jdbc, verb, List.of(scope.name().toLowerCase(Locale.ROOT), name), work);
    }
}
