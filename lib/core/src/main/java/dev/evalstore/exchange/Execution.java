package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a version's test cases are run.
 *
 * @param timeoutPerTest the time for one test case, 1 ms to 10 minutes, whole milliseconds
 * @param maxRetries retries of one test case, 0 to 10
 * @param retryDelay the wait before a retry, at most 10 minutes, whole milliseconds
 * @param maxConcurrent test cases at a time, 1 to 100
 * @param rateLimitPerMinute requests a minute, 1 to 1,000,000, or null for no limit
 */
public record Execution(
        Duration timeoutPerTest,
        int maxRetries,
        Duration retryDelay,
        int maxConcurrent,
        @Nullable Integer rateLimitPerMinute) {
    /** A minute for a test case, three retries a second apart, ten test cases at a time, no limit of requests. */
    public static final Execution DEFAULT = new Execution(Duration.ofMinutes(1), 3, Duration.ofSeconds(1), 10, null);

    public Execution {
        millis("timeoutPerTest", timeoutPerTest, 1);
        Check.range("maxRetries", maxRetries, 0, 10);
        millis("retryDelay", retryDelay, 0);
        Check.range("maxConcurrent", maxConcurrent, 1, 100);
        if (rateLimitPerMinute != null) {
            Check.range("rateLimitPerMinute", rateLimitPerMinute, 1, 1_000_000);
        }
    }

    public Execution timeoutPerTest(Duration time) {
        return new Execution(time, maxRetries, retryDelay, maxConcurrent, rateLimitPerMinute);
    }

    public Execution maxRetries(int times) {
        return new Execution(timeoutPerTest, times, retryDelay, maxConcurrent, rateLimitPerMinute);
    }

    public Execution retryDelay(Duration wait) {
        return new Execution(timeoutPerTest, maxRetries, wait, maxConcurrent, rateLimitPerMinute);
    }

    public Execution maxConcurrent(int cases) {
        return new Execution(timeoutPerTest, maxRetries, retryDelay, cases, rateLimitPerMinute);
    }

    public Execution rateLimitPerMinute(int requests) {
        return new Execution(timeoutPerTest, maxRetries, retryDelay, maxConcurrent, requests);
    }

    private static void millis(String field, Duration value, int min) {
        Objects.requireNonNull(value, field);
        if (value.compareTo(Duration.ofMillis(min)) < 0
                || value.compareTo(Duration.ofMinutes(10)) > 0
                || value.getNano() % 1_000_000 != 0) {
            throw new IllegalArgumentException(
                    field + " must be whole milliseconds, from " + min + " ms to 10 minutes");
        }
    }
}
