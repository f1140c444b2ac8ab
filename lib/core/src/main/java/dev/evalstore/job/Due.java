package dev.evalstore.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * From when on a job may be claimed: at once, from a time, or after a delay. By the server's clock.
 *
 * @param at not before that time, or null
 * @param delay not before so long after it is enqueued, or null; not given beside {@code at}
 */
public record Due(@Nullable Instant at, @Nullable Duration delay) {
    /** At once. */
    public static final Due NOW = new Due(null, null);

    public Due {
        if (delay != null && (delay.isNegative() || at != null)) {
            throw new IllegalArgumentException("delay must not be negative, nor given beside runAt");
        }
    }
}
