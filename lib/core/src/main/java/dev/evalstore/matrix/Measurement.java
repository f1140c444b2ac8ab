package dev.evalstore.matrix;

import java.util.Objects;

/**
 * A result and what it was measured on, where no configuration asked for it.
 *
 * @param of what was measured
 * @param result what came out
 */
public record Measurement(Combination of, NewBenchmarkResult result) {
    public Measurement {
        Objects.requireNonNull(of, "of");
        Objects.requireNonNull(result, "result");
    }
}
