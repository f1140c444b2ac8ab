package dev.evalstore.version;

import com.zaxxer.hikari.HikariConfig;
import dev.evalstore.Cleanup;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.NotificationListener;
import dev.evalstore.internal.jdbc.ServerLife;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.UnitChanges;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Versions of what caches hold. The library's writes change the versions of all units that show something else
 * afterwards, in their own commits, and no write waits for another one because of that. A cache asks {@link #changes}
 * every few seconds. All of it is read from the primary: two servers do not show commits in the same order.
 */
public final class Versions {
    /** More changed units than this are told as everything. */
    private static final int MAX_CHANGES = 10_000;

    private static final int CLEANUP_BATCH = 10_000;

    /** So many rows of a unit are folded into one. */
    private static final int FOLDED = 64;

    private static final String VERSION = """
            /* unit_changes.version */ select coalesce(bit_xor(mark), 0) as mark, statement_timestamp() as now
            from evalstore.unit_changes where unit in ('everything', ?)""";

    /** Ids of another server's transactions, which a restore brings, are beyond the snapshot. */
    private static final String CHANGES = ServerLife.text("""
            /* unit_changes.changes */ with m as materialized (
                select {timeline} || '/' || {life} as life, pg_current_snapshot() as snapshot,
                    statement_timestamp() as now, ?::text as seen_life, ?::pg_snapshot as seen, ?::timestamptz as seen_at)
            select m.life, m.snapshot::text as snapshot, m.now, c.units,
                m.life = m.seen_life and m.now < m.seen_at + interval '1 day' and c.n <= ? as known
            from m cross join lateral (
                select count(*) as n, coalesce(array_agg(distinct l.unit), '{}') as units
                from (
                    select u.unit from evalstore.unit_changes u
                    where u.xid >= pg_snapshot_xmin(m.seen) and u.xid < pg_snapshot_xmax(m.snapshot)
                        and not pg_visible_in_snapshot(u.xid, m.seen)
                    limit ?) l) c""");

    /** Each snapshot has the same exclusive or before and after it. */
    private static final String FOLD = """
            /* unit_changes.fold */ with crowded as materialized (
                select unit from evalstore.unit_changes group by unit having count(*) >= ? order by unit limit 100),
            surplus as materialized (
                select c.unit, c.mark from evalstore.unit_changes c join crowded o on o.unit = c.unit
                limit ? for update of c skip locked),
            gone as (
                delete from evalstore.unit_changes c using surplus s where c.unit = s.unit and c.mark = s.mark
                returning c.unit, c.mark),
            folded as (
                insert into evalstore.unit_changes (unit, mark) select unit, bit_xor(mark) from gone group by unit)
            select count(*) as n from gone""";

    /** No cache holds what is older than a day. The rows of everything stay: they tell stores apart. */
    private static final String CLEANUP = """
            /* unit_changes.cleanup */ with old as materialized (
                select unit, mark from evalstore.unit_changes
                where changed_at < statement_timestamp() - interval '7 days' and unit <> 'everything'
                limit ? for update skip locked)
            delete from evalstore.unit_changes c using old where c.unit = old.unit and c.mark = old.mark""";

    private static final Position BEGINNING = new Position(Instant.EPOCH, "1:1:", "");

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public Versions(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The unit's version. To read rows with their version, read both in one transaction of {@code REPEATABLE_READ}.
     */
    public UnitVersion of(Unit unit) {
        return jdbc.one(
                Sql.of(VERSION, unit.name()),
                row -> new UnitVersion("%016x".formatted(row.bigint("mark")), row.instant("now")));
    }

    /**
     * The units that commits have changed since a position. None is ever missed: commits that were not visible then are
     * told later. A unit may be told without a difference.
     *
     * @param position the last answer's {@link ChangedUnits#position}, or null to begin, which tells everything
     * @return everything, if the server was restarted, or more than 10,000 changes or a day have passed
     * @throws IllegalArgumentException if the position is none
     */
    public ChangedUnits changes(@Nullable String position) {
        Position seen = position == null ? BEGINNING : Position.parse(position);
        Sql changes = Sql.of(CHANGES, seen.life(), seen.snapshot(), seen.at(), MAX_CHANGES, MAX_CHANGES + 1);
        return jdbc.one(changes, row -> {
            List<String> units = row.texts("units");
            boolean everything = !row.bool("known") || units.contains(Unit.EVERYTHING.name());
            return new ChangedUnits(
                    everything ? Set.of() : units(units),
                    everything,
                    new Position(row.instant("now"), row.text("snapshot"), row.text("life")).toString());
        });
    }

    /**
     * Changes the versions of units, for writers in SQL of the host's own: in the transaction of the change, and after
     * it. Outside of one it is a commit of its own.
     */
    public void touch(Collection<Unit> units) {
        UnitChanges.touch(jdbc, units.stream().map(Unit::name).collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * Calls the listener after each commit of this process that changed units, by this {@code Database} or another view
     * of its pool on the same schema, before the writing call returns. Not after commits of the host's own, in
     * transactions that were joined by {@code Database.join}. The listener must be quick.
     *
     * @param listener gets the units; an empty set, if this process does not know which they are
     * @return ends it
     */
    public Listening onOwnChange(Consumer<Set<Unit>> listener) {
        Objects.requireNonNull(listener, "listener");
        return UnitChanges.listen(jdbc, names -> listener.accept(units(names)))::run;
    }

    /**
     * Calls the action soon after commits of any process that changed units, on a thread and a connection of its own. It
     * is a hint and may fail to come: {@link #changes} has the truth. It also comes when listening begins, and begins
     * again after the connection was lost.
     *
     * @param direct leads to the server directly, or through a pooler in session mode
     * @return ends it
     */
    public Listening onNotification(DatabaseConfig direct, Runnable action) {
        Objects.requireNonNull(action, "action");
        HikariConfig one = Pools.hikari(direct);
        one.setConnectionInitSql(UnitChanges.listening(jdbc));
        return NotificationListener.start(one, UnitChanges.channel(jdbc), action)::close;
    }

    /**
     * Folds the rows of units that changed often, and removes those of changes before the last seven days. In batches,
     * each its own commit outside of a transaction. {@code maintenance()} does it.
     */
    public Cleanup cleanup() {
        Cleanup folded = Batches.run(
                CLEANUP_BATCH,
                () -> jdbc.change(Sql.of(FOLD, FOLDED, CLEANUP_BATCH), row -> row.bigint("n"))
                        .orElseThrow());
        return folded.and(Batches.run(CLEANUP_BATCH, () -> jdbc.update(Sql.of(CLEANUP, CLEANUP_BATCH))));
    }

    private static Set<Unit> units(Collection<String> names) {
        return names.stream().map(Unit::new).collect(Collectors.toUnmodifiableSet());
    }

    /** Up to which commits a cache has seen: those that are visible in the snapshot, in this life of the server. */
    private record Position(Instant at, String snapshot, String life) {
        static Position parse(String text) {
            String[] parts = text.split(" ", 3);
            try {
                if (parts.length == 3 && parts[1].matches("\\d{1,19}:\\d{1,19}:[\\d,]*")) {
                    return new Position(Instant.parse(parts[0]), parts[1], Check.content("position", parts[2]));
                }
            } catch (DateTimeParseException e) {
                // Refused below.
            }
            throw new IllegalArgumentException("position must be one that changes() has returned");
        }

        @Override
        public String toString() {
            return at + " " + snapshot + " " + life;
        }
    }
}
