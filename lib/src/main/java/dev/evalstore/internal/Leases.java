package dev.evalstore.internal;

import dev.evalstore.internal.jdbc.Sql;
import java.util.List;

/**
 * The one engine that gives out claimable work: jobs, and configurations to benchmark. Each kind of work has a narrow
 * {@code …_ready} table (lane, rank, seq, timeout_seconds, attempt), a {@code …_scheduled} one where work may wait for its
 * time, and a {@code …_leases} one; the statements here differ in these names alone.
 *
 * <p>A claim deletes from the ready table and inserts the lease. Were it an update, other claimers would reach the row through
 * its update chain and wait for it, whatever {@code skip locked} says. The gate, an advisory lock taken in an earlier
 * statement of the same round trip, lets a few claimers in at a time instead of a herd. It also orders claims against the
 * removal of workers: who declares a worker gone holds all gates from before that until he has collected its leases, so that no claim of it is
 * missed.
 *
 * <p>What is decided behind the gate and the limits' locks must be read after they were taken: that holds in read committed
 * alone, where each statement has a snapshot of its own. At any other level nothing is given.
 *
 * <p>Lock order: gate, scheduled rows, limits, ready or lease rows, wide rows.
 */
public final class Leases {
    /** Claimers that may be inside at once; about the number of cores that a database server can spare for it. */
    static final int GATES = 4;

    private final String kind;
    private final String claim;
    private final String promote;

    /**
     * @param kind the tables' prefix: {@code job} or {@code config}
     * @param open the body of a query over {@code asked} that gives its columns, {@code queue_scope, queue_room, key_scope,
     *     key_room} for the lanes that may be claimed from now
     * @param spend further common table expressions over {@code taken}, each preceded by a comma
     * @param wide the final select over {@code leased} joined with the wide table; it orders by rank and seq
     */
    public Leases(String kind, String open, String spend, String wide) {
        this.kind = kind;
        this.claim = CLAIM.replace("{open}", open)
                .replace("{spend}", spend)
                .replace("{wide}", wide)
                .replace("{t}", kind);
        this.promote = PROMOTE.replace("{t}", kind);
    }

    private static final String PROMOTE = """
            with due as materialized (
                select ctid from evalstore.{t}_scheduled
                where run_at <= statement_timestamp() order by run_at, seq limit 1000
                for update skip locked),
            moved as (
                delete from evalstore.{t}_scheduled where ctid = any (array(select ctid from due))
                returning lane, rank, seq, timeout_seconds, attempt)
            insert into evalstore.{t}_ready (lane, rank, seq, timeout_seconds, attempt)
            select lane, rank, seq, timeout_seconds, attempt from moved;
            """;

