package dev.evalstore;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often, and after what pause, a transient failure is retried. The pause before the n-th retry is drawn evenly from
 * zero to {@code min(cap, base × 2ⁿ⁻¹)} ("full jitter", AWS Architecture Blog, 2015).
 *
 * @param attempts the maximum number of attempts, the first included, 1 to 100
 * @param base the longest first pause
 * @param cap the longest pause
 */
public record Retry(int attempts, Duration base, Duration cap) {
    /** One attempt, no retry. */
    public static final Retry NONE = times(1);

    public Retry {
        if (attempts < 1 || attempts > 100) {
            throw new IllegalArgumentException("attempts must be from 1 to 100");
        }
        Objects.requireNonNull(base, "base");
        Check.atMost("cap", Objects.requireNonNull(cap, "cap"), Check.MAX_PERIOD);
        if (base.isNegative() || cap.compareTo(base) < 0) {
            throw new IllegalArgumentException("base must not be negative, and cap not below base");
        }
    }

    /** This number of attempts, with pauses of up to 50 ms that grow to 2 s. */
    public static Retry times(int attempts) {
        return new Retry(attempts, Duration.ofMillis(50), Duration.ofSeconds(2));
    }

    public Retry backoff(Duration newBase, Duration newCap) {
        return new Retry(attempts, newBase, newCap);
    }

    /** Draws the pause after the given failed attempt, counted from 1. */
    public Duration pauseAfter(int attempt) {
        boolean capped = attempt > 62 || base.toNanos() > cap.toNanos() >> (attempt - 1);
        long longest = capped ? cap.toNanos() : base.toNanos() << (attempt - 1);
        return longest <= 0
                ? Duration.ZERO
                : Duration.ofNanos(ThreadLocalRandom.current().nextLong(longest + 1));
    }
}
