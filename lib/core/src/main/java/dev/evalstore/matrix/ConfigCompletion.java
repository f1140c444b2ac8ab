package dev.evalstore.matrix;

import dev.evalstore.Lease;
import java.util.Objects;

/**
 * A successful end of an attempt.
 *
 * @param lease the right to end it
 * @param result what was measured
 */
public record ConfigCompletion(Lease lease, NewBenchmarkResult result) {
    public ConfigCompletion {
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(result, "result");
    }
}
