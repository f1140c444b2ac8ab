package dev.evalstore.matrix;

import dev.evalstore.Lease;
import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that ended without a result.
 *
 * @param lease the lease under which it ran
 * @param error the reason, not blank; what is longer than 10,000 characters is cut, and says so
 * @param retryAfter the wait before the next attempt, at most 366 days; null for none
 * @param permanent whether no further attempt can help, so that the config has failed for good
 */
public record ConfigFailure(
        Lease lease, String error, @Nullable Duration retryAfter, boolean permanent) {
    public ConfigFailure {
        Objects.requireNonNull(lease, "lease");
        error = Check.error("error", error);
        if (retryAfter != null) {
            Check.atMost("retryAfter", Check.periodOrZero("retryAfter", retryAfter), Check.MAX_ATTEMPT);
        }
    }

    /** A failure after which the config is pending again at once, while attempts are left. */
    public static ConfigFailure of(Lease lease, String error) {
        return new ConfigFailure(lease, error, null, false);
    }

    public ConfigFailure retryAfter(Duration wait) {
        return new ConfigFailure(lease, error, wait, permanent);
    }

    public ConfigFailure permanently() {
        return new ConfigFailure(lease, error, retryAfter, true);
    }
}
