package dev.evalstore.job;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What holds for a whole queue, or for a fair key in all queues. All processes together keep to it.
 *
 * @param scope what it is about
 * @param name the queue or the fair key
 * @param weight the share among jobs of equal priority, for fair keys: 3 is given three claims for each of 1; above 0, at most
 *     1,000,000
 * @param maxRunning at most so many jobs run at a time; null for no bound
 * @param rate at most so many claims begin in any {@code interval}, however it is placed; null for no bound
 * @param interval the rate's interval; at least 1 s, null exactly if {@code rate} is
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
    /** What a limit is about. */
    public enum Scope {
        /** A queue. */
        QUEUE,
        /** A fair key, such as a provider, in all queues. */
        FAIR_KEY
    }

    public JobLimit {
        Objects.requireNonNull(scope, "scope");
        Check.text("name", name);
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
            if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("interval must be at least one second");
            }
        }
    }

    /** No bounds on a queue yet. */
    public static JobLimit queue(String name) {
        return new JobLimit(Scope.QUEUE, name, 1, null, null, null, null);
    }

    /** No bounds on a fair key yet. */
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
