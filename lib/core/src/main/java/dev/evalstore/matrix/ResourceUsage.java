package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import org.jspecify.annotations.Nullable;

/**
 * How much of its machine a benchmark used.
 *
 * @param gpuUtilizationPct 0 to 100, or null if not measured
 * @param memoryUsedGb decimal GB of VRAM at the peak, 0 to 1e300, or null if not measured
 */
public record ResourceUsage(
        @Nullable Double gpuUtilizationPct, @Nullable Double memoryUsedGb) {
    public ResourceUsage {
        Check.finiteOrNull("gpuUtilizationPct", gpuUtilizationPct);
        if (gpuUtilizationPct != null && (gpuUtilizationPct < 0 || gpuUtilizationPct > 100)) {
            throw new IllegalArgumentException("gpuUtilizationPct must be from 0 to 100");
        }
        Check.figureOrNull("memoryUsedGb", memoryUsedGb);
        Check.notNegativeOrNull("memoryUsedGb", memoryUsedGb);
    }
}
