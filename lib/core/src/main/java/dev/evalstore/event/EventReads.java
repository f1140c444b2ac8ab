package dev.evalstore.event;

import dev.evalstore.ActorKind;
import dev.evalstore.Cursor;
import dev.evalstore.Lists;
import dev.evalstore.Page;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link EventRepository} that only read. */
public sealed class EventReads implements Lists<DomainEvent, EventFilter> permits EventRepository {
    static final Table<DomainEvent> TABLE = Table.of("domain event", EventRows.TABLE, """
                    position, id, event_type, aggregate_type, aggregate_id, event_version, payload, correlation_id,
                    causation_id, actor_kind, actor_id, partition_key, created_at""", EventReads::map)
            .key("position", "created_at")
            .order(Keyset.lastNumberFirst(EventRows.TABLE, "position", DomainEvent::position));

    final Jdbc jdbc;

    /** Called by {@code Reading} alone. */
    public EventReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The subscriptions to events, and how far each is. */
    public EventSubscriptionReads subscriptions() {
        return new EventSubscriptionReads(jdbc);
    }

    /**
     * A page of the events that the filter admits, the last position first. Limit, cursor and errors are those of {@link
     * Lists#list(Object, int, Cursor)}. An event that is committed late may have a lower position than one that was listed before.
     */
    @Override
    public Page<DomainEvent> list(EventFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.list(jdbc, filter, limit, after);
    }

    @Override
    public void forEach(EventFilter filter, Consumer<? super DomainEvent> consumer) {
        TABLE.forEach(jdbc, filter, consumer);
    }

    @Override
    public long count(EventFilter filter) {
        return TABLE.count(jdbc, filter);
    }

    /** A page of an aggregate's events, the last first. */
    public Page<DomainEvent> ofAggregate(String aggregateType, String aggregateId, int limit, @Nullable Cursor after) {
        Objects.requireNonNull(aggregateId, "aggregateId");
        return list(EventFilter.ALL.aggregate(aggregateType, aggregateId), limit, after);
    }

    /** A page of the events that one cause led to, the last first. */
    public Page<DomainEvent> byCorrelation(UUID correlationId, int limit, @Nullable Cursor after) {
        return list(EventFilter.ALL.correlation(correlationId), limit, after);
    }

    private static DomainEvent map(Row row) throws SQLException {
        return new DomainEvent(
                row.bigint("position"),
                row.uuid("id"),
                row.text("event_type"),
                row.text("aggregate_type"),
                row.text("aggregate_id"),
                row.integer("event_version"),
                row.json("payload"),
                row.uuidOrNull("correlation_id"),
                row.uuidOrNull("causation_id"),
                row.enumValueOrNull("actor_kind", ActorKind.class),
                row.uuidOrNull("actor_id"),
                row.text("partition_key"),
                row.instant("created_at"));
    }
}
