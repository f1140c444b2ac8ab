package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;

import dev.evalstore.event.NewDomainEvent;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/** Of the host's own domain events, and of old ones. */
final class EventWrites {
    private static final NewDomainEvent EVENT = NewDomainEvent.of("order.paid", "order", "1");

    private EventWrites() {}

    static List<Write<?>> events() {
        return List.of(
                Write.of("events.append/1", lab -> 0, (r, x) -> r.events().append(EVENT))
                        .which(ADDS),
                Write.of("events.appendLocked/1", lab -> 0, (r, x) -> r.events().appendLocked(EVENT))
                        .which(ADDS),
                Write.of("events.appendAll/1", lab -> 0, (r, x) -> r.events().appendAll(Collections.nCopies(3, EVENT)))
                        .which(ADDS),
                Write.of(
                                "events.appendAll/1",
                                lab -> 0,
                                (r, x) -> r.events().appendAll(Collections.nCopies(150, EVENT)))
                        .like("of many")
                        .which(ADDS),
                Write.of(
                                "events.cleanup/2",
                                EventWrites::longAgo,
                                (r, x) -> r.events().cleanup(Duration.ofDays(4_000), false))
                        .which(IN_PIECES));
    }

    private static Object longAgo(Lab lab) {
        lab.sql("select evalstore.create_partition('domain_events', '2009-07-01')");
        lab.sql("insert into evalstore.domain_events"
                + " (id, event_type, aggregate_type, aggregate_id, partition_key, created_at)"
                + " values (gen_random_uuid(), 'order.paid', 'order', '1', '1', '2009-07-04T00:00:00Z')");
        return 0;
    }
}
