package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.ALONE;

import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventSubscriptionRepository;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.event.ParkedEventFilter;
import dev.evalstore.event.PulledEvents;
import dev.evalstore.event.UpdateEventSubscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Of subscriptions, and of what a consumer does with their events. */
final class SubscriptionWrites {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private SubscriptionWrites() {}

    static List<Write<?>> subscriptions() {
        return List.of(
                Write.of(
                        "subscriptions.subscribe/1",
                        lab -> true,
                        (r, nothing) -> r.events().subscriptions().subscribe(webhooks())),
                Write.of(
                        "subscriptions.update/2",
                        SubscriptionWrites::subscribed,
                        (r, id) ->
                                r.events().subscriptions().update(id, UpdateEventSubscription.NOTHING.maxFailures(7))),
                Write.of(
                        "subscriptions.pause/1",
                        SubscriptionWrites::subscribed,
                        (r, id) -> r.events().subscriptions().pause(id)),
                Write.of(
                        "subscriptions.resume/1",
                        SubscriptionWrites::paused,
                        (r, id) -> r.events().subscriptions().resume(id)),
                Write.of(
                                "subscriptions.rewind/2",
                                SubscriptionWrites::pulled,
                                (r, pulled) -> r.events()
                                        .subscriptions()
                                        .rewind(pulled.lease().subscriptionId(), 0))
                        .like("by position"),
                Write.of(
                                "subscriptions.rewind/2",
                                SubscriptionWrites::pulled,
                                (r, pulled) -> r.events()
                                        .subscriptions()
                                        .rewind(pulled.lease().subscriptionId(), Instant.EPOCH))
                        .like("by time"),
                Write.of(
                                "subscriptions.rotateSecret/2",
                                SubscriptionWrites::signed,
                                (r, id) -> r.events().subscriptions().rotateSecret(id, MINUTE))
                        .which(ADDS),
                Write.of(
                                "subscriptions.rotateSecret/3",
                                SubscriptionWrites::signed,
                                (r, id) -> r.events().subscriptions().rotateSecret(id, MINUTE, SECRET))
                        .which(ADDS),
                Write.of(
                        "subscriptions.delete/1",
                        SubscriptionWrites::subscribed,
                        (r, id) -> r.events().subscriptions().delete(id)),
                Write.of(
                        "subscriptions.retryParked/2",
                        SubscriptionWrites::parked,
                        (r, id) -> r.events().subscriptions().retryParked(id, ParkedEventFilter.ALL)),
                Write.of(
                        "subscriptions.dropParked/2",
                        SubscriptionWrites::parked,
                        (r, id) -> r.events().subscriptions().dropParked(id, ParkedEventFilter.ALL)),
                Write.of(
                                "events.next/2",
                                SubscriptionWrites::subscribed,
                                (r, id) -> r.events().next("pulled", 10))
                        .which(ALONE),
                Write.of(
                                "events.next/4",
                                SubscriptionWrites::subscribed,
                                (r, id) -> r.events().next("pulled", "consumer", 10, MINUTE))
                        .which(ALONE),
                Write.of(
                        "events.acknowledge/2",
                        SubscriptionWrites::pulled,
                        (r, pulled) -> Writes.done(() -> r.events()
                                .acknowledge(pulled.lease(), pulled.lease().upTo()))),
                Write.of(
                        "events.fail/4",
                        SubscriptionWrites::pulled,
                        (r, pulled) ->
                                r.events().fail(pulled.lease(), pulled.events().get(0), "on purpose", MINUTE)),
                Write.of(
                        "events.extend/2",
                        SubscriptionWrites::pulled,
                        (r, pulled) -> r.events().extend(pulled.lease(), Duration.ofDays(1))),
                Write.of(
                        "events.release/1",
                        SubscriptionWrites::pulled,
                        (r, pulled) -> r.events().release(pulled.lease())));
    }

    private static EventSubscriptionRepository of(Lab lab) {
        return lab.db().events().subscriptions();
    }

    private static NewEventSubscription webhooks() {
        return NewEventSubscription.of("signed", EventDelivery.WEBHOOK)
                .endpoint("https://example.org/")
                .secret(SECRET);
    }

    private static UUID signed(Lab lab) {
        return of(lab).subscribe(webhooks()).subscription().id();
    }

    /** With an event to give. */
    private static UUID subscribed(Lab lab) {
        NewEventSubscription pulled =
                NewEventSubscription.of("pulled", EventDelivery.PULL).maxFailures(2);
        UUID id = of(lab).subscribe(pulled).subscription().id();
        lab.db().events().append(NewDomainEvent.of("thing.happened", "thing", "one"));
        return id;
    }

    private static UUID paused(Lab lab) {
        return of(lab).pause(subscribed(lab)).id();
    }

    private static PulledEvents pulled(Lab lab) {
        subscribed(lab);
        return lab.db().events().next("pulled", 10).orElseThrow();
    }

    private static UUID parked(Lab lab) {
        UUID id = subscribed(lab);
        for (int failures = 0; failures < 2; failures++) {
            PulledEvents pulled = lab.db().events().next("pulled", 10).orElseThrow();
            lab.db().events().fail(pulled.lease(), pulled.events().get(0), "on purpose", Duration.ZERO);
        }
        return id;
    }
}
