package dev.evalstore.matrix;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Duration;

/**
 * Collects configurations that their workers no longer work on: leases past their deadline, and leases of workers that are gone.
 * Whoever declares a worker gone passes the claimers' gates before he looks for its leases; a claim that began before is then
 * committed and seen, and one that begins after sees that the worker is gone.
 */
final class ConfigRescue {
    private static final int BATCH = 1_000;

    private static final String ANYTHING = """
            /* configs.rescue_probe */ select exists (
                select from evalstore.config_leases l
                left join evalstore.workers w on w.generation = l.worker and w.gone_at is null
                where l.deadline <= statement_timestamp() or w.id is null or w.last_heartbeat_at
                    < statement_timestamp() - make_interval(secs => coalesce(?::float8, w.time_to_live_seconds))) as found""";

    /** Of those that own configurations; the others are the queue's to declare. */
    private static final String DECLARE_STALE = """
            with stale as materialized (
                select id from evalstore.workers
                where gone_at is null and last_heartbeat_at
                        < statement_timestamp() - make_interval(secs => coalesce(?::float8, time_to_live_seconds))
                    and generation in (select worker from evalstore.config_leases)
                order by id for update skip locked)
            update evalstore.workers w
            set gone_at = statement_timestamp(), status = 'offline', current_tasks = 0
            from stale where w.id = stale.id;
            """;

    private static final String COLLECT = """
            with expired as materialized (
                select l.seq, l.deadline <= statement_timestamp() as timed_out
                from evalstore.config_leases l
                where l.deadline <= statement_timestamp()
                    or not exists (select from evalstore.workers w where w.generation = l.worker and w.gone_at is null)
                order by l.seq limit ? for update of l skip locked),
            taken as (
                delete from evalstore.config_leases l using expired e where l.seq = e.seq
                returning l.seq, l.lane, l.rank, l.timeout_seconds, l.attempt, l.claimed_at, e.timed_out),
            ended as (
                update evalstore.benchmark_configs c
                set attempt = t.attempt + 1, started_at = t.claimed_at, updated_at = statement_timestamp(),
                    error = case when t.timed_out then 'its lease ran out' else 'its worker was lost' end,
                    outcome = case when t.attempt + 1 >= c.max_attempts then 'failed' end,
                    completed_at = case when t.attempt + 1 >= c.max_attempts then statement_timestamp() end
                from taken t where c.seq = t.seq
                returning c.seq, c.outcome, c.attempt, t.lane, t.rank, t.timeout_seconds),
            again as (
                insert into evalstore.config_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from ended where outcome is null)
            select count(*) as n from taken""";

    private final Jdbc jdbc;

    ConfigRescue(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * In batches.
     *
     * @param olderThan the age of a heartbeat at which its worker is stale, or null for each worker's own time to live
     */
    int requeueExpired(int limit) {
        Duration olderThan = null;
        // Most of the time there is nothing to do: then nobody's gate is touched.
        if (!jdbc.one(Sql.of(ANYTHING, olderThan), row -> row.bool("found"))) {
            return 0;
        }
        Sql sql = Sql.of("/* configs.rescue */")
                .and(DECLARE_STALE, olderThan)
                .and(ConfigClaims.ENGINE.allGates(jdbc.options().schema()))
                .and(COLLECT, limit);
        return jdbc.returning(sql, row -> row.integer("n")).get(0);
    }
}
