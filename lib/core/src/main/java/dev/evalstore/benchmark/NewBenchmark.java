package dev.evalstore.benchmark;

import dev.evalstore.internal.Check;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A run to create; {@link Benchmark} describes the fields. No text but the description may be blank; provider, model and
 * dataset have at most 800 bytes in UTF-8; and {@code totalIterations} is at least 0.
 */
public record NewBenchmark(
        String name,
        @Nullable String description,
        String provider,
        String model,
        String dataset,
        int totalIterations,
        @Nullable UUID createdBy) {
    public NewBenchmark {
        Check.text("name", name);
        Check.contentOrNull("description", description);
        Check.name("provider", provider);
        Check.name("model", model);
        Check.name("dataset", dataset);
        Check.notNegative("totalIterations", totalIterations);
    }

    /** A run without description and creator. */
    public static NewBenchmark of(String name, String provider, String model, String dataset, int totalIterations) {
        return new NewBenchmark(name, null, provider, model, dataset, totalIterations, null);
    }

    public NewBenchmark description(String value) {
        return new NewBenchmark(name, value, provider, model, dataset, totalIterations, createdBy);
    }

    public NewBenchmark createdBy(UUID value) {
        return new NewBenchmark(name, description, provider, model, dataset, totalIterations, value);
    }
}
