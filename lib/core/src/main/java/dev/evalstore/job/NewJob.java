package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job to enqueue.
 *
 * @param type names its handler; not blank
 * @param payload what the handler needs
 * @param route queue, required tags, fair key
 * @param priority higher first; from −1,000,000 to 1,000,000
 * @param maxRetries how often it is tried again after a failure, 0 to 1,000
 * @param timeout bounds one attempt; 1 s to 366 days, whole seconds
 * @param backoff the wait between attempts
 * @param uniqueKey at most one unfinished job of the queue has it; null for none
 * @param runAt not before that time, by the server's clock; null for at once
 * @param delay not before so long from now; null for at once
 */
public record NewJob(
        String type,
        Json payload,
        JobRoute route,
        int priority,
        int maxRetries,
        Duration timeout,
        Backoff backoff,
        @Nullable String uniqueKey,
        @Nullable Instant runAt,
        @Nullable Duration delay) {
    public NewJob {
        Check.text("type", type);
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(route, "route");
        Check.range("priority", priority, -1_000_000, 1_000_000);
        Check.range("maxRetries", maxRetries, 0, 1_000);
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.getNano() != 0) {
            throw new IllegalArgumentException("timeout must be whole seconds, at least one");
        }
        Check.atMost("timeout", timeout, Duration.ofDays(366));
        Objects.requireNonNull(backoff, "backoff");
        Check.textOrNull("uniqueKey", uniqueKey);
        if (delay != null && (delay.isNegative() || runAt != null)) {
            throw new IllegalArgumentException("delay must not be negative, nor given beside runAt");
        }
    }

    /** A job of the default queue: priority 0, three retries, five minutes for an attempt. */
    public static NewJob of(String type, Json payload) {
        return new NewJob(
                type, payload, JobRoute.DEFAULT, 0, 3, Duration.ofMinutes(5), Backoff.DEFAULT, null, null, null);
    }

    /** The same in another queue. */
    public NewJob queue(String name) {
        return route(new JobRoute(name, route.requiredTags(), route.fairKey()));
    }

    /** The same for workers that have all these tags. */
    public NewJob requiredTags(String... tags) {
        return route(new JobRoute(route.queue(), List.of(tags), route.fairKey()));
    }

    /** The same, counted against that share. */
    public NewJob fairKey(String key) {
        return route(new JobRoute(route.queue(), route.requiredTags(), Check.text("fairKey", key)));
    }

    /** The same on another route. */
    public NewJob route(JobRoute other) {
        return new NewJob(type, payload, other, priority, maxRetries, timeout, backoff, uniqueKey, runAt, delay);
    }

    /** The same with another priority; higher comes first. */
    public NewJob priority(int value) {
        return new NewJob(type, payload, route, value, maxRetries, timeout, backoff, uniqueKey, runAt, delay);
    }

    /** The same with so many retries. */
    public NewJob maxRetries(int times) {
        return new NewJob(type, payload, route, priority, times, timeout, backoff, uniqueKey, runAt, delay);
    }

    /** The same with so long for one attempt. */
    public NewJob timeout(Duration time) {
        return new NewJob(type, payload, route, priority, maxRetries, time, backoff, uniqueKey, runAt, delay);
    }

    /** The same with another wait between attempts. */
    public NewJob backoff(Backoff wait) {
        return new NewJob(type, payload, route, priority, maxRetries, timeout, wait, uniqueKey, runAt, delay);
    }

    /** The same, unless the queue holds an unfinished job with that key. */
    public NewJob uniqueKey(String key) {
        return new NewJob(type, payload, route, priority, maxRetries, timeout, backoff, key, runAt, delay);
    }

    /** The same, not before that time. */
    public NewJob runAt(Instant time) {
        return new NewJob(type, payload, route, priority, maxRetries, timeout, backoff, uniqueKey, time, null);
    }

    /** The same, not before so long from now. */
    public NewJob delay(Duration time) {
        return new NewJob(type, payload, route, priority, maxRetries, timeout, backoff, uniqueKey, null, time);
    }

    boolean isScheduled() {
        return runAt != null || delay != null;
    }
}
