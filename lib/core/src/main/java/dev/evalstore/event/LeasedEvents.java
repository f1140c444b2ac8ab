package dev.evalstore.event;

import java.util.List;

/**
 * What a lease gave.
 *
 * @param events by position; either new ones, or parked ones to be retried
 * @param upTo what to advance to when all of them are delivered
 * @param more whether there may be more at once
 */
record LeasedEvents(List<DomainEvent> events, long upTo, boolean more) {
    LeasedEvents {
        events = List.copyOf(events);
    }
}
