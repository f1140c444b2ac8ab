package dev.evalstore.event;

/**
 * Receives the events of a subscription one by one, in order. A handler may be called more than once for an event: after a failure, a
 * crash, or a lost lease. Effects in this database that must happen once belong into {@link EventContext#complete}.
 */
@FunctionalInterface
public interface EventHandler {
    /**
     * Does what the event asks for; when it returns, the event is delivered.
     *
     * @throws EventFailedException to say when to retry, or that no retry can help
     * @throws Exception for any other failure; its text is stored as the subscription's last error
     */
    void handle(EventContext context) throws Exception;
}
