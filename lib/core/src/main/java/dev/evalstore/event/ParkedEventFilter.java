package dev.evalstore.event;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which of a subscription's parked events. Conditions add up. Immutable. */
public final class ParkedEventFilter extends Conditions<ParkedEventFilter> {
    /** Every parked event. */
    public static final ParkedEventFilter ALL = new ParkedEventFilter(Sql.NONE);

    private ParkedEventFilter(Sql sql) {
        super(sql, ParkedEventFilter::new);
    }

    ParkedEventFilter of(UUID subscription) {
        return and("and subscription_id = ?", subscription);
    }

    /** Only this event. */
    public ParkedEventFilter event(UUID id) {
        return and("and event_id = ?", Objects.requireNonNull(id, "event"));
    }

    /** Only events of this type. */
    public ParkedEventFilter type(String eventType) {
        return and("and event_type = ?", Check.name("eventType", eventType));
    }

    /** Only events of this kind of aggregate, and with an id only of that aggregate. */
    public ParkedEventFilter aggregate(String aggregateType, @Nullable String aggregateId) {
        ParkedEventFilter ofType = and("and aggregate_type = ?", Check.name("aggregateType", aggregateType));
        return aggregateId == null
                ? ofType
                : ofType.and("and aggregate_id = ?", Check.name("aggregateId", aggregateId));
    }

    /** Only those that failed themselves, or only those that wait behind one. */
    public ParkedEventFilter failed(boolean failed) {
        return and(failed ? "and attempts > 0" : "and attempts = 0");
    }

    /** Only those that are to be delivered again, or only the others. */
    public ParkedEventFilter retrying(boolean retrying) {
        return and("and retrying = ?", retrying);
    }
}
