package dev.evalstore.job;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a queue, or of a fair key in all queues. They hold over all processes together.
 *
 * @param scope whether a queue or a fair key
 * @param name the queue or the fair key; not blank, at most 800 bytes in UTF-8
 * @param weight the share among jobs of equal priority, for fair keys: 3 is given three claims for each of 1; above 0,
 *     at most 1,000,000
 * @param maxRunning the maximum number of jobs that run at a time; null for no maximum
 * @param rate the maximum number of claims in any {@code interval}, wherever it begins; null for no maximum
 * @param interval the rate's interval; 1 s to 36,500 days, null exactly if {@code rate} is
 * @param pausedAt when it was paused, by the server's clock; null when it is not. Ignored when the limit is set
 */
public record JobLimit(
        Scope scope,
        String name,
        double weight,
        @Nullable Integer maxRunning,
        @Nullable Integer rate,
        @Nullable Duration interval,
        @Nullable Instant pausedAt) {
    /** Whether a limit is a queue's or a fair key's. */
    public enum Scope {
        /** A queue. */
        QUEUE,
        /** A fair key, such as a provider, in all queues. */
        FAIR_KEY
    }

    public JobLimit {
        Objects.requireNonNull(scope, "scope");
        Check.name("name", name);
        if (!(weight > 0 && weight <= 1_000_000)) {
            throw new IllegalArgumentException("weight must be above 0 and at most 1,000,000");
        }
        if (maxRunning != null) {
            Check.range("maxRunning", maxRunning, 0, Integer.MAX_VALUE);
        }
        if ((rate == null) != (interval == null)) {
            throw new IllegalArgumentException("rate and interval belong together");
        }
        if (rate != null && interval != null) {
            Check.range("rate", rate, 1, Integer.MAX_VALUE);
            if (Check.period("interval", interval).compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("interval must be at least one second");
            }
        }
    }

    /** A queue without limits. */
    public static JobLimit queue(String name) {
        return new JobLimit(Scope.QUEUE, name, 1, null, null, null, null);
    }

    /** A fair key without limits. */
    public static JobLimit fairKey(String key) {
        return new JobLimit(Scope.FAIR_KEY, key, 1, null, null, null, null);
    }

    public JobLimit weight(double share) {
        return new JobLimit(scope, name, share, maxRunning, rate, interval, pausedAt);
    }

    public JobLimit maxRunning(int jobs) {
        return new JobLimit(scope, name, weight, jobs, rate, interval, pausedAt);
    }

    public JobLimit rate(int claims, Duration in) {
        return new JobLimit(scope, name, weight, maxRunning, claims, in, pausedAt);
    }
}