    /**
     * Two passes over the index: a preview that decides how many come from each lane, without locks, and then the taking, which
     * passes over what others hold. Ranks before the cursor's are always looked at, so that more urgent work is never missed;
     * within the cursor's rank only what lies beyond it.
     */
    private static final String CLAIM = """
            with asked as materialized (
                select a.lane, a.cur_rank, a.cur_seq, a.pass, a.stride, ?::int as most_rank, ?::int as seconds
                from unnest(?::int[], ?::int[], ?::bigint[], ?::float8[], ?::float8[])
                    as a (lane, cur_rank, cur_seq, pass, stride)
                where current_setting('transaction_isolation') = 'read committed' and exists (
                    select from evalstore.workers
                    where generation = ? and gone_at is null and status <> 'draining')),
            {open},
            preview as (
                select o.lane, o.cur_rank, o.cur_seq, o.most_rank, o.queue_scope, o.queue_room, o.key_scope, o.key_room, p.rank, p.seq,
                    o.pass + o.stride * row_number() over (partition by o.lane, p.rank order by p.seq) as finish
                from open o cross join lateral (
                    (select r.rank, r.seq from evalstore.{t}_ready r
                    where r.lane = o.lane and r.rank < o.cur_rank and r.rank <= o.most_rank
                    order by r.rank, r.seq limit ?)
                    union all
                    (select r.rank, r.seq from evalstore.{t}_ready r
                    where r.lane = o.lane and (r.rank, r.seq) > (o.cur_rank, o.cur_seq) and r.rank <= o.most_rank
                    order by r.rank, r.seq limit ?)) p),
            fitting as (
                select v.*, row_number() over (order by v.rank, v.finish, v.seq) as place,
                    row_number() over (partition by v.queue_scope order by v.rank, v.finish, v.seq) as of_queue,
                    row_number() over (partition by v.key_scope order by v.rank, v.finish, v.seq) as of_key
                from preview v),
            quota as materialized (
                select f.lane, f.cur_rank, f.cur_seq, f.most_rank, count(*) as n, count(*) filter (where f.rank < f.cur_rank) as head
                from (
                    select * from fitting
                    where (queue_room is null or of_queue <= queue_room) and (key_room is null or of_key <= key_room)
                    order by place limit ?) f
                group by f.lane, f.cur_rank, f.cur_seq, f.most_rank),
            chosen as materialized (
                select x.ctid from quota q cross join lateral (
                    select a.ctid from (
                        select r.ctid from evalstore.{t}_ready r
                        where r.lane = q.lane and r.rank < q.cur_rank and r.rank <= q.most_rank
                        order by r.rank, r.seq limit q.head for update skip locked) a
                    union all
                    select b.ctid from (
                        select r.ctid from evalstore.{t}_ready r
                        where r.lane = q.lane and (r.rank, r.seq) > (q.cur_rank, q.cur_seq) and r.rank <= q.most_rank
                        order by r.rank, r.seq limit q.n - q.head for update skip locked) b) x),
            taken as (
                delete from evalstore.{t}_ready where ctid = any (array(select ctid from chosen))
                returning lane, rank, seq, coalesce((select nullif(min(seconds), 0) from asked), timeout_seconds) as timeout_seconds, attempt),
            leased as (
                insert into evalstore.{t}_leases
                    (seq, token, worker, lane, rank, timeout_seconds, attempt, claimed_at, deadline)
                select seq, nextval('evalstore.lease_tokens'), ?, lane, rank, timeout_seconds, attempt,
                    statement_timestamp(), statement_timestamp() + make_interval(secs => timeout_seconds)
                from taken
                returning seq, token, lane, rank, attempt, claimed_at, deadline){spend}
            {wide}""";

    /** Takes the claimer's gate. */
    public Sql gate(String schema, long worker) {
        return Sql.of("select pg_advisory_xact_lock(?, ?);", lockClass(schema), (int) (worker % GATES));
    }

    /** Takes all gates, in order: waits for the claims under way, and holds up those to come. */
    public Sql allGates(String schema) {
        return Sql.of(
                "select pg_advisory_xact_lock(?, g) from generate_series(0, " + (GATES - 1) + ") g;",
                lockClass(schema));
    }

    private int lockClass(String schema) {
        return ("evalstore." + schema + "." + kind).hashCode();
    }

    /** Moves what is due from scheduled to ready. */
    public Sql promote() {
        return Sql.of(promote);
    }

    /** Claims up to {@code limit}; the gate must be taken in an earlier statement. */
    public Sql claim(long worker, List<LaneCursors.Lane> lanes, int limit) {
        return claim(worker, lanes, limit, Integer.MAX_VALUE, 0);
    }

    /**
     * The same, of ranks up to {@code mostRank} only, and for so many seconds in place of what each item says, unless that is 0.
     * No argument may be null: its type would be unknown, the driver would have the statement described, and from then on would
     * send it in a round trip of its own, after the gate's transaction has ended.
     */
    public Sql claim(long worker, List<LaneCursors.Lane> lanes, int limit, int mostRank, int seconds) {
        return Sql.of(
                claim,
                mostRank,
                seconds,
                LaneCursors.ids(lanes),
                LaneCursors.ranks(lanes),
                LaneCursors.seqs(lanes),
                LaneCursors.passes(lanes),
                LaneCursors.strides(lanes),
                worker,
                limit,
                limit,
                limit,
                worker);
    }

    /**
     * Of the given (seq, token) pairs, the leases that are still held: the condition of every write by a worker. A lease past
     * its deadline counts as lost, whether or not somebody has collected it yet.
     */
    public static final String HELD = "l.seq = g.seq and l.token = g.token and l.deadline > statement_timestamp()";
}
