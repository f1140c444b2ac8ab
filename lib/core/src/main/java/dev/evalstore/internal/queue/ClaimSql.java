package dev.evalstore.internal.queue;

import dev.evalstore.internal.jdbc.Numbers;

/**
 * The statements of a claim, as templates that {@link Kind#fill} completes.
 *
 * <p>A claim deletes from the ready table and inserts leases. Were a claim an update, other claimers would reach the row through
 * its update chain and wait for it, whatever {@code skip locked} says.
 *
 * <p>All columns that a claim returns have a fixed length: only then does the driver send gate and claim in one piece, and the
 * server makes them one transaction, whatever becomes of the client in between.
 */
final class ClaimSql {
    /** Moves due items from scheduled to ready, those due longest first. */
    static final String PROMOTE = """
            with due as materialized (
                select ctid from evalstore.{t}_scheduled
                where run_at <= statement_timestamp() order by run_at, seq limit ?::int
                for update skip locked),
            moved as (
                delete from evalstore.{t}_scheduled where ctid = any (array(select ctid from due))
                returning lane, rank, seq, timeout_seconds, attempt)
            insert into evalstore.{t}_ready (lane, rank, seq, timeout_seconds, attempt)
            select lane, rank, seq, timeout_seconds, attempt from moved;
            """;

    /** All lanes asked for may be claimed from, without limits. */
    static final String OPEN_TO_ALL = """
            open as materialized (
                select a.*, null::text as queue_scope, null::bigint as queue_room, null::text as key_scope,
                    null::bigint as key_room
                from asked a)""";

    /**
     * Two passes over the index. The first one is a preview without locks, and decides how many items come from each lane. The
     * second one takes them, and passes over those that others hold. Ranks before the cursor's are always looked at, so more
     * urgent work is never missed; within the cursor's rank only what lies beyond the cursor. An item for which its lane's queue
     * or fair key has no room takes no place in the order.
     */
    static final String CLAIM = """
            with given as materialized (
                select ?::int[] as lanes, ?::int[] as ranks, ?::bigint[] as seqs, ?::float8[] as passes, ?::float8[] as strides,
                    ?::bigint as worker, ?::int as n, ?::int as max_rank, ?::int as seconds),
            asked as materialized (
                select a.lane, a.cur_rank, a.cur_seq, a.pass, a.stride, g.max_rank
                from given g
                cross join lateral unnest(g.lanes, g.ranks, g.seqs, g.passes, g.strides)
                    as a (lane, cur_rank, cur_seq, pass, stride)
                where current_setting('transaction_isolation') = 'read committed' and exists (
                    select from evalstore.workers w
                    where w.generation = g.worker and w.gone_at is null and w.status <> 'draining')),
            {open},
            preview as (
                select o.lane, o.cur_rank, o.cur_seq, o.max_rank, o.queue_scope, o.queue_room, o.key_scope, o.key_room, p.rank, p.seq,
                    o.pass + o.stride * row_number() over (partition by o.lane, p.rank order by p.seq) as finish
                from open o cross join lateral (
                    (select r.rank, r.seq from evalstore.{t}_ready r
                    where r.lane = o.lane and r.rank < o.cur_rank and r.rank <= o.max_rank
                    order by r.rank, r.seq limit least((select n from given), o.queue_room, o.key_room))
                    union all
                    (select r.rank, r.seq from evalstore.{t}_ready r
                    where r.lane = o.lane and (r.rank, r.seq) > (o.cur_rank, o.cur_seq) and r.rank <= o.max_rank
                    order by r.rank, r.seq limit least((select n from given), o.queue_room, o.key_room))) p),
            of_keys as (
                select v.*, row_number() over (partition by v.key_scope order by v.rank, v.finish, v.seq) as of_key
                from preview v),
            fitting as (
                select v.*, row_number() over (partition by v.queue_scope order by v.rank, v.finish, v.seq) as of_queue
                from of_keys v where key_room is null or of_key <= key_room),
            quota as materialized (
                select f.lane, f.cur_rank, f.cur_seq, f.max_rank, count(*) as n, count(*) filter (where f.rank < f.cur_rank) as head
                from (
                    select * from fitting
                    where queue_room is null or of_queue <= queue_room
                    order by rank, finish, seq limit (select n from given)) f
                group by f.lane, f.cur_rank, f.cur_seq, f.max_rank),
            chosen as materialized (
                select x.ctid from quota q cross join lateral (
                    select a.ctid from (
                        select r.ctid from evalstore.{t}_ready r
                        where r.lane = q.lane and r.rank < q.cur_rank and r.rank <= q.max_rank
                        order by r.rank, r.seq limit q.head for update skip locked) a
                    union all
                    select b.ctid from (
                        select r.ctid from evalstore.{t}_ready r
                        where r.lane = q.lane and (r.rank, r.seq) > (q.cur_rank, q.cur_seq) and r.rank <= q.max_rank
                        order by r.rank, r.seq limit q.n - q.head for update skip locked) b) x),
            """;

    /**
     * One lane, and nothing limited anywhere: no quotas to compute. Where a limit was set meanwhile nothing is taken, and the
     * claimer falls short and looks again.
     */
    static final String CLAIM_PLAIN = """
            with given as materialized (
                select ?::int as lane, ?::int as cur_rank, ?::bigint as cur_seq, ?::bigint as worker, ?::int as n,
                    null::int as seconds),
            open as materialized (
                select g.lane, g.cur_rank, g.cur_seq, g.n
                from given g
                where current_setting('transaction_isolation') = 'read committed' and exists (
                    select from evalstore.workers w
                    where w.generation = g.worker and w.gone_at is null and w.status <> 'draining')
                    and not exists (select from evalstore.{t}_limits)),
            chosen as materialized (
                select x.ctid from open o cross join lateral (
                    select a.ctid from (
                        select r.ctid from evalstore.{t}_ready r
                        where r.lane = o.lane and r.rank < o.cur_rank
                        order by r.rank, r.seq limit (select n from given) for update skip locked) a
                    union all
                    select b.ctid from (
                        select r.ctid from evalstore.{t}_ready r
                        where r.lane = o.lane and (r.rank, r.seq) > (o.cur_rank, o.cur_seq)
                        order by r.rank, r.seq limit (select n from given) for update skip locked) b
                    limit o.n) x),
            """;

    /** The end of both: moves the chosen items from ready to leased. */
    static final String TAKE = """
            taken as (
                delete from evalstore.{t}_ready where ctid = any (array(select ctid from chosen))
                returning lane, rank, seq, coalesce((select nullif(seconds, 0) from given), timeout_seconds) as timeout_seconds, attempt),
            leased as (
                insert into evalstore.{t}_leases
                    (seq, token, worker, lane, rank, timeout_seconds, attempt, claimed_at, deadline)
                select seq, {token}, (select worker from given), lane, rank, timeout_seconds, attempt,
                    statement_timestamp(), statement_timestamp() + make_interval(secs => timeout_seconds)
                from taken
                returning seq, token, lane, rank, attempt, claimed_at, deadline){spend}{tell_claimed}
            select seq, token, attempt, lane, rank, claimed_at, deadline from leased""".replace("{token}", Numbers.next("evalstore.lease_tokens"));

    private ClaimSql() {}
}
