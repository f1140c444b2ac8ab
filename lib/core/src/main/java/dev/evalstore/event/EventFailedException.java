package dev.evalstore.event;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A handler's failure that says more: no retry can help, or when to retry. */
public final class EventFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;
    private final boolean permanent;

    private EventFailedException(String error, @Nullable Duration retryAfter, boolean permanent) {
        super(Objects.requireNonNull(error, "error"));
        this.retryAfter = retryAfter;
        this.permanent = permanent;
    }

    /** No retry can help: the subscription parks or skips the event or stops at once. */
    public static EventFailedException permanently(String error) {
        return new EventFailedException(error, null, true);
    }

    /**
     * Retry after that time, in place of the dispatcher's backoff.
     *
     * @throws IllegalArgumentException if the time is negative or longer than 366 days
     */
    public static EventFailedException retryAfter(Duration wait, String error) {
        Check.atMost("retryAfter", Check.periodOrZero("retryAfter", wait), Check.MAX_ATTEMPT);
        return new EventFailedException(error, wait, false);
    }

    /** Retry after the dispatcher's backoff. */
    static EventFailedException soon(String error) {
        return new EventFailedException(error, null, false);
    }

    /** The wait before the next attempt, or null for the dispatcher's backoff. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Whether no retry can help. */
    public boolean permanent() {
        return permanent;
    }
}
