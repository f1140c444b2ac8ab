package dev.evalstore.job;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A handler's failure that says more: no retry can help, or when to retry. */
public final class JobFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;
    private final boolean permanent;

    private JobFailedException(String error, @Nullable Duration retryAfter, boolean permanent) {
        super(Objects.requireNonNull(error, "error"));
        this.retryAfter = retryAfter;
        this.permanent = permanent;
    }

    /** No retry can help. */
    public static JobFailedException permanently(String error) {
        return new JobFailedException(error, null, true);
    }

    /**
     * Retry after that time, such as a provider's Retry-After, in place of the backoff.
     *
     * @throws IllegalArgumentException if the time is negative or longer than 36,500 days
     */
    public static JobFailedException retryAfter(Duration wait, String error) {
        return new JobFailedException(error, Check.periodOrZero("retryAfter", wait), false);
    }

    /** The wait before the next attempt, or null for the job's backoff. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Whether no retry can help. */
    public boolean permanent() {
        return permanent;
    }
}
