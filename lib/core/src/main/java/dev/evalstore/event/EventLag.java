package dev.evalstore.event;

import java.time.Duration;
import java.util.List;

/**
 * How far a subscription is behind.
 *
 * @param cursor how far it is
 * @param events how many committed events it has still to get, without parked ones, counted to 100,000 at most
 * @param age how long ago the first of them was written, by the server's clock; zero without any
 * @param parked how many events are set aside, those to be retried among them
 * @param settled up to which position events can be delivered at the moment
 * @param holdUp why the first of them is not delivered, as far as the store knows
 * @param writers the server processes whose open transactions hold a number, and so hold up what was written after it, without
 *     prepared ones, which have no process; empty unless there is something to wait for
 */
public record EventLag(
        EventCursor cursor,
        long events,
        Duration age,
        long parked,
        long settled,
        HoldUp holdUp,
        List<Integer> writers) {
    /** What a subscription waits for. */
    public enum HoldUp {
        /** There is nothing to deliver. */
        NOTHING,
        /** The subscription is disabled. */
        DISABLED,
        /** Its next event failed, and its pause lasts. */
        PAUSE_AFTER_FAILURE,
        /** An open transaction has written an event before the next one. */
        OPEN_TRANSACTION,
        /** Somebody has the lease, and is at it. */
        LEASED,
        /** Nobody has asked for its events, or will in a moment. */
        NO_CONSUMER
    }

    public EventLag {
        writers = List.copyOf(writers);
    }
}
