package dev.evalstore.event;

import dev.evalstore.LeaseLostException;
import dev.evalstore.Tx;

/** A handler's view of its event. Its methods may be called from any thread while the handler runs. */
public interface EventContext {
    /** The event. */
    DomainEvent event();

    /** The subscription's lease; its token is a fence for other systems. */
    EventLease lease();

    /** The number of this attempt, from 1. It begins anew with an event that was parked and is retried. */
    int attempt();

    /**
     * Whether to stop: the handler's time is up, the lease is lost, or the dispatcher closes. The thread is also interrupted then.
     */
    boolean isCancelled();

    /**
     * Delivers the event in one commit with the handler's own rows: they are stored once, whatever fails. If the transaction has to be
     * repeated, the work runs again from the beginning.
     *
     * @throws LeaseLostException if the lease is no longer held; nothing is stored then
     * @throws IllegalStateException if the event is delivered already
     * @throws X from the work; nothing is stored then, and the event is not delivered
     */
    <X extends Exception> void complete(Work<X> work) throws X;

    /**
     * Work in the delivering transaction.
     *
     * @param <X> the exception that it may throw
     */
    @FunctionalInterface
    interface Work<X extends Exception> {
        /** Writes rows. */
        void run(Tx tx) throws X;
    }
}
