package dev.evalstore.internal.queue;

import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.event.Told;

/**
 * The statements that end, release or extend leases, as templates that {@link Kind#fill} completes. Each one first deletes or
 * locks the leases that are still held under the given tokens, and does the rest for those alone. It returns the tokens that are
 * not held.
 */
final class OutcomeSql {
    /**
     * The leases {@code l} among the pairs of {@code given} that are still held: the condition of every write by a worker. A lease
     * past its deadline is lost, and so is a lease of a dead worker, whether or not it has been collected. "Is true" keeps the
     * pairs a hash table where a semi-join would be planned by statistics that are never right.
     */
    static final String HELD = """
            l.seq = any (array(select seq from given))
                and ((l.seq, l.token) in (select seq, token from given)) is true and l.deadline > statement_timestamp()
                and l.worker = any (array(select generation from evalstore.workers where gone_at is null))""";

    /** The same where a person may hold a lease, who has no heartbeats: until the person leaves the platform. */
    static final String HELD_BY_WORKER_OR_PERSON = """
            l.seq = any (array(select seq from given))
                and ((l.seq, l.token) in (select seq, token from given)) is true and l.deadline > statement_timestamp()
                and case when l.worker is null
                    then exists (select from evalstore.users u where u.id = l.verifier_id and u.active)
                    else l.worker = any (array(select generation from evalstore.workers where gone_at is null)) end""";

    private static final String SEQS_AND_TOKENS = "select * from unnest(?::bigint[], ?::bigint[]) as g (seq, token)";

    /**
     * The shape is for the planner, who believes that this table is as empty as vacuum left it. An ordinary join with the given
     * pairs becomes a loop over all leases for each of them. Here the array is looked up in the index, the pairs in a hash table,
     * and a full join cannot be a loop. Nothing is on its right side alone.
     */
    private static final String ENDING = """
            /* {t}s.{verb} */ with given as materialized (
                {given}),
            taken as (
                delete from evalstore.{t}_leases l where {held}
                returning l.seq, l.token, l.worker, l.lane, l.rank, l.timeout_seconds, l.attempt, l.claimed_at,
                    {cancelled} as cancelled),
            matched as materialized (
                select g.*, t.worker, t.lane, t.rank, t.timeout_seconds, t.attempt, t.claimed_at, t.cancelled
                from given g full join taken t on t.seq = g.seq and t.token = g.token),
            done as (select * from matched where claimed_at is not null),
            {writes}
            select token from matched where claimed_at is null""";

    private static final String AGAIN = """
            again as (
                insert into evalstore.{t}_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from done where not cancelled){cancel}""";

    private static final String ASKED = "{tell_released}";

    static final String EXTEND = """
            /* {t}s.extend */ with given as materialized (
                select * from unnest(?::bigint[], ?::bigint[]) as g (seq, token)),
            done as (
                update evalstore.{t}_leases l
                set deadline = greatest(l.deadline, statement_timestamp() + make_interval(secs => ?))
                where {held}
                returning l.seq, l.token)
            select token from given where (seq, token) not in (select seq, token from done)""";

    static final String CANCELLED = """
            select l.worker, w.id from evalstore.{t}_leases l join evalstore.{wide} w on w.seq = l.seq
            where l.cancel_requested_at is not null""";

    private OutcomeSql() {}

    /**
     * A statement that ends attempts.
     *
     * @param given a query whose first columns are {@code seq} and {@code token}
     * @param writes common table expressions over {@code done}: the columns of {@code given}, and the lease's worker, lane, rank,
     *     timeout_seconds, attempt, claimed_at and cancelled
     */
    static String ending(Kind kind, String verb, String given, String writes) {
        return ending(kind, verb, given, writes, false);
    }

    private static String ending(Kind kind, String verb, String given, String writes, boolean isAsked) {
        String statement =
                ENDING.replace("{verb}", verb).replace("{given}", given.strip()).replace("{writes}", writes.strip());
        return kind.fill(statement, isAsked).replace("{done}", "done");
    }

    /** The same in both forms; moves are rows as {@link Kind#toldWhenAsked} has them. */
    static Told ending(Kind kind, String verb, String given, String writes, String moves) {
        String tell = EventRows.telling("{t}", kind.events(moves));
        return new Told(
                kind.aggregateType(),
                ending(kind, verb, given, writes),
                ending(kind, verb, given, writes.strip() + ",\n" + tell));
    }

    /** Releases leases: the items are ready again in their old places, and no attempt is spent. */
    static String release(Kind kind, boolean isAsked) {
        return ending(kind, "release", SEQS_AND_TOKENS, isAsked ? AGAIN + ASKED : AGAIN, isAsked);
    }
}
