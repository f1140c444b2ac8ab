package dev.evalstore.job;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.queue.Tags;
import java.util.List;
import java.util.Objects;

/**
 * The route of a job: its queue, the workers that may run it, and the share that it counts against.
 *
 * @param queue the queue's name; not blank, at most 800 bytes in UTF-8
 * @param requiredTags the tags that a worker must have; sorted, without repetition; at most 32, and 800 bytes in UTF-8 together
 * @param fairKey the share that it counts against, such as a provider or a model; empty for none, at most 800 bytes in UTF-8
 */
public record JobRoute(String queue, List<String> requiredTags, String fairKey) {
    /** The queue {@code default}, any worker, no share. */
    public static final JobRoute DEFAULT = new JobRoute("default", List.of(), "");

    public JobRoute {
        Check.name("queue", queue);
        requiredTags = Tags.required(requiredTags);
        Check.indexed("fairKey", Objects.requireNonNull(fairKey, "fairKey"));
    }
}
