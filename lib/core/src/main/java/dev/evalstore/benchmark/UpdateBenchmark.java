package dev.evalstore.benchmark;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;

/**
 * A change of a run; {@link Benchmark} describes the fields. Immutable. The repository's verbs change the status and
 * the counters.
 */
public final class UpdateBenchmark extends Assignments<UpdateBenchmark> {
    /** Changes nothing. */
    public static final UpdateBenchmark NOTHING = new UpdateBenchmark(new Columns());

    private UpdateBenchmark(Columns columns) {
        super(columns, UpdateBenchmark::new);
    }

    public UpdateBenchmark name(String value) {
        return with("name", Check.text("name", value));
    }

    public UpdateBenchmark description(Patch<String> change) {
        Check.contentOrNull("description", change.value());
        return with("description", change);
    }

    public UpdateBenchmark totalIterations(int value) {
        return with("total_iterations", Check.notNegative("totalIterations", value));
    }

    public UpdateBenchmark metrics(Patch<Json> change) {
        return with("metrics", change);
    }
}
