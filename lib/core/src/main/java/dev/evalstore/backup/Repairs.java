package dev.evalstore.backup;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.queue.Rescue;
import java.util.List;

/**
 * What must be true of a store that goes on from an earlier moment: nothing that was given out before works, and no number is
 * given twice.
 */
final class Repairs {
    /**
     * The sequences whose numbers leave the store: versions, tokens, positions, generations. Identity columns number rows
     * inside this store, and code that remembers a number compares the row.
     */
    static final List<String> JUMPING = List.of(
            "domain_event_positions",
            "event_lease_tokens",
            "job_numbers",
            "lease_tokens",
            "model_rankings_generation",
            "state_change_numbers",
            "state_lock_tokens",
            "state_versions",
            "worker_generations");

    /** Sixteen random bits stand below most numbers, so that after 126 restores of restores the numbers would end. */
    private static final String JUMP = """
            /* restore.jump */ select setval(c.oid::regclass, 1099511627776
                + coalesce(pg_sequence_last_value(c.oid::regclass), s.seqstart)) as number
            from pg_class c join pg_sequence s on s.seqrelid = c.oid
            where c.relnamespace = (select n.oid from pg_namespace n where n.nspname = ?) and c.relname = any (?)""";

    private static final String BEGIN = """
            /* restore.begin */ update evalstore.state_incarnation
            set incarnation = 1 + (random() * 9007199254740991)::bigint, began_at = statement_timestamp()
            returning incarnation""";

    private static final String FREE_LOCKS = """
            /* restore.free_locks */ update evalstore.state_locks set expires_at = '-infinity'
            where expires_at > '-infinity'""";

    private static final String FREE_SUBSCRIPTIONS = """
            /* restore.free_subscriptions */ update evalstore.event_cursors set owner = null, expires_at = null
            where owner is not null""";

    private static final String FREE_PARKED = """
            /* restore.free_parked */ update evalstore.event_parked set token = null where token is not null""";

    /** A number of this server below those of all restored rows: the next refresh looks at each that came since the last one's moment. */
    private static final String BARRIER = """
            /* restore.barrier */ update evalstore.statistics_progress
            set covered_xid = greatest(0, pg_current_xact_id()::text::bigint - 1073741824),
                covered_until = least(covered_until, statement_timestamp())""";

    /** Transaction ids of another server, which say nothing here. The new mark of everything makes each cached answer old. */
    private static final String FORGET_UNITS = """
            /* restore.forget_units */ delete from evalstore.unit_changes""";

    private static final String MARK_EVERYTHING = """
            /* restore.mark_everything */ insert into evalstore.unit_changes (unit) values ('everything')""";

    private static final String FORGET_BEATS = """
            /* restore.forget_beats */ delete from evalstore.replica_heartbeats""";

    private static final String DROP_TOKENS = """
            /* restore.drop_tokens */ delete from evalstore.user_tokens""";

    private static final String SUSPEND_KEYS = """
            /* restore.suspend_keys */ update evalstore.api_keys set active = false where active""";

    /** After a suspension there are none. */
    private static final String KEPT_KEYS = """
            /* restore.kept_keys */ select count(*) as n from evalstore.api_keys where active""";

    private Repairs() {}

    /** Within the transaction, of the library's present schema. */
    static StoreRepairs run(Jdbc tx, RestoredKeys keys) {
        tx.list(Sql.of(JUMP, tx.options().schema(), SqlArray.texts(JUMPING)), row -> row.bigint("number"));
        long incarnation =
                tx.change(Sql.of(BEGIN), row -> row.bigint("incarnation")).orElseThrow();
        Rescue.AllReleased released = new Rescue(tx).releaseAll();
        tx.update(Sql.of(FREE_PARKED));
        tx.update(Sql.of(BARRIER));
        tx.update(Sql.of(FORGET_BEATS));
        tx.update(Sql.of(FORGET_UNITS));
        tx.update(Sql.of(MARK_EVERYTHING));
        return new StoreRepairs(
                incarnation,
                released.leases().getOrDefault("job", 0),
                released.leases().getOrDefault("config", 0),
                released.leases().getOrDefault("verification", 0),
                tx.update(Sql.of(FREE_SUBSCRIPTIONS)),
                tx.update(Sql.of(FREE_LOCKS)),
                released.workers(),
                tx.update(Sql.of(DROP_TOKENS)),
                keys == RestoredKeys.SUSPEND ? tx.update(Sql.of(SUSPEND_KEYS)) : 0,
                tx.one(Sql.of(KEPT_KEYS), row -> row.bigint("n")));
    }
}
