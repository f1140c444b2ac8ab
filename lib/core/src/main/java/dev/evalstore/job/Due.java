package dev.evalstore.job;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * From when on a job may be claimed: at once, from a time, or after a delay. By the server's clock.
 *
 * @param at not before that time, of the years 1 to 9999; or null
 * @param delay the wait after it is enqueued, at most 36,500 days; or null, and not given beside {@code at}
 */
public record Due(@Nullable Instant at, @Nullable Duration delay) {
    /** At once. */
    public static final Due NOW = new Due(null, null);

    public Due {
        Check.timeOrNull("runAt", at);
        if (delay != null) {
            Check.periodOrZero("delay", delay);
            if (at != null) {
                throw new IllegalArgumentException("delay must not be given beside runAt");
            }
        }
    }
}
