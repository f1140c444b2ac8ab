package dev.evalstore.event;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Events that were set aside. The parked ones of an aggregate that hold each other are retried or wait together. */
final class ParkedEvents {
    static final Table<ParkedEvent> TABLE = Table.of("parked event", "event_parked", """
                    subscription_id, position, event_id, event_type, aggregate_type, aggregate_id, event_created_at,
                    attempts, error, holds, retrying, parked_at""", ParkedEvents::map)
            .key("subscription_id", "position")
            .order(new Keyset<>(
                    "event_parked", List.of("position"), "asc", "?", event -> Long.toString(event.position()), key ->
                            new Object[] {Long.parseLong(key)}));

    private static final String MATCHED = """
            /* event_parked.retry */ with matched as materialized (
                select position, aggregate_type, aggregate_id, holds from evalstore.event_parked
                where subscription_id = ?""";

    private static final String RETRY = """
                )
            update evalstore.event_parked k set retrying = true
            where k.subscription_id = ? and not k.retrying and (
                k.position in (select m.position from matched m)
                or k.holds and (k.aggregate_type, k.aggregate_id) in (
                    select m.aggregate_type, m.aggregate_id from matched m where m.holds))""";

    /** What the cursor has not passed is not parked yet: its lease may be lost, and it is read again. */
    private static final String DROP = """
            /* event_parked.drop */ delete from evalstore.event_parked
            where subscription_id = ? and position <= ?""";

    private static final String RESUME = """
            /* event_parked.resume */ update evalstore.event_parked k set retrying = true
            where k.subscription_id = ? and k.holds and not k.retrying and not exists (
                select from evalstore.event_parked f
                where f.subscription_id = k.subscription_id and f.aggregate_type = k.aggregate_type
                    and f.aggregate_id = k.aggregate_id and f.holds and f.attempts > 0)""";

    private ParkedEvents() {}

    static Page<ParkedEvent> list(
            Jdbc jdbc, UUID subscription, ParkedEventFilter filter, int limit, @Nullable Cursor after) {
        Objects.requireNonNull(subscription, "id");
        return TABLE.list(jdbc, Objects.requireNonNull(filter, "filter").of(subscription), limit, after);
    }

    static int retry(Jdbc tx, UUID subscription, ParkedEventFilter filter) {
        return tx.update(Sql.of(MATCHED, subscription).and(filter).and(RETRY, subscription));
    }

    static int drop(Jdbc tx, UUID subscription, ParkedEventFilter filter, long position) {
        int dropped = tx.update(Sql.of(DROP, subscription, position).and(filter));
        tx.update(Sql.of(RESUME, subscription));
        return dropped;
    }

    private static ParkedEvent map(Row row) throws SQLException {
        return new ParkedEvent(
                row.uuid("subscription_id"),
                row.bigint("position"),
                row.uuid("event_id"),
                row.text("event_type"),
                row.text("aggregate_type"),
                row.text("aggregate_id"),
                row.instant("event_created_at"),
                row.integer("attempts"),
                row.textOrNull("error"),
                row.bool("holds"),
                row.bool("retrying"),
                row.instant("parked_at"));
    }
}
