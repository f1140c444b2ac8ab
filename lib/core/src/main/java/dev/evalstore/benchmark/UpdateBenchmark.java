package dev.evalstore.benchmark;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import org.jspecify.annotations.Nullable;

/**
 * A change of a run; {@link Benchmark} describes the fields. Null keeps the stored value. The repository's verbs change
 * the status and the counters.
 */
public record UpdateBenchmark(
        @Nullable String name,
        Patch<String> description,
        @Nullable Integer totalIterations,
        Patch<Json> metrics) {
    /** Changes nothing. */
    public static final UpdateBenchmark NOTHING = new UpdateBenchmark(null, Patch.keep(), null, Patch.keep());

    public UpdateBenchmark {
        Check.textOrNull("name", name);
        Check.contentOrNull("description", description.value());
        Check.notNegativeOrNull("totalIterations", totalIterations);
    }

    public UpdateBenchmark withName(String value) {
        return new UpdateBenchmark(value, description, totalIterations, metrics);
    }

    public UpdateBenchmark withDescription(Patch<String> change) {
        return new UpdateBenchmark(name, change, totalIterations, metrics);
    }

    public UpdateBenchmark withTotalIterations(int value) {
        return new UpdateBenchmark(name, description, value, metrics);
    }

    public UpdateBenchmark withMetrics(Patch<Json> change) {
        return new UpdateBenchmark(name, description, totalIterations, change);
    }
}
