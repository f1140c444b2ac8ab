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

    /** The same with a new name. */
    public UpdateBenchmark withName(String newName) {
        return new UpdateBenchmark(newName, description, totalIterations, metrics);
    }

    /** The same with another description. */
    public UpdateBenchmark withDescription(Patch<String> change) {
        return new UpdateBenchmark(name, change, totalIterations, metrics);
    }

    /** The same with another number of planned iterations. */
    public UpdateBenchmark withTotalIterations(int total) {
        return new UpdateBenchmark(name, description, total, metrics);
    }

    /** The same with other metrics. */
    public UpdateBenchmark withMetrics(Patch<Json> change) {
        return new UpdateBenchmark(name, description, totalIterations, change);
    }
}
