package dev.evalstore.event;

import dev.evalstore.internal.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A subscription with the secret that signs its webhooks from now on, which is shown this once. Give it to the receiver.
 *
 * @param subscription the stored part
 * @param secret {@code whsec_} and base64; null unless the delivery is by webhook. {@code Json.of} leaves it out
 */
public record IssuedSubscription(
        EventSubscription subscription, @Secret @Nullable String secret) {
    /** Safe to log: without the secret. */
    @Override
    public String toString() {
        return "IssuedSubscription[subscription=" + subscription + ", secret=***]";
    }
}
