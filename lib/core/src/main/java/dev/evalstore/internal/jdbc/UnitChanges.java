package dev.evalstore.internal.jdbc;

import dev.evalstore.internal.Foreign;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in a writer's own commit which units of cached reads it changed. A row is inserted and none is updated, so no writer waits
 * for another one. After the commit this process is told at once, and others by a notification.
 */
public final class UnitChanges {
    private static final Logger LOG = LoggerFactory.getLogger(UnitChanges.class);

    private static final String CREATE_ALL = """
            /* unit_changes.create_all */ insert into evalstore.unit_changes (unit) select unnest(?::text[])""";

    /** Whoever listens holds the lock, so that nobody is notified where there is no cache. */
    private static final String WAKE = """
            /* unit_changes.wake */ select case when exists (
                select from pg_locks l
                where l.locktype = 'advisory' and l.objsubid = 2
                    and l.database = (select d.oid from pg_database d where d.datname = current_database())
                    and l.classid = (hashtext('evalstore.unit_changes')::bigint & 4294967295)::oid
                    and l.objid = (hashtext(c.name)::bigint & 4294967295)::oid)
                then 1 + length(pg_notify(c.name, '')::text) else 0 end as sent
            from (select ?::text as name) c""";

    /** What a session that listens runs first. */
    private static final String LISTENING = """
            /* unit_changes.listening */ select pg_advisory_lock_shared(hashtext('evalstore.unit_changes'), hashtext('{channel}'))""";

    private static final Wakeups WAKEUPS = Wakeups.coalesced("evalstore_units_", WAKE);

    private UnitChanges() {}

    /** Stores that the units have changed, in the transaction of the change. */
    public static void touch(Jdbc jdbc, Set<String> units) {
        if (!units.isEmpty()) {
            jdbc.update(Sql.of(CREATE_ALL, SqlArray.texts(new TreeSet<>(units))));
            touched(jdbc, units);
        }
    }

    /**
     * Tells of changes that the write's own statement has stored.
     *
     * @param units empty where this process does not know which
     */
    public static void touched(Jdbc jdbc, Set<String> units) {
        jdbc.afterCommit(new Told(jdbc.options().schema(), Set.copyOf(units)));
        WAKEUPS.afterCommit(jdbc);
    }

    /**
     * Tells the listener of the units that this process has changed in the schema, after each commit, by whichever view of the pool.
     *
     * @return ends it
     */
    public static Runnable listen(Jdbc jdbc, Consumer<Set<String>> listener) {
        Set<Consumer<Set<String>>> all = jdbc.place()
                .pool()
                .unitListeners()
                .computeIfAbsent(jdbc.options().schema(), schema -> ConcurrentHashMap.newKeySet());
        all.add(listener);
        return () -> all.remove(listener);
    }

    public static String channel(Jdbc jdbc) {
        return WAKEUPS.channel(jdbc.options().schema());
    }

    /** The statement that a session runs before it listens: with the schema of those who notify, since the lock is made from it. */
    public static String listening(Jdbc jdbc) {
        return jdbc.inSchema(LISTENING).replace("{channel}", channel(jdbc));
    }

    private record Told(String schema, Set<String> units) implements Consumer<Jdbc> {
        @Override
        public void accept(Jdbc pool) {
            pool.place().pool().unitListeners().getOrDefault(schema, Set.of()).forEach(listener -> {
                try {
                    listener.accept(units);
                } catch (Throwable e) {
                    // What is committed must not look as if it had failed.
                    Foreign.warn(LOG, "a listener to changes failed", e);
                }
            });
        }
    }
}
