package dev.evalstore.event;

import dev.evalstore.LeaseLostException;
import java.util.List;

/** A handler's view of a batch of events. Its methods may be called from any thread while the handler runs. */
public interface EventBatch {
    /** The events by position, at least one; immutable. */
    List<DomainEvent> events();

    /** The subscription's lease; its token is a fence for other systems. */
    EventLease lease();

    /** The number of this attempt of a single event, from 1; 1 of several. */
    int attempt();

    /** Whether to stop; as {@link EventContext#isCancelled()}. */
    boolean isCancelled();

    /**
     * Delivers all events of the batch in one commit with the handler's own rows; as {@link EventContext#complete}.
     *
     * @throws LeaseLostException if the lease is no longer held; nothing is stored then
     * @throws IllegalStateException if the batch is delivered already
     * @throws X from the work; nothing is stored then, and the batch is not delivered
     */
    <X extends Exception> void complete(EventContext.Work<X> work) throws X;
}
