package dev.evalstore.internal.queue;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The statements that take workers out and requeue their work, as templates that {@link Kind#fill} completes. */
final class RescueSql {
    private static final String STALE = """
            gone_at is null and last_heartbeat_at
                < statement_timestamp() - make_interval(secs => coalesce(?::float8, time_to_live_seconds))""";

    /** The condition that a lease {@code l} has expired. */
    static final String EXPIRED = """
            l.deadline <= statement_timestamp()
                or not exists (select from evalstore.workers w where w.generation = l.worker and w.gone_at is null)""";

    /** The same where a person may hold a lease. */
    static final String EXPIRED_OF_WORKER_OR_PERSON = """
            l.deadline <= statement_timestamp()
                or case when l.worker is null
                    then not exists (select from evalstore.users u where u.id = l.verifier_id and u.active)
                    else not exists (
                        select from evalstore.workers w where w.generation = l.worker and w.gone_at is null) end""";

    /** Whether there is a worker to declare dead. */
    static final String ANY_STALE = """
            /* workers.rescue_probe */ select exists (select from evalstore.workers where {stale}) as found""".replace("{stale}", STALE);

    /** Whether there is a worker to declare dead, and whether there is an expired lease of the kind. */
    private static final String PROBE = """
            /* {t}s.rescue_probe */ select exists (select from evalstore.workers where {stale}) as stale,
                exists (select from evalstore.{t}_leases l where {expired}) as expired""";

    static final String DECLARE_STALE = """
            with stale as materialized (
                select id from evalstore.workers where {stale} order by id for update skip locked)
            update evalstore.workers w
            set gone_at = statement_timestamp(), status = 'offline', current_tasks = 0
            from stale where w.id = stale.id;
            """.replace("{stale}", STALE);

    private static final String COLLECT = """
            {t}_expired as materialized (
                select l.seq, l.deadline <= statement_timestamp() as timed_out
                from evalstore.{t}_leases l
                where {expired}
                order by l.seq limit ? for update of l skip locked),
            {t}_taken as (
                delete from evalstore.{t}_leases l using {t}_expired e where l.seq = e.seq
                returning l.seq, l.token, l.worker, l.lane, l.rank, l.timeout_seconds, l.attempt, l.claimed_at,
                    {cancelled} as cancelled, e.timed_out){requeue}{tell_requeued},
            {t}_again as (
                insert into evalstore.{t}_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from {t}_requeued where outcome is null)""";

    /**
     * Releases what the worker {@code leaving} holds. A lease past its deadline has timed out, and is left to the rescue. A lease
     * whose completion is under way is passed over: waiting for it would keep the gate shut for others. The array is looked up in
     * the index however few leases the server believes there are; a join might read all that are held once for each.
     */
    private static final String RELEASE_HELD = """
            {t}_held as materialized (
                select seq from evalstore.{t}_leases
                where worker = (select generation from leaving) and deadline > statement_timestamp()
                order by seq for update skip locked),
            {t}_taken as (
                delete from evalstore.{t}_leases l where l.seq = any (array(select h.seq from {t}_held h))
                returning l.seq, l.lane, l.rank, l.timeout_seconds, l.attempt, l.claimed_at, {cancelled} as cancelled),
            {again}""";

    private static final String AGAIN = """
            {t}_again as (
                insert into evalstore.{t}_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, rank, seq, timeout_seconds, attempt from {t}_taken where not cancelled){cancel}{tell_released}""";

    /** Releases whatever is leased, also past its deadline, and by people: of a store in which nobody is at work. */
    private static final String RELEASE_ALL = """
            {t}_taken as (
                delete from evalstore.{t}_leases l
                returning l.seq, l.lane, l.rank, l.timeout_seconds, l.attempt, l.claimed_at, {cancelled} as cancelled),
            {again}""";

    /** Declares every worker dead. */
    static final String DECLARE_ALL = """
            /* workers.declare_all_dead */ update evalstore.workers
            set gone_at = statement_timestamp(), status = 'offline', current_tasks = 0
            where gone_at is null""";

    /** A worker that was declared dead before leaves nothing: its leases are lost, and the rescue's. */
    private static final String LEAVING = """
            with leaving as (
                update evalstore.workers set gone_at = statement_timestamp(), status = 'offline', current_tasks = 0
                where generation = ? and gone_at is null returning generation),
            """;

    private static final String STAYING = """
            with leaving as materialized (select ?::bigint as generation),
            """;

    private static final String COUNT = "(select count(*) from {t}_taken) as {t}";

    private RescueSql() {}

    static String probe(Kind kind) {
        return kind.fill(PROBE.replace("{stale}", STALE));
    }

    /** Requeues expired leases of these kinds, and tells of those that are asked for; its arguments are a limit for each. */
    static String collect(List<Kind> kinds, Predicate<Kind> asked) {
        return "with " + joined(kinds, kind -> kind.fill(COLLECT, asked.test(kind)), ",\n") + counts(kinds);
    }

    /** Releases what a worker holds of a kind; its argument is the generation. */
    static String releaseHeldBy(Kind kind, boolean isAsked) {
        return STAYING + release(RELEASE_HELD, List.of(kind), one -> isAsked) + counts(List.of(kind));
    }

    /** Takes a worker out, and releases what it holds of these kinds; its argument is the generation. */
    static String leave(List<Kind> kinds, Predicate<Kind> asked) {
        return LEAVING + release(RELEASE_HELD, kinds, asked) + counts(kinds);
    }

    /** Releases whatever is leased of these kinds. */
    static String releaseAll(List<Kind> kinds, Predicate<Kind> asked) {
        return "with " + release(RELEASE_ALL, kinds, asked) + counts(kinds);
    }

    private static String release(String template, List<Kind> kinds, Predicate<Kind> asked) {
        String text = template.replace("{again}", AGAIN.strip());
        return joined(
                kinds, kind -> kind.fill(text, asked.test(kind)).replace("{done}", kind.prefix() + "_taken"), ",\n");
    }

    private static String counts(List<Kind> kinds) {
        return "\nselect " + joined(kinds, kind -> kind.fill(COUNT), ", ");
    }

    private static String joined(List<Kind> kinds, Function<Kind, String> part, String between) {
        return kinds.stream().map(part).collect(Collectors.joining(between));
    }
}
