package dev.evalstore.job;

import dev.evalstore.Lease;
import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An unsuccessful end of an attempt.
 *
 * @param lease the right to end it
 * @param error why; of any length, not blank
 * @param retryAfter the wait before the next attempt in place of the job's backoff, such as a provider's Retry-After; null for
 *     the backoff
 * @param permanent whether no retry can help
 * @param usage what the attempt used
 */
public record Failure(Lease lease, String error, @Nullable Duration retryAfter, boolean permanent, Usage usage) {
    public Failure {
        Objects.requireNonNull(lease, "lease");
        Check.text("error", error);
        if (retryAfter != null && retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter must not be negative");
        }
        Objects.requireNonNull(usage, "usage");
    }

    /** A failure that is tried again after the job's backoff, while retries are left. */
    public static Failure of(Lease lease, String error) {
        return new Failure(lease, error, null, false, Usage.NONE);
    }

    /** The same, tried again after that time. */
    public Failure retryAfter(Duration wait) {
        return new Failure(lease, error, wait, permanent, usage);
    }

    /** The same, not tried again. */
    public Failure permanently() {
        return new Failure(lease, error, retryAfter, true, usage);
    }

    /** The same with what the attempt used. */
    public Failure usage(Usage used) {
        return new Failure(lease, error, retryAfter, permanent, used);
    }
}
