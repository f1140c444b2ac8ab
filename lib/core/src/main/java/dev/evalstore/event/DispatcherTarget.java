package dev.evalstore.event;

import dev.evalstore.internal.StoredJson;
import dev.evalstore.job.NewJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of a subscription go.
 *
 * @param isWhole whether a batch is delivered by one call, otherwise each event by its own
 * @param movesEach whether the cursor moves after each call: what is told to others is told again only after a crash
 * @param timeout how long a call may take; null where the call ends by itself
 */
record DispatcherTarget(
        Delivery delivery,
        boolean isWhole,
        boolean movesEach,
        @Nullable Duration timeout) {
    /** Delivers what a call has. */
    @FunctionalInterface
    interface Delivery {
        void deliver(DispatcherCall call) throws Exception;
    }

    static DispatcherTarget each(EventHandler handler, Duration timeout) {
        return new DispatcherTarget(handler::handle, false, false, timeout);
    }

    static DispatcherTarget batch(EventBatchHandler handler, Duration timeout) {
        return new DispatcherTarget(handler::handle, true, false, timeout);
    }

    /** A job for each event, in the commit that moves the cursor; its payload is what a webhook's body is. */
    static DispatcherTarget jobs() {
        return new DispatcherTarget(DispatcherTarget::enqueue, true, false, null);
    }

    private static void enqueue(DispatcherCall call) {
        String type = call.jobType();
        call.<RuntimeException>complete(tx -> tx.jobs()
                .createAll(call.events().stream()
                        .map(event -> NewJob.of(type, StoredJson.of(json(event))))
                        .toList()));
    }

    private static String json(DomainEvent event) {
        return new String(WebhookRequest.body(event), StandardCharsets.UTF_8);
    }

    static DispatcherTarget webhooks(WebhookSender sender) {
        return new DispatcherTarget(call -> send(call, sender), false, true, null);
    }

    private static void send(DispatcherCall call, WebhookSender sender) throws EventFailedException {
        WebhookOutcome outcome = sender.send(call.webhook(), call.event());
        String error = String.valueOf(outcome.error());
        Duration wait = outcome.retryAfter();
        switch (outcome.kind()) {
            case DELIVERED -> {}
            case UNDELIVERABLE -> throw EventFailedException.permanently(error);
            case GONE -> {
                call.disable();
                throw EventFailedException.permanently(error);
            }
            case FAILED ->
                throw wait == null ? EventFailedException.soon(error) : EventFailedException.retryAfter(wait, error);
        }
    }
}
