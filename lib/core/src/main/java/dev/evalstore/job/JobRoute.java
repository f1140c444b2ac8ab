package dev.evalstore.job;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.queue.Tags;
import java.util.List;

/**
 * The route of a job: its queue, the workers that may run it, and the share that it counts against.
 *
 * @param queue the queue's name; not blank
 * @param requiredTags the tags that a worker must have; sorted, without repetition
 * @param fairKey the share that it counts against, such as a provider or a model; empty for none
 */
public record JobRoute(String queue, List<String> requiredTags, String fairKey) {
    /** The queue {@code default}, any worker, no share. */
    public static final JobRoute DEFAULT = new JobRoute("default", List.of(), "");

    public JobRoute {
        Check.text("queue", queue);
        requiredTags = Tags.sorted("requiredTags", requiredTags);
        Check.content("fairKey", fairKey);
    }
}
