package dev.evalstore.matrix;

import dev.evalstore.Lease;
import java.util.Objects;

/**
 * An attempt that ended with a result.
 *
 * @param lease the lease under which it ran
 * @param result the measured values
 */
public record ConfigCompletion(Lease lease, NewBenchmarkResult result) {
    public ConfigCompletion {
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(result, "result");
    }
}
