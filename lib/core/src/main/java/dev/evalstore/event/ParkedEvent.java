package dev.evalstore.event;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event that a subscription set aside.
 *
 * @param position the event's
 * @param eventCreatedAt when the event was written
 * @param attempts how often it failed; 0 if only an earlier event of its aggregate did
 * @param error why it failed last; null if it did not
 * @param holds whether later events of its aggregate are set aside too
 * @param retrying whether it is to be delivered again
 * @param parkedAt when it was last set aside
 */
public record ParkedEvent(
        UUID subscriptionId,
        long position,
        UUID eventId,
        String eventType,
        String aggregateType,
        String aggregateId,
        Instant eventCreatedAt,
        int attempts,
        @Nullable String error,
        boolean holds,
        boolean retrying,
        Instant parkedAt) {}
