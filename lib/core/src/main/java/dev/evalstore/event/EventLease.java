package dev.evalstore.event;

import java.time.Instant;
import java.util.UUID;

/**
 * One claim of a subscription. Every later write under it names the token, and is refused once another has claimed the subscription,
 * or it was rewound, released or deleted.
 *
 * @param subscription the subscription's name
 * @param token the fence: greater than those of all leases before it
 * @param position the cursor, as of the claim
 * @param upTo up to where events were handed out under it; before that the cursor
 * @param expiresAt from then on another may claim the subscription, by the server's clock
 * @param failureCount how often the next event failed in a row, as of the claim
 */
public record EventLease(
        UUID subscriptionId,
        String subscription,
        EventDelivery delivery,
        long token,
        long position,
        long upTo,
        Instant expiresAt,
        int failureCount) {
    /** The same after events were handed out. */
    EventLease upTo(long position) {
        return new EventLease(
                subscriptionId, subscription, delivery, token, this.position, position, expiresAt, failureCount);
    }
}
