package dev.evalstore.job;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.queue.Tags;
import java.util.List;

/**
 * Who may run a job, and with whom it shares: the lane that it waits in.
 *
 * @param queue the queue's name; not blank
 * @param requiredTags what a worker must be able to do; sorted, without repetition
 * @param fairKey whose share it counts against, such as a provider or a model; empty for nobody's
 */
public record JobRoute(String queue, List<String> requiredTags, String fairKey) {
    /** The queue {@code default}, any worker, nobody's share. */
    public static final JobRoute DEFAULT = new JobRoute("default", List.of(), "");

    public JobRoute {
        Check.text("queue", queue);
        requiredTags = Tags.sorted("requiredTags", requiredTags);
        Check.content("fairKey", fairKey);
    }
}
