package dev.evalstore.event;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt to send a webhook came to.
 *
 * @param error why it was not delivered, without anything that a receiver or a subscriber wrote; null if it was
 * @param retryAfter how long the receiver asks to wait, within the bound of the options; null if it does not
 */
record WebhookOutcome(
        Kind kind, @Nullable String error, @Nullable Duration retryAfter) {
    enum Kind {
        /** The receiver answered 2xx. */
        DELIVERED,
        /** To be tried again. */
        FAILED,
        /** It would fail each time: the event is too large. */
        UNDELIVERABLE,
        /** The receiver answered 410: it wants no events any more. */
        GONE
    }

    static final WebhookOutcome DELIVERED = new WebhookOutcome(Kind.DELIVERED, null, null);

    static WebhookOutcome failed(String error) {
        return new WebhookOutcome(Kind.FAILED, error, null);
    }
}
