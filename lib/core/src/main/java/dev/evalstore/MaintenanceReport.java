package dev.evalstore;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one maintenance run.
 *
 * @param ran false if another process was running maintenance, so that nothing was done here
 * @param steps the steps that ran, in order
 * @param unfinished whether the turn was over before all steps had run
 */
public record MaintenanceReport(boolean ran, List<Step> steps, boolean unfinished) {
    public MaintenanceReport {
        steps = List.copyOf(steps);
    }

    /** Whether a step, or the end of the turn, may have left something to do; {@link Maintenance#start} then begins the next run at once. */
    public boolean hasMore() {
        return unfinished || steps.stream().anyMatch(Step::more);
    }

    /** The steps that failed. */
    public List<Step> failures() {
        return steps.stream().filter(step -> step.failure() != null).toList();
    }

    /**
     * The result of one step.
     *
     * @param name such as {@code partitions.audit_log}
     * @param count how many rows or partitions it made, requeued or removed
     * @param more whether it reached the bound of one run, so that more may be left
     * @param time how long it took
     * @param failure why it failed, without values, or null; the steps after it ran all the same
     * @param heldBy the names of the event subscriptions that have not passed a month which would be dropped otherwise
     */
    public record Step(
            String name,
            long count,
            boolean more,
            Duration time,
            @Nullable String failure,
            List<String> heldBy) {
        public Step {
            heldBy = List.copyOf(heldBy);
        }
    }
}
