package dev.evalstore.matrix;

import java.util.Objects;

/**
 * A result that no config asked for, with the combination that it measured.
 *
 * @param combination what was measured
 * @param result what came out
 */
public record Measurement(Combination combination, NewBenchmarkResult result) {
    public Measurement {
        Objects.requireNonNull(combination, "combination");
        Objects.requireNonNull(result, "result");
    }
}
