package dev.evalstore.internal.queue;

import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.RowMapper;
import dev.evalstore.internal.jdbc.Sql;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

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

    /**
     * A queue is never as its statistics say: it was empty when they were made, and a million rows came since. A plan from then
     * reads a whole lane and sorts it, for every claim, until the next analyze. The index gives the order; these leave the planner
     * nothing else, until the transaction ends. And no claim is worth compiling, whatever it is thought to cost.
     */
    private static final String PLANS =
            "set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true),"
                    + " set_config('jit', 'off', true)";

    /**
     * Where the driver sends gate and claim apart (the first time, and where the claim returns text) the client commits. One that
     * is stopped just then would keep the gate shut for everybody until it goes on: the server ends its session instead.
     */
    private static final String PATIENCE = "set_config('idle_in_transaction_session_timeout', '5s', true)";

    /** The settings that {@link #gate} changes, as columns a, b, c, d. */
    private static final String SETTINGS = "/* leases.settings */ select current_setting('enable_bitmapscan') as a,"
            + " current_setting('enable_seqscan') as b, current_setting('jit') as c,"
            + " current_setting('idle_in_transaction_session_timeout') as d";

    private static final String RESTORE =
            "/* leases.restore */ select set_config('enable_bitmapscan', ?, true), set_config('enable_seqscan', ?,"
                    + " true), set_config('jit', ?, true), set_config('idle_in_transaction_session_timeout', ?, true)";

    private final String kind;
    private final String claim;
    private final String claimPlain;
    private final String promote;

    /**
     * @param kind the tables' prefix: {@code job} or {@code config}
     * @param open the body of a query over {@code asked} that gives its columns, {@code queue_scope, queue_room, key_scope,
     *     key_room} for the lanes that may be claimed from now
     * @param spend further common table expressions over {@code taken}, each preceded by a comma
     * @param last the final select over {@code leased}. Where all its columns are of fixed length, gate and claim are one
     *     transaction of the server's, whatever becomes of the client in between
     */
    public Leases(String kind, String open, String spend, String last) {
        this.kind = kind;
        this.claim = (CLAIM + TAKE)
                .replace("{open}", open)
                .replace("{spend}", spend)
                .replace("{last}", last)
                .replace("{t}", kind);
        this.claimPlain = (CLAIM_PLAIN + TAKE)
                .replace("{spend}", "")
                .replace("{last}", last)
                .replace("{t}", kind);
        this.promote = PROMOTE.replace("{t}", kind);
    }

    private static final String PROMOTE = """
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

    /**
     * Two passes over the index: a preview that decides how many come from each lane, without locks, and then the taking, which
     * passes over what others hold. Ranks before the cursor's are always looked at, so that more urgent work is never missed;
     * within the cursor's rank only what lies beyond it. What a lane or a fair key has no room for takes no place in its queue.
     */
    private static final String CLAIM = """
            with given as materialized (
                select ?::int[] as lanes, ?::int[] as ranks, ?::bigint[] as seqs, ?::float8[] as passes, ?::float8[] as strides,
                    ?::bigint as worker, ?::int as n, ?::int as most_rank, ?::int as seconds),
            asked as materialized (
                select a.lane, a.cur_rank, a.cur_seq, a.pass, a.stride, g.most_rank
                from given g
                cross join lateral unnest(g.lanes, g.ranks, g.seqs, g.passes, g.strides)
                    as a (lane, cur_rank, cur_seq, pass, stride)
                where current_setting('transaction_isolation') = 'read committed' and exists (
                    select from evalstore.workers w
                    where w.generation = g.worker and w.gone_at is null and w.status <> 'draining')),
            {open},
            preview as (
                select o.lane, o.cur_rank, o.cur_seq, o.most_rank, o.queue_scope, o.queue_room, o.key_scope, o.key_room, p.rank, p.seq,
                    o.pass + o.stride * row_number() over (partition by o.lane, p.rank order by p.seq) as finish
                from open o cross join lateral (
                    (select r.rank, r.seq from evalstore.{t}_ready r
                    where r.lane = o.lane and r.rank < o.cur_rank and r.rank <= o.most_rank
                    order by r.rank, r.seq limit least((select n from given), o.queue_room, o.key_room))
                    union all
                    (select r.rank, r.seq from evalstore.{t}_ready r
                    where r.lane = o.lane and (r.rank, r.seq) > (o.cur_rank, o.cur_seq) and r.rank <= o.most_rank
                    order by r.rank, r.seq limit least((select n from given), o.queue_room, o.key_room))) p),
            of_keys as (
                select v.*, row_number() over (partition by v.key_scope order by v.rank, v.finish, v.seq) as of_key
                from preview v),
            fitting as (
                select v.*, row_number() over (partition by v.queue_scope order by v.rank, v.finish, v.seq) as of_queue
                from of_keys v where key_room is null or of_key <= key_room),
            quota as materialized (
                select f.lane, f.cur_rank, f.cur_seq, f.most_rank, count(*) as n, count(*) filter (where f.rank < f.cur_rank) as head
                from (
                    select * from fitting
                    where queue_room is null or of_queue <= queue_room
                    order by rank, finish, seq limit (select n from given)) f
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
            """;

    /**
     * One lane, and nothing limited anywhere: no quotas to reckon. Where a limit has come up meanwhile nothing is taken, and the
     * claimer falls short and looks again.
     */
    private static final String CLAIM_PLAIN = """
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

    private static final String TAKE = """
            taken as (
                delete from evalstore.{t}_ready where ctid = any (array(select ctid from chosen))
                returning lane, rank, seq, coalesce((select nullif(seconds, 0) from given), timeout_seconds) as timeout_seconds, attempt),
            leased as (
                insert into evalstore.{t}_leases
                    (seq, token, worker, lane, rank, timeout_seconds, attempt, claimed_at, deadline)
                select seq, nextval('evalstore.lease_tokens'), (select worker from given), lane, rank, timeout_seconds, attempt,
                    statement_timestamp(), statement_timestamp() + make_interval(secs => timeout_seconds)
                from taken
                returning seq, token, lane, rank, attempt, claimed_at, deadline){spend}
            {last}""";

    /** Takes the claimer's gate, and has what follows in the transaction planned as {@link #PLANS} says. */
    public Sql gate(String schema, long worker) {
        return Sql.of("select " + PATIENCE + ", " + PLANS + ", pg_advisory_xact_lock(?, ?);", lockClass(schema), (int)
                (worker % GATES));
    }

    /** The gate of a kind of items alone, for who takes back items of several kinds at once. */
    public static Sql gateOf(String kind, String schema, long worker) {
        return Sql.of("select pg_advisory_xact_lock(?, ?);", lockClass(schema, kind), (int) (worker % GATES));
    }

    /** Runs a claim that begins with its gate. In a transaction of the caller's his settings stay his. */
    public static <T> List<T> run(Jdbc jdbc, Sql claim, RowMapper<T> mapper) {
        if (!jdbc.inTransaction()) {
            return jdbc.returning(claim, mapper);
        }
        Object[] settings = jdbc.one(
                Sql.of(SETTINGS), row -> new Object[] {row.text("a"), row.text("b"), row.text("c"), row.text("d")});
        List<T> taken = jdbc.returning(claim, mapper);
        jdbc.returning(Sql.of(RESTORE, settings), row -> true);
        return taken;
    }

    /**
     * What a second round of a claim adds to the first. What the first was given is the worker's whatever becomes of the second: a
     * failure that claimed nothing only makes the batch shorter, and the next claim will meet it.
     */
    public static <T> List<T> more(Jdbc jdbc, List<T> first, Supplier<List<T>> second) {
        try {
            return second.get();
        } catch (DatabaseException e) {
            boolean unknown = e instanceof TransientDatabaseException lost && lost.outcomeUnknown();
            if (first.isEmpty() || unknown || jdbc.inTransaction()) {
                throw e;
            }
            return List.of();
        }
    }

    /** Why nothing could be claimed, unless nothing was due. */
    public static void requireAble(Jdbc jdbc, long generation) {
        boolean alive = jdbc.one(
                Sql.of(
                        "/* leases.may_claim */ select current_setting('transaction_isolation') as isolation, exists ("
                                + "select from evalstore.workers where generation = ? and gone_at is null) as alive",
                        generation),
                row -> {
                    if (!row.text("isolation").equals("read committed")) {
                        throw new IllegalStateException(
                                "a claim needs the isolation level read committed, and was asked for in "
                                        + row.text("isolation"));
                    }
                    return row.bool("alive");
                });
        if (!alive) {
            throw new WorkerGoneException(generation);
        }
    }

    /** Takes all gates, in order: waits for the claims under way, and holds up those to come. */
    public Sql allGates(String schema) {
        return Sql.of(
                "select pg_advisory_xact_lock(?, g) from generate_series(0, " + (GATES - 1) + ") g;",
                lockClass(schema));
    }

    private int lockClass(String schema) {
        return lockClass(schema, kind);
    }

    private static int lockClass(String schema, String kind) {
        return ("evalstore." + schema + "." + kind).hashCode();
    }

    /** Moves what is due from scheduled to ready, so many at most, those due longest first. */
    public Sql promote(int most) {
        return Sql.of(promote, most);
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
                LaneCursors.ids(lanes),
                LaneCursors.ranks(lanes),
                LaneCursors.seqs(lanes),
                LaneCursors.passes(lanes),
                LaneCursors.strides(lanes),
                worker,
                limit,
                mostRank,
                seconds);
    }

    /** The same from one lane, or nothing where there are limits; those need not be locked before. */
    public Sql claimPlain(long worker, LaneCursors.Lane lane, int limit) {
        return Sql.of(claimPlain, lane.id(), lane.rank(), lane.seq(), worker, limit);
    }

    /** In the order of their numbers, in which everybody locks them; of two for one lease the first. */
    public static <E> List<E> inOrder(List<E> all, ToLongFunction<E> seq, ToLongFunction<E> token) {
        List<E> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingLong(seq).thenComparingLong(token));
        for (int i = sorted.size() - 1; i > 0; i--) {
            E one = sorted.get(i);
            E before = sorted.get(i - 1);
            if (seq.applyAsLong(one) == seq.applyAsLong(before)
                    && token.applyAsLong(one) == token.applyAsLong(before)) {
                sorted.remove(i);
            }
        }
        return sorted;
    }

    /**
     * The leases {@code l} among the pairs of {@code given} that are still held: the condition of every write by a worker. A lease
     * past its deadline counts as lost, and one of a worker that is gone, whether or not somebody has collected it yet. "Is true" keeps the pairs a hash table
     * where a semi-join would be planned by statistics that are never right.
     */
    public static final String HELD = "l.seq = any (array(select seq from given))"
            + " and ((l.seq, l.token) in (select seq, token from given)) is true and l.deadline > statement_timestamp()"
            + " and l.worker = any (array(select generation from evalstore.workers where gone_at is null))";
}
