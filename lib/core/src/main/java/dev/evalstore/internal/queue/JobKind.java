package dev.evalstore.internal.queue;

/**
 * Jobs. A lane is a queue, a set of required tags and a fair key. Queues and fair keys may have limits: a maximum of running
 * jobs, and a rate of claims. Both are counted behind the lock on the limit's row.
 */
final class JobKind {
    /** After so many workers were lost with it, a job is given to no other worker. */
    private static final int POISON = 3;

    /** The twentieth of the limit's interval that is now. A claim counts in its slot and the twenty after it. */
    private static final String SLOT =
            "floor(extract(epoch from statement_timestamp()) / (m.rate_seconds / 20))::bigint";

    /** A lane whose limits are counted admits one claimer at a time; claimers of other lanes are not held up. */
    private static final String LOCK_LIMITS = """
            with given as materialized (select ?::int[] as lanes)
            select 1 from evalstore.{t}_limits m
            where (m.max_running is not null or m.rate_claims is not null) and (m.scope, m.name) in (
                select 'queue', y.queue from evalstore.{t}_lanes y where y.lane = any ((select lanes from given)::int[])
                union all
                select 'fair_key', y.fair_key from evalstore.{t}_lanes y where y.lane = any ((select lanes from given)::int[]))
            order by m.scope, m.name for update of m;
            """;

    private static final String OPEN = """
            room as materialized (
                select m.scope, m.name, m.paused_at, least(
                    m.max_running - case when m.max_running is not null then (
                        select count(*) from evalstore.{t}_leases x join evalstore.{t}_lanes y on y.lane = x.lane
                        where case m.scope when 'queue' then y.queue else y.fair_key end = m.name) end,
                    m.rate_claims - case when m.rate_claims is not null then (
                        select coalesce(sum(u.n), 0) from unnest(m.rate_slots, m.rate_counts) as u (slot, n)
                        where u.slot >= {slot} - 20) end) as room
                from evalstore.{t}_limits m
                where (m.scope, m.name) in (
                    select 'queue', y.queue from asked a join evalstore.{t}_lanes y on y.lane = a.lane
                    union all
                    select 'fair_key', y.fair_key from asked a join evalstore.{t}_lanes y on y.lane = a.lane)),
            open as materialized (
                select a.*, q.name as queue_scope, q.room as queue_room, k.name as key_scope, k.room as key_room
                from asked a
                join evalstore.{t}_lanes y on y.lane = a.lane
                left join room q on q.scope = 'queue' and q.name = y.queue
                left join room k on k.scope = 'fair_key' and k.name = y.fair_key
                where q.paused_at is null and k.paused_at is null
                    and coalesce(q.room, 1) > 0 and coalesce(k.room, 1) > 0)""".replace("{slot}", SLOT);

    private static final String SPEND = """
            ,
            by_lane as materialized (select lane, count(*) as n from taken group by lane),
            spent as (
                update evalstore.{t}_limits m set (rate_slots, rate_counts) = (
                    select array_agg(v.slot order by v.slot), array_agg(v.n order by v.slot)
                    from (
                        select u.slot, sum(u.n)::int as n
                        from (
                            select o.slot, o.n from unnest(m.rate_slots, m.rate_counts) as o (slot, n)
                            where o.slot >= {slot} - 20
                            union all
                            select {slot}, c.n) u
                        group by u.slot) v)
                from (
                    select 'queue' as scope, y.queue as name, sum(t.n)::int as n
                    from by_lane t join evalstore.{t}_lanes y on y.lane = t.lane group by y.queue
                    union all
                    select 'fair_key', y.fair_key, sum(t.n)::int
                    from by_lane t join evalstore.{t}_lanes y on y.lane = t.lane group by y.fair_key) c
                where m.scope = c.scope and m.name = c.name and m.rate_claims is not null)""".replace("{slot}", SLOT);

    private static final String END_CANCELLED = """
            ,
            {t}_ended as (
                insert into evalstore.{t}_finished (seq, lane, attempt, outcome, started_at, completed_at)
                select seq, lane, attempt, 'cancelled', claimed_at, statement_timestamp() from {done} where cancelled),
            {t}_freed as (
                delete from evalstore.{t}_unique where seq = any (array(select seq from {done} where cancelled)))""";

    private static final String REQUEUE = """
            ,
            {t}_requeued as (
                update evalstore.{wide} j
                set attempt = t.attempt + 1, losses = j.losses + case when t.timed_out then 0 else 1 end,
                    error = case when t.timed_out then 'timed out after ' || t.timeout_seconds || ' s'
                        else 'its worker was lost' end
                from {t}_taken t where j.seq = t.seq
                returning j.seq, t.lane, t.rank, t.timeout_seconds, t.attempt + 1 as attempt, t.claimed_at,
                    case when t.cancelled then 'cancelled'
                        when t.attempt >= j.max_retries or j.losses >= {poison} then 'failed' end as outcome),
            {t}_ended as (
                insert into evalstore.{t}_finished (seq, lane, attempt, outcome, started_at, completed_at)
                select seq, lane, attempt, outcome, claimed_at, statement_timestamp()
                from {t}_requeued where outcome is not null),
            {t}_freed as (
                delete from evalstore.{t}_unique u using {t}_requeued r where u.seq = r.seq and r.outcome is not null),
            {t}_recorded as (
                insert into evalstore.{t}_attempts (seq, attempt, token, worker, started_at, ended_at, outcome)
                select t.seq, t.attempt + 1, t.token, t.worker, t.claimed_at, statement_timestamp(),
                    case when t.cancelled then 'cancelled' when t.timed_out then 'timed_out' else 'lost' end
                from {t}_taken t
                join evalstore.{t}_lanes n on n.lane = t.lane
                left join evalstore.{t}_queues q on q.queue = n.queue
                where coalesce(q.keeps_history, true))""".replace("{poison}", Integer.toString(POISON));

    private static final String EVENTS = """
            select 'job.' || x.happened as event_type, 'job' as aggregate_type, w.id::text as aggregate_id,
                jsonb_build_object('queue', y.queue, 'type', w.job_type, 'status', x.status, 'attempt', x.attempt) as payload
            from ({rows}) x
            join evalstore.{wide} w on w.seq = x.seq
            join evalstore.{t}_lanes y on y.lane = w.lane
            order by x.seq""";

    static final Kind KIND = Kind.of("job", "jobs")
            .scheduled()
            .history("job_attempts")
            .limited(LOCK_LIMITS, OPEN, SPEND)
            .cancellable(END_CANCELLED)
            .requeued(REQUEUE)
            .toldWhenAsked("job", EVENTS);

    private JobKind() {}
}
