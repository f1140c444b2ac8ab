package dev.evalstore.event;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Receives what a dispatcher does, for a host that keeps metrics or traces; see {@link EventDispatcher.Builder#listener}. Its methods
 * are called on the dispatcher's threads and must be quick and thread-safe. Whatever they throw is logged and changes nothing.
 */
public interface DispatcherListener {
    /** The dispatcher has claimed a subscription that has something to deliver. */
    default void claimed(EventLease lease) {}

    /**
     * Events were delivered. Their cursor moves now or soon after.
     *
     * @param time of the call that delivered them
     */
    default void delivered(EventLease lease, List<DomainEvent> events, Duration time) {}

    /**
     * An event failed.
     *
     * @param failure what became of it
     * @param why what the handler threw, or null if its time was up
     */
    default void failed(EventLease lease, DomainEvent event, EventFailure failure, @Nullable Throwable why) {}

    /**
     * The lease was lost, by any thread: another has claimed the subscription, or it was paused, rewound or deleted. What its handler
     * does next does not count, and its events may be delivered elsewhere.
     */
    default void lost(EventLease lease) {}

    /** The dispatcher has given the subscription back. */
    default void released(EventLease lease) {}
}
