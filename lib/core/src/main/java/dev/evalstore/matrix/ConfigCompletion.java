package dev.evalstore.matrix;

import java.util.Objects;

/**
 * A successful end of an attempt.
 *
 * @param lease the right to end it
 * @param result what was measured
 */
public record ConfigCompletion(ConfigLease lease, NewBenchmarkResult result) {
    public ConfigCompletion {
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(result, "result");
    }
}
