package dev.evalstore.event;

/**
 * Receives the events of a subscription in batches, in order. A batch is delivered as a whole. After a failure its events come one
 * by one until the one that fails is found, so a handler may be called more than once for each.
 */
@FunctionalInterface
public interface EventBatchHandler {
    /**
     * Does what the events ask for; when it returns, all of them are delivered.
     *
     * @throws EventFailedException to say when to retry, or that no retry can help; of a single event
     * @throws Exception for any other failure
     */
    void handle(EventBatch batch) throws Exception;
}
