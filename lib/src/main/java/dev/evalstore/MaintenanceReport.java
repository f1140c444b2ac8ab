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
     * @param time how long it took
     * @param failure why it failed, without values, or null; the steps after it ran nevertheless
     */
    public record Step(
            String name,
            long count,
            Duration time,
            @Nullable String failure) {}

    /** The steps that failed. */
    public List<Step> failures() {
        return steps.stream().filter(step -> step.failure() != null).toList();
    }
}
