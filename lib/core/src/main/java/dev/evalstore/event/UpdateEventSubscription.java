package dev.evalstore.event;

import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change of a subscription, by the rules of {@link NewEventSubscription}; {@link EventSubscription} describes the fields. Other
 * types count from the cursor on. Immutable.
 */
public final class UpdateEventSubscription extends Assignments<UpdateEventSubscription> {
    /** Changes nothing. */
    public static final UpdateEventSubscription NOTHING = new UpdateEventSubscription(new Columns(), null);

    private final @Nullable String endpoint;

    private UpdateEventSubscription(Columns columns, @Nullable String endpoint) {
        super(columns, more -> new UpdateEventSubscription(more, endpoint));
        this.endpoint = endpoint;
    }

    public UpdateEventSubscription name(String value) {
        return with("name", SubscriptionRules.name("name", value));
    }

    public UpdateEventSubscription eventTypes(Patch<List<String>> change) {
        return with("event_types", types("eventTypes", change));
    }

    public UpdateEventSubscription aggregateTypes(Patch<List<String>> change) {
        return with("aggregate_types", types("aggregateTypes", change));
    }

    /** Of a subscription that has one. */
    public UpdateEventSubscription endpoint(String value) {
        return new UpdateEventSubscription(columns(), Check.text("endpoint", value)).with("endpoint", value);
    }

    /** An event that has failed as often already is decided about when it fails next. */
    public UpdateEventSubscription maxFailures(int value) {
        return with("max_failures", Check.range("maxFailures", value, 1, SubscriptionRules.MAX_FAILURES));
    }

    /** For events that fail from now on. */
    public UpdateEventSubscription onPoison(OnPoison value) {
        return with("on_poison", Objects.requireNonNull(value, "onPoison"));
    }

    /** Null if it stays. */
    @Nullable
    String endpoint() {
        return endpoint;
    }

    private static Patch<SqlArray> types(String field, @Nullable Patch<List<String>> change) {
        List<String> types = SubscriptionRules.types(field, valueOf(field, change));
        return types != null
                ? Patch.set(SqlArray.texts(types))
                : Objects.requireNonNull(change).isChange() ? Patch.clear() : Patch.keep();
    }
}
