package dev.evalstore.event;

import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;

/** How subscriptions are stored; their secrets are read by those alone who sign. */
final class SubscriptionRows {
    static final Table<EventSubscription> TABLE = Table.of(
                    "event subscription", "event_subscriptions", """
                    id, name, event_types, aggregate_types, delivery, endpoint, previous_until, start_position, enabled,
                    disabled_reason, max_failures, on_poison, created_at, updated_at""", SubscriptionRows::map)
            .newestFirst(EventSubscription::createdAt, EventSubscription::id)
            .status(Standing::of)
            .audited(
                    "create",
                    "update",
                    "pause",
                    "resume",
                    "rewind",
                    "rotate_secret",
                    "retry_parked",
                    "drop_parked",
                    "delete");

    private SubscriptionRows() {}

    private static EventSubscription map(Row row) throws SQLException {
        return new EventSubscription(
                row.uuid("id"),
                row.text("name"),
                row.textsOrNull("event_types"),
                row.textsOrNull("aggregate_types"),
                row.enumValue("delivery", EventDelivery.class),
                row.textOrNull("endpoint"),
                row.instantOrNull("previous_until"),
                row.bigint("start_position"),
                row.bool("enabled"),
                row.enumValueOrNull("disabled_reason", DisabledReason.class),
                row.integer("max_failures"),
                row.enumValue("on_poison", OnPoison.class),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    /** What a refused pause or resume names. */
    private enum Standing {
        ENABLED,
        DISABLED;

        static Standing of(EventSubscription subscription) {
            return subscription.enabled() ? ENABLED : DISABLED;
        }
    }
}
