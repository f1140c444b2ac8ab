package dev.evalstore.job;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;

/**
 * How long a failed job waits before its next attempt. The maximum is {@code min(cap, base × 2ⁿ)} after n earlier
 * failures. The wait is random between half of that and all of it, so that jobs do not return together.
 *
 * @param base the longest wait after the first failure, at least zero
 * @param cap the longest wait of all, at least {@code base}, at most 366 days
 */
public record Backoff(Duration base, Duration cap) {
    /** From one second up to five minutes. */
    public static final Backoff DEFAULT = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

    /** No wait. */
    public static final Backoff NONE = new Backoff(Duration.ZERO, Duration.ZERO);

    public Backoff {
        Objects.requireNonNull(base, "base");
        Objects.requireNonNull(cap, "cap");
        if (base.isNegative() || cap.compareTo(base) < 0) {
            throw new IllegalArgumentException("backoff base must not be negative, and cap not below base");
        }
        Check.atMost("backoff cap", cap, Check.MAX_ATTEMPT);
    }
}
