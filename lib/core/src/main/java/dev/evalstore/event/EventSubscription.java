package dev.evalstore.event;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A subscription: which events are delivered, and how. The secret that signs its webhooks is not here: {@link IssuedSubscription} has it once.
 *
 * @param name by what handlers and consumers name it; unique
 * @param eventTypes only events of these types, or null for every type
 * @param aggregateTypes only events of these kinds of aggregates, or null for every kind
 * @param endpoint the address of webhooks, or the type of the jobs; null for the other deliveries
 * @param previousUntil until when the secret before the present one signs too, or null
 * @param startPosition it began with the first event after this position
 * @param enabled whether events are delivered
 * @param disabledReason why not, or null while they are
 * @param maxFailures how often an event may fail in a row before {@code onPoison} decides
 */
public record EventSubscription(
        UUID id,
        String name,
        @Nullable List<String> eventTypes,
        @Nullable List<String> aggregateTypes,
        EventDelivery delivery,
        @Nullable String endpoint,
        @Nullable Instant previousUntil,
        long startPosition,
        boolean enabled,
        @Nullable DisabledReason disabledReason,
        int maxFailures,
        OnPoison onPoison,
        Instant createdAt,
        Instant updatedAt) {}
