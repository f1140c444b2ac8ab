package dev.evalstore.event;

import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a lease gives next. One statement asks up to where events are settled, and a later one reads them, since only its snapshot has
 * them all. Each read looks at a bounded number of events, so that a rare type costs no scan of the whole log.
 */
final class EventReading {
    /** How many events a read looks at when the subscription wants only some. */
    private static final int WINDOW = 10_000;

    /** The same while aggregates have parked events, for which each event of the window is looked at twice. */
    private static final int HELD_WINDOW = 1_000;

    /** The end of the window may be that of an older snapshot: any end up to what is settled will do. */
    private static final String SETTLE = """
            /* event_cursors.settle */ with {settled},
            cursors as materialized (
                select c.position, s.enabled, s.event_types, s.aggregate_types,
                    exists (
                        select from evalstore.event_parked k where k.subscription_id = c.subscription_id and k.holds
                        ) as holds,
                    exists (
                        select from evalstore.event_parked k
                        where k.subscription_id = c.subscription_id and k.retrying and k.position <= c.position
                        ) as retrying
                from evalstore.event_cursors c join evalstore.event_subscriptions s on s.id = c.subscription_id
                where c.subscription_id = ? and c.token = ? and c.owner is not null)
            select c.position, c.enabled, c.event_types, c.aggregate_types, c.holds, c.retrying,
                settled.number as settled, current_setting('transaction_isolation') as isolation,
                greatest(c.position, case
                    when c.event_types is null and c.aggregate_types is null and not c.holds then settled.number
                    else coalesce((
                        select e.position from evalstore.domain_events e
                        where e.position > c.position and e.position <= settled.number
                        order by e.position
                        offset case when c.holds then ?::bigint else ?::bigint end limit 1), settled.number) end) as up_to
            from settled cross join cursors c""".replace("{settled}", EventRows.ORDER.settled());

    /** Of parked events, whose sizes are not known before they are read. */
    private static final int MAX_RETRIED = 20;

    /**
     * A batch ends by its size too; its first event is in it whatever its size. Of a large document only the size is known that it has
     * when it is compressed, to a tenth or so.
     */
    private static final String READ = EventReads.TABLE.text("""
            /* domain_events.read */ select {columns}, b.found
            from (
                select {columns}, count(*) over () as found,
                    coalesce(sum(pg_column_size(e.payload)::bigint * case when pg_column_size(e.payload) < 2000 then 1 else 10 end)
                        over (order by e.position rows between unbounded preceding and 1 preceding), 0) as bytes_before
                from (
                    select {columns} from evalstore.domain_events e
                    where e.position > ? and e.position <= ?""");

    private static final String READ_END = """
                    order by e.position limit ?) e) b
            where b.bytes_before < 4000000
            order by b.position""";

    private static final String NOT_PARKED = """
            and not exists (
                select from evalstore.event_parked k where k.subscription_id = ? and k.position = e.position)""";

    /** Parks the events of a window whose aggregates have parked ones already. */
    private static final String HOLD = """
            /* event_parked.hold */ insert into evalstore.event_parked (subscription_id, position, event_id, event_type,
                aggregate_type, aggregate_id, event_created_at, attempts, holds, retrying)
            select h.subscription_id, e.position, e.id, e.event_type, e.aggregate_type, e.aggregate_id, e.created_at, 0, true,
                h.retrying
            from evalstore.domain_events e
            cross join lateral (
                select k.subscription_id, k.retrying from evalstore.event_parked k
                where k.subscription_id = ? and k.aggregate_type = e.aggregate_type and k.aggregate_id = e.aggregate_id
                    and k.position < e.position and k.holds
                order by k.position desc limit 1) h
            where e.position > ? and e.position <= ?""";

    /** Events whose month was dropped while they were parked. */
    private static final String FORGET_DROPPED = """
            /* event_parked.forget_dropped */ delete from evalstore.event_parked k
            where k.subscription_id = ? and k.retrying and not exists (
                select from evalstore.domain_events e where e.created_at = k.event_created_at and e.position = k.position)""";

    private static final String HAND_OUT = EventReads.TABLE.text("""
            /* event_parked.hand_out */ with given as (
                update evalstore.event_parked k set token = ?
                where k.subscription_id = ? and k.position in (
                    select p.position from evalstore.event_parked p
                    where p.subscription_id = ? and p.retrying and p.position <= ?
                    order by p.position limit ?)
                returning k.position as given_position, k.event_created_at as given_at)
            select {columns} from given join evalstore.domain_events on created_at = given_at and position = given_position
            order by position""");

    private static final String PASS = """
            /* event_cursors.pass */ update evalstore.event_cursors set position = greatest(position, ?)
            where subscription_id = ? and token = ? and owner is not null""";

