package dev.evalstore.job;

import dev.evalstore.EnqueueListener;
import dev.evalstore.Json;
import dev.evalstore.TraceContext;
import dev.evalstore.internal.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job to enqueue. {@link #of} makes one of type and payload; each further method adds one thing to it.
 *
 * @param type names its handler; not blank, at most 800 bytes in UTF-8
 * @param payload what the handler needs
 * @param route queue, required tags, fair key
 * @param priority higher first; from −1,000,000 to 1,000,000
 * @param attempts how often it is attempted, and for how long
 * @param uniqueKey at most one unfinished job of the queue has it; not blank, at most 1,000,000 characters; null for
 *     none
 * @param due from when on it may be claimed
 * @param trace the trace that it belongs to; null for that of the host's {@link EnqueueListener}, if there is one
 */
public record NewJob(
        String type,
        Json payload,
        JobRoute route,
        int priority,
        Attempts attempts,
        @Nullable String uniqueKey,
        Due due,
        @Nullable TraceContext trace) {
    /** A prompt may be the key: it is compared by its hash. */
    private static final int MAX_UNIQUE_KEY = 1_000_000;

    public NewJob {
        Check.name("type", type);
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(route, "route");
        Check.range("priority", priority, -1_000_000, 1_000_000);
        Objects.requireNonNull(attempts, "attempts");
        if (uniqueKey != null && Check.text("uniqueKey", uniqueKey).length() > MAX_UNIQUE_KEY) {
            throw new IllegalArgumentException("uniqueKey must have at most 1,000,000 characters");
        }
        Objects.requireNonNull(due, "due");
    }

    /** A job of the default queue: priority 0, three retries, five minutes for an attempt. */
    public static NewJob of(String type, Json payload) {
        return new NewJob(type, payload, JobRoute.DEFAULT, 0, Attempts.DEFAULT, null, Due.NOW, null);
    }

    /** The same in another queue. */
    public NewJob queue(String name) {
        return route(new JobRoute(name, route.requiredTags(), route.fairKey()));
    }

    /** The same for workers that have all these tags. */
    public NewJob requiredTags(String... tags) {
        return route(new JobRoute(route.queue(), Check.list("requiredTags", tags), route.fairKey()));
    }

    /** The same, counted against the share and the limits of this key. */
    public NewJob fairKey(String key) {
        return route(new JobRoute(route.queue(), route.requiredTags(), Check.text("fairKey", key)));
    }

    public NewJob route(JobRoute other) {
        return new NewJob(type, payload, other, priority, attempts, uniqueKey, due, trace);
    }

    public NewJob priority(int value) {
        return new NewJob(type, payload, route, value, attempts, uniqueKey, due, trace);
    }

    /** The same with this number of retries. */
    public NewJob maxRetries(int times) {
        return new NewJob(type, payload, route, priority, attempts.maxRetries(times), uniqueKey, due, trace);
    }

    /** The same with this time for one attempt. */
    public NewJob timeout(Duration time) {
        return new NewJob(type, payload, route, priority, attempts.timeout(time), uniqueKey, due, trace);
    }

    /** The same with another wait between attempts. */
    public NewJob backoff(Backoff wait) {
        return new NewJob(type, payload, route, priority, attempts.backoff(wait), uniqueKey, due, trace);
    }

    public NewJob uniqueKey(String key) {
        return new NewJob(type, payload, route, priority, attempts, key, due, trace);
    }

    /** The same, not before that time. */
    public NewJob runAt(Instant time) {
        return new NewJob(type, payload, route, priority, attempts, uniqueKey, new Due(time, null), trace);
    }

    /** The same, not before the given time from now. */
    public NewJob delay(Duration time) {
        return new NewJob(type, payload, route, priority, attempts, uniqueKey, new Due(null, time), trace);
    }

    /** The same as a part of this trace, whatever the enqueueing thread is in. */
    public NewJob trace(TraceContext context) {
        return new NewJob(type, payload, route, priority, attempts, uniqueKey, due, context);
    }

    boolean isScheduled() {
        return !due.equals(Due.NOW);
    }
}
