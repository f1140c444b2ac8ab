package dev.evalstore.event;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;

/** Which subscriptions to list. Conditions add up. Immutable. */
public final class EventSubscriptionFilter extends Conditions<EventSubscriptionFilter> {
    /** Every subscription. */
    public static final EventSubscriptionFilter ALL = new EventSubscriptionFilter(Sql.NONE);

    private EventSubscriptionFilter(Sql sql) {
        super(sql, EventSubscriptionFilter::new);
    }

    /** Only those with this delivery. */
    public EventSubscriptionFilter delivery(EventDelivery delivery) {
        return and("and delivery = ?", Objects.requireNonNull(delivery, "delivery"));
    }

    /** Only those whose events are delivered, or only the others. */
    public EventSubscriptionFilter enabled(boolean enabled) {
        return and("and enabled = ?", enabled);
    }
}
