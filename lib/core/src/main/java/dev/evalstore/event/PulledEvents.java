package dev.evalstore.event;

import java.util.List;

/**
 * Events that a consumer asked for, and the lease under which it has them.
 *
 * @param lease what {@link EventRepository#acknowledge} takes
 * @param events by position, not empty; either new ones, or parked ones to be retried
 */
public record PulledEvents(EventLease lease, List<DomainEvent> events) {
    public PulledEvents {
        events = List.copyOf(events);
    }
}