    private EventReading() {}

    static LeasedEvents read(Jdbc jdbc, EventLease lease, int limit) {
        Settled settled = jdbc.find(
                        Sql.of(SETTLE, lease.subscriptionId(), lease.token(), HELD_WINDOW - 1, WINDOW - 1),
                        Settled::map)
                .orElseThrow(() -> EventLeases.lost(lease));
        if (jdbc.inTransaction()) {
            requireReadCommitted(settled.isolation());
        }
        if (!settled.enabled()) {
            EventLeases.release(jdbc, lease);
            throw EventLeases.lost(lease);
        }
        if (settled.retrying()) {
            List<DomainEvent> parked = jdbc.atomically(tx -> handOut(tx, lease, limit));
            if (!parked.isEmpty()) {
                return new LeasedEvents(parked, last(parked), true);
            }
        }
        if (settled.holds()) {
            jdbc.atomically(tx -> {
                EventOutcomes.lock(tx, lease);
                return tx.update(Sql.of(HOLD, lease.subscriptionId(), settled.position(), settled.upTo())
                        .and(settled.wanted())
                        .and("on conflict (subscription_id, position) do nothing"));
            });
        }
        Sql read = Sql.of(READ, settled.position(), settled.upTo())
                .and(settled.wanted())
                .andIf(settled.holds(), NOT_PARKED, lease.subscriptionId())
                .and(READ_END, limit);
        List<Read> found = jdbc.list(read, Read::map);
        List<DomainEvent> events = found.stream().map(Read::event).toList();
        boolean isFull = events.size() == limit
                || (!found.isEmpty() && events.size() < found.get(0).found());
        long upTo = isFull ? last(events) : settled.upTo();
        if (events.isEmpty() && upTo > settled.position()) {
            pass(jdbc, lease, upTo);
        }
        return new LeasedEvents(events, upTo, isFull || upTo < settled.settled());
    }

    /** In an older snapshot events would be missing that are settled. */
    static void requireReadCommitted(String isolation) {
        if (!isolation.equals("read committed")) {
            throw new IllegalStateException(
                    "events need the isolation level read committed, and were asked for in " + isolation);
        }
    }

    private static List<DomainEvent> handOut(Jdbc tx, EventLease lease, int limit) {
        long position = EventOutcomes.lock(tx, lease).position();
        tx.update(Sql.of(FORGET_DROPPED, lease.subscriptionId()));
        return tx.returning(
                Sql.of(
                        HAND_OUT,
                        lease.token(),
                        lease.subscriptionId(),
                        lease.subscriptionId(),
                        position,
                        Math.min(limit, MAX_RETRIED)),
                EventReads.TABLE.mapper());
    }

    private static void pass(Jdbc jdbc, EventLease lease, long upTo) {
        if (jdbc.update(Sql.of(PASS, upTo, lease.subscriptionId(), lease.token())) == 0) {
            throw EventLeases.lost(lease);
        }
    }

    private static long last(List<DomainEvent> events) {
        return events.get(events.size() - 1).position();
    }

    /** An event of a batch, and how many there would be if size did not count. */
    private record Read(DomainEvent event, long found) {
        static Read map(Row row) throws SQLException {
            return new Read(EventReads.TABLE.mapper().map(row), row.bigint("found"));
        }
    }

    /** The cursor, and up to where a read may go. */
    private record Settled(
            long position,
            long settled,
            long upTo,
            boolean enabled,
            boolean holds,
            boolean retrying,
            @Nullable List<String> eventTypes,
            @Nullable List<String> aggregateTypes,
            String isolation) {
        static Settled map(Row row) throws SQLException {
            return new Settled(
                    row.bigint("position"),
                    row.bigint("settled"),
                    row.bigint("up_to"),
                    row.bool("enabled"),
                    row.bool("holds"),
                    row.bool("retrying"),
                    row.textsOrNull("event_types"),
                    row.textsOrNull("aggregate_types"),
                    row.text("isolation"));
        }

        Sql wanted() {
            return EventReading.wanted(eventTypes, aggregateTypes);
        }
    }

    /** The condition that a subscription wants an event {@code e}. */
    static Sql wanted(@Nullable List<String> eventTypes, @Nullable List<String> aggregateTypes) {
        Sql wanted = Sql.NONE;
        if (eventTypes != null) {
            wanted = wanted.and("and e.event_type = any (?)", SqlArray.texts(eventTypes));
        }
        return aggregateTypes == null
                ? wanted
                : wanted.and("and e.aggregate_type = any (?)", SqlArray.texts(aggregateTypes));
    }
}
