package dev.evalstore.job;

import dev.evalstore.Lease;
import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that ended with an error.
 *
 * @param lease the lease under which it ran
 * @param error the reason, not blank; what is longer than 10,000 characters is cut, and says so
 * @param retryAfter the wait before the next attempt, such as a provider's Retry-After, from zero to 36,500 days; null for the
 *     job's backoff
 * @param permanent whether no retry can help, so that the job has failed for good
 * @param usage the tokens and the money that it used
 */
public record Failure(Lease lease, String error, @Nullable Duration retryAfter, boolean permanent, Usage usage)
        implements Outcome {
    public Failure {
        Objects.requireNonNull(lease, "lease");
        error = Check.error("error", error);
        if (retryAfter != null) {
            Check.periodOrZero("retryAfter", retryAfter);
        }
        Objects.requireNonNull(usage, "usage");
    }

    /** A failure after which the job is retried, while retries are left, when its backoff has passed. */
    public static Failure of(Lease lease, String error) {
        return new Failure(lease, error, null, false, Usage.NONE);
    }

    public Failure retryAfter(Duration wait) {
        return new Failure(lease, error, wait, permanent, usage);
    }

    public Failure permanently() {
        return new Failure(lease, error, retryAfter, true, usage);
    }

    public Failure usage(Usage used) {
        return new Failure(lease, error, retryAfter, permanent, used);
    }
}
