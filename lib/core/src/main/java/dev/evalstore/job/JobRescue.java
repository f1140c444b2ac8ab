package dev.evalstore.job;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.internal.schema.Partitions;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what its workers no longer work on: leases past their deadline, and leases of workers that are gone. Whoever
 * declares a worker gone holds the claimers' gates while he does and while he looks for its leases; a claim that began before
 * is then committed and seen, and one that begins after sees that the worker is gone.
 */
public final class JobRescue {
    /** After so many workers have gone down with it, a job is not given to another. */
    private static final int POISON = 3;

    private static final String ANYTHING = """
            /* jobs.rescue_probe */ select exists (
                select from evalstore.workers
                where gone_at is null
                    and last_heartbeat_at < statement_timestamp() - make_interval(secs => coalesce(?::float8, time_to_live_seconds)))
                or exists (
                select from evalstore.job_leases l
                where l.deadline <= statement_timestamp()
                    or not exists (select from evalstore.workers w where w.generation = l.worker and w.gone_at is null)) as found""";

    private static final String DECLARE_STALE = """
            with stale as materialized (
                select id from evalstore.workers
                where gone_at is null
                    and last_heartbeat_at < statement_timestamp() - make_interval(secs => coalesce(?::float8, time_to_live_seconds))
                order by id for update skip locked)
            update evalstore.workers w
            set gone_at = statement_timestamp(), status = 'offline', current_tasks = 0
            from stale where w.id = stale.id;
            """;

    /** The row before the configurations' gate, as everybody takes them who declares workers gone. */
    private static final String LOCK_WORKER = """
            select 1 from evalstore.workers where generation = ? and gone_at is null for update;
            """;

    private static final String COLLECT = """
            with expired as materialized (
                select l.seq, l.deadline <= statement_timestamp() as timed_out
                from evalstore.job_leases l
                where l.deadline <= statement_timestamp()
                    or not exists (select from evalstore.workers w where w.generation = l.worker and w.gone_at is null)
                order by l.seq limit ? for update of l skip locked),
            taken as (
                delete from evalstore.job_leases l using expired e where l.seq = e.seq
                returning l.seq, l.token, l.worker, l.lane, l.rank, l.timeout_seconds, l.attempt, l.claimed_at,
                    l.cancel_requested_at is not null as cancelled, e.timed_out),
            noted as (
                update evalstore.jobs j
                set attempt = t.attempt + 1, losses = j.losses + case when t.timed_out then 0 else 1 end,
                    error = case when t.timed_out then 'timed out after ' || t.timeout_seconds || ' s'
                        else 'its worker was lost' end
                from taken t where j.seq = t.seq
                returning j.seq, t.lane, t.rank, t.timeout_seconds, t.attempt + 1 as attempt, t.claimed_at,
                    case when t.cancelled then 'cancelled'
                        when t.attempt >= j.max_retries or j.losses >= {poison} then 'failed' end as outcome),
            again as (
                insert into evalstore.job_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from noted where outcome is null),
            finished as (
                insert into evalstore.job_finished (seq, lane, attempt, outcome, started_at, completed_at)
                select seq, lane, attempt, outcome, claimed_at, statement_timestamp() from noted where outcome is not null),
            freed as (delete from evalstore.job_unique u using noted o where u.seq = o.seq and o.outcome is not null),
            history as (
                insert into evalstore.job_attempts (seq, attempt, token, worker, started_at, ended_at, outcome)
                select t.seq, t.attempt + 1, t.token, t.worker, t.claimed_at, statement_timestamp(),
                    case when t.cancelled then 'cancelled' when t.timed_out then 'timed_out' else 'lost' end
                from taken t
                join evalstore.job_lanes n on n.lane = t.lane
                left join evalstore.job_queues q on q.queue = n.queue
                where coalesce(q.keeps_history, true))
            select count(*) as n from taken""".replace("{poison}", Integer.toString(POISON));

    /**
     * Nothing where somebody else declared it gone before: what it had is lost then, and so is what is past its deadline; both
     * are the rescue's. Passes over what is just being completed: waiting for it would keep the gate closed for others.
     */
    private static final String LEAVE = """
            with leaving as (
                update evalstore.workers set gone_at = statement_timestamp(), status = 'offline', current_tasks = 0
                where generation = ? and gone_at is null returning generation),
            held as materialized (
                select seq from evalstore.job_leases
                where worker = (select generation from leaving) and deadline > statement_timestamp()
                order by seq for update skip locked),
            taken as (
                delete from evalstore.job_leases l using held h where l.seq = h.seq
                returning l.seq, l.lane, l.rank, l.timeout_seconds, l.attempt, l.claimed_at,
                    l.cancel_requested_at is not null as called_off),
            again as (
                insert into evalstore.job_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from taken where not called_off),
            finished as (
                insert into evalstore.job_finished (seq, lane, attempt, outcome, started_at, completed_at)
                select seq, lane, attempt, 'cancelled', claimed_at, statement_timestamp() from taken where called_off),
            freed as (delete from evalstore.job_unique u using taken t where u.seq = t.seq and t.called_off),
            configs_held as materialized (
                select seq from evalstore.config_leases
                where worker = (select generation from leaving) and deadline > statement_timestamp()
                order by seq for update skip locked),
            configs_taken as (
                delete from evalstore.config_leases l using configs_held h where l.seq = h.seq
                returning l.seq, l.lane, l.rank, l.timeout_seconds, l.attempt),
            configs_again as (
                insert into evalstore.config_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from configs_taken)
            select (select count(*) from taken) + (select count(*) from configs_taken) as n""";

    private final Jdbc jdbc;

    public JobRescue(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Declares stale workers gone and collects up to {@code limit} leases.
     *
     * @param olderThan the age of a heartbeat at which its worker is stale, or null for each worker's own time to live
     */
    public int requeueExpired(@Nullable Duration olderThan, int limit) {
        // Most of the time there is nothing to do: then nobody's gate is touched.
        if (!jdbc.one(Sql.of(ANYTHING, olderThan), row -> row.bool("found"))) {
            return 0;
        }
        Sql sql = Sql.of("/* jobs.rescue */")
                .and(JobClaims.ENGINE.allGates(jdbc.options().schema()))
                .and(DECLARE_STALE, olderThan)
                .and(COLLECT, limit);
        return Partitions.inserting(
                jdbc,
                "job_attempts",
                Set.of(),
                () -> jdbc.returning(sql, row -> row.integer("n")).get(0));
    }

    /**
     * Takes a worker out and gives back what it holds, no attempt spent. Behind its gates, so that its claims under way are
     * committed and seen; the jobs' before its row and the configurations' after, as everybody takes them who declares workers gone.
     */
    public int leave(long generation) {
        String schema = jdbc.options().schema();
        Sql sql = Sql.of("/* workers.leave */")
                .and(JobClaims.ENGINE.gate(schema, generation))
                .and(LOCK_WORKER, generation)
                .and(Leases.gateOf("config", schema, generation))
                .and(LEAVE, generation);
        return jdbc.returning(sql, row -> row.integer("n")).get(0);
    }
}
