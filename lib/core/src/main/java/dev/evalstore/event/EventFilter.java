package dev.evalstore.event;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which domain events to list. Conditions add up. Immutable.
 *
 * <p>An index finds an aggregate or a correlation, and a period restricts the search to its months. A filter on a type or an actor
 * alone reads every month.
 */
public final class EventFilter extends Conditions<EventFilter> {
    /** Every event. */
    public static final EventFilter ALL = new EventFilter(Sql.NONE);

    private EventFilter(Sql sql) {
        super(sql, EventFilter::new);
    }

    /** Only events of this type. */
    public EventFilter type(String eventType) {
        return and("and event_type = ?", Check.name("eventType", eventType));
    }

    /** Only events of this kind of aggregate, and with an id only of that aggregate. */
    public EventFilter aggregate(String aggregateType, @Nullable String aggregateId) {
        EventFilter ofType = and("and aggregate_type = ?", Check.name("aggregateType", aggregateType));
        return aggregateId == null
                ? ofType
                : ofType.and("and aggregate_id = ?", Check.name("aggregateId", aggregateId));
    }

    /** Only events that this cause led to. */
    public EventFilter correlation(UUID id) {
        return and("and correlation_id = ?", Objects.requireNonNull(id, "correlation"));
    }

    /** Only events of the actor with this id. */
    public EventFilter actor(UUID id) {
        return and("and actor_id = ?", Objects.requireNonNull(id, "actor"));
    }

    /** Only events of {@code from} or later, and before {@code to}; either may be null. */
    public EventFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
