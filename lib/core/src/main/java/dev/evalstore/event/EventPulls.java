package dev.evalstore.event;

import dev.evalstore.ConflictException;
import dev.evalstore.LeaseLostException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** What a consumer does that asks for events by itself. */
final class EventPulls {
    /** How many windows of unwanted events one call passes over. */
    private static final int WINDOWS = 100;

    private EventPulls() {}

    static Optional<PulledEvents> next(Jdbc jdbc, String subscription, String consumer, int limit, Duration lease) {
        SubscriptionRules.name("subscription", subscription);
        Check.text("consumer", consumer, 1, 200);
        Check.limit(limit);
        Check.period("lease", lease);
        if (jdbc.inTransaction()) {
            throw new IllegalStateException("next leases a subscription, and cannot run inside a transaction");
        }
        Optional<EventLease> claimed = EventLeases.claimPull(jdbc, subscription, consumer, lease);
        if (claimed.isEmpty()) {
            requirePulled(new EventSubscriptionRepository(jdbc).getByName(subscription));
        }
        return claimed.flatMap(held -> read(jdbc, held, limit));
    }

    private static void requirePulled(EventSubscription subscription) {
        if (subscription.delivery() != EventDelivery.PULL) {
            throw new ConflictException(
                    "event subscription " + subscription.name() + " is not pulled: cannot ask for its events");
        }
    }

    private static Optional<PulledEvents> read(Jdbc jdbc, EventLease held, int limit) {
        try {
            boolean more = true;
            for (int window = 0; more && window < WINDOWS; window++) {
                LeasedEvents events = UnknownOutcome.readBack(jdbc, () -> EventLeases.read(jdbc, held, limit));
                if (!events.events().isEmpty()) {
                    return Optional.of(new PulledEvents(held.upTo(events.upTo()), events.events()));
                }
                more = events.more();
            }
        } catch (LeaseLostException e) {
            // Somebody paused or rewound the subscription meanwhile.
            return Optional.empty();
        }
        EventLeases.release(jdbc, held);
        return Optional.empty();
    }

    static void acknowledge(Jdbc jdbc, EventLease lease, long position) {
        if (position < 0 || position > Objects.requireNonNull(lease, "lease").upTo()) {
            throw new IllegalArgumentException("position must be of an event that was handed out under the lease");
        }
        EventLeases.acknowledge(jdbc, lease, position);
    }

    static EventFailure fail(Jdbc jdbc, EventLease lease, DomainEvent event, String error, Duration retryAfter) {
        if (Objects.requireNonNull(event, "event").position()
                > Objects.requireNonNull(lease, "lease").upTo()) {
            throw EventOutcomes.notHandedOut();
        }
        return jdbc.atomically(tx -> {
            EventOutcomes.requireHandedOut(tx, lease, event);
            EventFailure failure = EventLeases.failed(tx, lease, event, error, retryAfter);
            EventLeases.release(tx, lease);
            return failure;
        });
    }
}
