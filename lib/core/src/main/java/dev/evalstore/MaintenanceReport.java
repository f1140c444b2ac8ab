package dev.evalstore;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the maintenance did.
 *
 * @param ran false where another process was at it, and nothing was done here
 * @param steps what was done, in order
 */
public record MaintenanceReport(boolean ran, List<Step> steps) {
    public MaintenanceReport {
        steps = List.copyOf(steps);
    }

    /**
     * One step.
     *
     * @param name such as {@code partitions.audit_log}
     * @param count how many rows, or partitions, it made or removed
     * @param more whether it has done as much as a run may, so that there may be more for the next one
     * @param time how long it took
     * @param failure why it failed, without values, or null; the steps after it ran nevertheless
     */
    public record Step(
            String name,
            long count,
            boolean more,
            Duration time,
            @Nullable String failure) {}

    /** Whether a step has left something to the next run, which {@link Maintenance#start} then begins at once. */
    public boolean hasMore() {
        return steps.stream().anyMatch(Step::more);
    }

    /** The steps that failed. */
    public List<Step> failures() {
        return steps.stream().filter(step -> step.failure() != null).toList();
    }
}
