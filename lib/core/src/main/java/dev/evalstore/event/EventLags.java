package dev.evalstore.event;

import dev.evalstore.event.EventLag.HoldUp;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** How far subscriptions are behind, and why. */
final class EventLags {
    private static final int COUNTED = 100_000;

    private static final String CURSOR = EventCursors.TABLE.text("""
            /* event_cursors.lag */ with {settled}
            select {columns}, settled.number as settled,
                coalesce(expires_at > statement_timestamp(), false) as leased,
                coalesce(retry_at > statement_timestamp(), false) as pausing,
                (select count(*) from evalstore.event_parked k
                    where k.subscription_id = c.subscription_id and k.position <= c.position) as parked,
                exists (select from evalstore.event_parked k
                    where k.subscription_id = c.subscription_id and k.position <= c.position and k.retrying) as retrying
            from settled cross join evalstore.event_cursors c
            where c.subscription_id = ?""").replace("{settled}", EventRows.ORDER.settled());

    private static final String WAITING = """
            /* domain_events.waiting */ select count(*) as events, coalesce(min(w.position), 0) as first,
                coalesce(extract(epoch from statement_timestamp() - min(w.created_at)), 0) as seconds
            from (
                select e.position, e.created_at from evalstore.domain_events e
                where e.position > ?""";

    private static final String AT_MOST = """
                order by e.position limit ?) w""";

    private static final String WRITERS = """
            /* domain_events.writers */ select distinct p.pid from pg_catalog.pg_locks p
            -- A prepared transaction has no process.
            where p.locktype = 'advisory' and p.objsubid = 2 and p.pid is not null
                and p.classid = 'evalstore.domain_event_positions'::regclass::oid
                and p.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
            order by p.pid""";

    private EventLags() {}

    static EventLag of(Jdbc jdbc, EventSubscription subscription) {
        State state = jdbc.find(Sql.of(CURSOR, subscription.id()), State::map)
                .orElseThrow(() -> SubscriptionRows.TABLE.notFound(subscription.id()));
        Sql waiting = Sql.of(WAITING, state.cursor().position())
                .and(EventReading.wanted(subscription.eventTypes(), subscription.aggregateTypes()))
                .and(AT_MOST, COUNTED);
        Waiting events = jdbc.one(waiting, Waiting::map);
        HoldUp holdUp = holdUp(subscription, state, events);
        List<Integer> writers =
                holdUp == HoldUp.OPEN_TRANSACTION ? jdbc.list(Sql.of(WRITERS), row -> row.integer("pid")) : List.of();
        return new EventLag(
                state.cursor(), events.count(), events.age(), state.parked(), state.settled(), holdUp, writers);
    }

    private static HoldUp holdUp(EventSubscription subscription, State state, Waiting events) {
        if (!subscription.enabled()) {
            return HoldUp.DISABLED;
        }
        if (events.count() == 0 && !state.retrying()) {
            return HoldUp.NOTHING;
        }
        if (state.pausing()) {
            return HoldUp.PAUSE_AFTER_FAILURE;
        }
        if (!state.retrying() && events.first() > state.settled()) {
            return HoldUp.OPEN_TRANSACTION;
        }
        return state.leased() ? HoldUp.LEASED : HoldUp.NO_CONSUMER;
    }

    private record State(
            EventCursor cursor, long settled, boolean leased, boolean pausing, long parked, boolean retrying) {
        static State map(Row row) throws SQLException {
            return new State(
                    EventCursors.TABLE.mapper().map(row),
                    row.bigint("settled"),
                    row.bool("leased"),
                    row.bool("pausing"),
                    row.bigint("parked"),
                    row.bool("retrying"));
        }
    }

    /** What the subscription has still to get. */
    private record Waiting(long count, long first, Duration age) {
        static Waiting map(Row row) throws SQLException {
            // An event may have been written after the statement began by which its age is counted.
            long millis = Math.max(0, Math.round(row.real("seconds") * 1_000));
            return new Waiting(row.bigint("events"), row.bigint("first"), Duration.ofMillis(millis));
        }
    }
}
