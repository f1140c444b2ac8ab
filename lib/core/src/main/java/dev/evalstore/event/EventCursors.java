package dev.evalstore.event;

import dev.evalstore.NotFoundException;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Numbers;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The cursors of subscriptions, as their owners move them. Whoever changes more than one of a subscription's rows locks the cursor
 * first.
 */
final class EventCursors {
    static final Table<EventCursor> TABLE =
            Table.of("event cursor", "event_cursors", """
                    subscription_id, position, token, owner, expires_at, failure_count, retry_at, last_error,
                    last_delivered_at""", EventCursors::map).key("subscription_id");

    private static final String CREATE = """
            /* event_cursors.create */ insert into evalstore.event_cursors (subscription_id, position) values (?, ?)""";

    private static final String FORGET_FAILURES = """
            /* event_cursors.forget_failures */ update evalstore.event_cursors
            set failure_count = 0, retry_at = null, last_error = null
            where subscription_id = ?""";

    /** A new token refuses every later write under the lease that was. */
    private static final String REWIND = """
            /* event_cursors.rewind */ update evalstore.event_cursors
            set position = ?, token = {token}, owner = null, expires_at = null, failure_count = 0, retry_at = null,
                last_error = null
            where subscription_id = ?
            returning position""".replace("{token}", Numbers.next("evalstore.event_lease_tokens"));

    private static final String UNPARK = """
            /* event_parked.unpark */ delete from evalstore.event_parked where subscription_id = ? and position > ?""";

    private static final String DRAWN = """
            select least(?::bigint, p.last_value - (not p.is_called)::int) from evalstore.domain_event_positions p""";

    private static final String AT_MOST_DRAWN = """
            /* domain_events.drawn */ select (%s) as position""".formatted(DRAWN);

    private static final String NOW =
            "with {settled} select number from settled".replace("{settled}", EventRows.ORDER.settled());

    private static final String SETTLED = """
            /* domain_events.settled */ with {settled}
            select number, current_setting('transaction_isolation') as isolation from settled""".replace("{settled}", EventRows.ORDER.settled());

    /** One that is committed late may have a lower position than those that are seen. */
    private static final String BEFORE = """
            /* domain_events.before */ select least(min(position) - 1, ?) as position from evalstore.domain_events
            where created_at >= ?""";

    private EventCursors() {}

    /** The column that says where a new subscription begins. */
    static Columns start(EventStart start) {
        Columns columns = new Columns();
        return switch (start.kind()) {
            case NOW -> columns.expression("start_position", "(" + NOW + ")");
            case BEGINNING -> columns.set("start_position", 0L);
            case AFTER -> columns.expression("start_position", "(" + DRAWN + ")", start.position());
        };
    }

    static void create(Jdbc tx, UUID subscription, long position) {
        tx.update(Sql.of(CREATE, subscription, position));
    }

    /**
     * Locks the cursor against whoever delivers, until the transaction ends.
     *
     * @throws NotFoundException if there is no such subscription
     */
    static EventCursor lock(Jdbc tx, UUID subscription) {
        return find(tx, subscription, "for no key update")
                .orElseThrow(() -> SubscriptionRows.TABLE.notFound(subscription));
    }

    static Optional<EventCursor> find(Jdbc jdbc, UUID subscription, String strength) {
        return jdbc.find(
                TABLE.select("lock")
                        .and("and subscription_id = ?", subscription)
                        .and(strength),
                TABLE.mapper());
    }

    static void forgetFailures(Jdbc tx, UUID subscription) {
        tx.update(Sql.of(FORGET_FAILURES, subscription));
    }

    static long rewind(Jdbc tx, UUID subscription, long position) {
        tx.update(Sql.of(UNPARK, subscription, position));
        return tx.change(Sql.of(REWIND, position, subscription), row -> row.bigint("position"))
                .orElseThrow();
    }

    /** The position, or the last one drawn. */
    static long drawn(Jdbc tx, long position) {
        return tx.one(Sql.of(AT_MOST_DRAWN, position), row -> row.bigint("position"));
    }

    /** The position before the first event of this time or later, or up to which there will be no more. */
    static long before(Jdbc tx, Instant time) {
        Settled settled = tx.one(Sql.of(SETTLED), Settled::map);
        EventReading.requireReadCommitted(settled.isolation());
        return tx.one(Sql.of(BEFORE, settled.number(), time), row -> row.bigint("position"));
    }

    private static EventCursor map(Row row) throws SQLException {
        return new EventCursor(
                row.uuid("subscription_id"),
                row.bigint("position"),
                row.bigintOrNull("token"),
                row.textOrNull("owner"),
                row.instantOrNull("expires_at"),
                row.integer("failure_count"),
                row.instantOrNull("retry_at"),
                row.textOrNull("last_error"),
                row.instantOrNull("last_delivered_at"));
    }

    private record Settled(long number, String isolation) {
        static Settled map(Row row) throws SQLException {
            return new Settled(row.bigint("number"), row.text("isolation"));
        }
    }
}
