package dev.evalstore.worker;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.queue.Tags;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A worker to register.
 *
 * @param workerId its name; not blank, at most 800 bytes in UTF-8. A name may be used again, also by two at a time
 * @param address where it runs, or null
 * @param capacity how many jobs it runs at a time, 1 to 100,000
 * @param tags its capabilities
 * @param queues the queues that it serves; empty for all
 * @param timeToLive how long it counts as alive after a heartbeat; 1 s to 1 day, whole seconds
 * @param metadata anything else, or null
 */
public record NewWorker(
        String workerId,
        @Nullable String address,
        int capacity,
        List<String> tags,
        List<String> queues,
        Duration timeToLive,
        @Nullable Json metadata) {
    public NewWorker {
        Check.name("workerId", workerId);
        Check.textOrNull("address", address);
        Check.range("capacity", capacity, 1, 100_000);
        tags = Tags.sorted("tags", tags);
        queues = Tags.sorted("queues", queues);
        Objects.requireNonNull(timeToLive, "timeToLive");
        if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0 || timeToLive.getNano() != 0) {
            throw new IllegalArgumentException("timeToLive must be whole seconds, at least one");
        }
        Check.atMost("timeToLive", timeToLive, Duration.ofDays(1));
    }

    /** A worker for one job at a time, of every queue, without tags, that counts as alive for 45 s after a heartbeat. */
    public static NewWorker of(String workerId) {
        return new NewWorker(workerId, null, 1, List.of(), List.of(), Duration.ofSeconds(45), null);
    }

    public NewWorker workerId(String name) {
        return new NewWorker(name, address, capacity, tags, queues, timeToLive, metadata);
    }

    public NewWorker address(String where) {
        return new NewWorker(workerId, where, capacity, tags, queues, timeToLive, metadata);
    }

    public NewWorker capacity(int jobs) {
        return new NewWorker(workerId, address, jobs, tags, queues, timeToLive, metadata);
    }

    public NewWorker tags(String... all) {
        return new NewWorker(workerId, address, capacity, Check.list("tags", all), queues, timeToLive, metadata);
    }

    public NewWorker queues(String... all) {
        return new NewWorker(workerId, address, capacity, tags, Check.list("queues", all), timeToLive, metadata);
    }

    public NewWorker timeToLive(Duration time) {
        return new NewWorker(workerId, address, capacity, tags, queues, time, metadata);
    }

    public NewWorker metadata(Json anything) {
        return new NewWorker(workerId, address, capacity, tags, queues, timeToLive, anything);
    }
}
