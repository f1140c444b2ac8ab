package dev.evalstore.event;

import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.job.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** What tests of dispatchers have in common. */
final class DispatcherTestKit {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A failed event is tried again at once. */
    static final Backoff NO_WAIT = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1));

    private DispatcherTestKit() {}

    static EventDispatcher.Builder dispatcher(Database db) {
        return EventDispatcher.on(db)
                .owner("d-1")
                .poll(Duration.ofMillis(5), Duration.ofMillis(20))
                .backoff(NO_WAIT);
    }

    static UUID subscribe(Database db, NewEventSubscription subscription) {
        return db.events()
                .subscriptions()
                .subscribe(subscription)
                .subscription()
                .id();
    }

    static NewDomainEvent event(String type, String aggregate, int n) {
        return NewDomainEvent.of(type, "thing", aggregate).payload(Json.of(Map.of("n", n)));
    }

    /** Appends so many events of one aggregate, in one transaction. */
    static List<NewDomainEvent> append(Database db, String type, String aggregate, int count) {
        List<NewDomainEvent> events = IntStream.range(0, count)
                .mapToObj(n -> event(type, aggregate, n))
                .toList();
        db.events().appendAll(events);
        return events;
    }

    static int n(DomainEvent event) {
        return ((Number) event.payload().asMap().get("n")).intValue();
    }

    static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    static long position(Database db, UUID subscription) {
        return db.events().subscriptions().lag(subscription).cursor().position();
    }

    /** Waits until the subscription has nothing to deliver and nobody has its lease. */
    static void untilDrained(Database db, UUID subscription) {
        until(() -> db.events().subscriptions().lag(subscription).events() == 0
                && db.events().subscriptions().lag(subscription).cursor().owner() == null);
    }

    /** Leases a subscription for webhooks; those of other tests are claimed in turn, and given back. */
    static EventLease leaseWebhook(Database db, String name, String owner) {
        Jdbc jdbc = db.events().jdbc();
        while (true) {
            EventLease lease = EventLeases.claimDelivery(
                            jdbc, Set.of(EventDelivery.WEBHOOK), owner, Duration.ofMinutes(1))
                    .orElseThrow();
            if (lease.subscription().equals(name)) {
                return lease;
            }
            EventLeases.release(jdbc, lease);
        }
    }
}
