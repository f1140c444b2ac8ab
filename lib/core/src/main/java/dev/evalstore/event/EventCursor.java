package dev.evalstore.event;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a subscription is, and who delivers its events at the moment.
 *
 * @param position every event up to here was delivered, set aside, or is not wanted
 * @param token the fence of the lease, or of the last one; null before the first
 * @param owner who holds the lease, or null
 * @param expiresAt from then on another may take the lease; null without one
 * @param failureCount how often the next event failed in a row
 * @param retryAt no attempt before then, or null
 * @param lastError why the next event failed last, or null
 * @param lastDeliveredAt when events were last acknowledged, or null
 */
public record EventCursor(
        UUID subscriptionId,
        long position,
        @Nullable Long token,
        @Nullable String owner,
        @Nullable Instant expiresAt,
        int failureCount,
        @Nullable Instant retryAt,
        @Nullable String lastError,
        @Nullable Instant lastDeliveredAt) {}
