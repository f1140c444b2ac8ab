package dev.evalstore.job;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;

/**
 * How often a job is attempted, and for how long.
 *
 * @param maxRetries retries after failed attempts, 0 to 1,000
 * @param timeout bounds one attempt; 1 s to 366 days, whole seconds
 * @param backoff the wait between attempts
 */
public record Attempts(int maxRetries, Duration timeout, Backoff backoff) {
    /** Three retries, five minutes for an attempt. */
    public static final Attempts DEFAULT = new Attempts(3, Duration.ofMinutes(5), Backoff.DEFAULT);

    public Attempts {
        Check.range("maxRetries", maxRetries, 0, 1_000);
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.getNano() != 0) {
            throw new IllegalArgumentException("timeout must be whole seconds, at least one");
        }
        Check.atMost("timeout", timeout, Check.MAX_ATTEMPT);
        Objects.requireNonNull(backoff, "backoff");
    }

    public Attempts maxRetries(int times) {
        return new Attempts(times, timeout, backoff);
    }

    public Attempts timeout(Duration time) {
        return new Attempts(maxRetries, time, backoff);
    }

    public Attempts backoff(Backoff wait) {
        return new Attempts(maxRetries, timeout, wait);
    }
}
