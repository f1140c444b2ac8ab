package dev.evalstore.benchmark;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which runs to list; what is null does not filter.
 *
 * @param status only in this status
 * @param provider only of this provider
 * @param model only of this model
 * @param dataset only on this dataset
 * @param createdFrom only created then or later
 * @param createdTo only created before then
 */
public record BenchmarkFilter(
        @Nullable BenchmarkStatus status,
        @Nullable String provider,
        @Nullable String model,
        @Nullable String dataset,
        @Nullable Instant createdFrom,
        @Nullable Instant createdTo) {
    /** Every run. */
    public static final BenchmarkFilter ALL = new BenchmarkFilter(null, null, null, null, null, null);

    public BenchmarkFilter {
        Check.textOrNull("provider", provider);
        Check.textOrNull("model", model);
        Check.textOrNull("dataset", dataset);
    }

    /** The same, only in this status. */
    public BenchmarkFilter status(BenchmarkStatus only) {
        return new BenchmarkFilter(only, provider, model, dataset, createdFrom, createdTo);
    }

    /** The same, only of this provider. */
    public BenchmarkFilter provider(String only) {
        return new BenchmarkFilter(status, only, model, dataset, createdFrom, createdTo);
    }

    /** The same, only of this model. */
    public BenchmarkFilter model(String only) {
        return new BenchmarkFilter(status, provider, only, dataset, createdFrom, createdTo);
    }

    /** The same, only on this dataset. */
    public BenchmarkFilter dataset(String only) {
        return new BenchmarkFilter(status, provider, model, only, createdFrom, createdTo);
    }

    /** The same, only created at {@code from} or later, and before {@code to}; either may be null. */
    public BenchmarkFilter created(@Nullable Instant from, @Nullable Instant to) {
        return new BenchmarkFilter(status, provider, model, dataset, from, to);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(status != null, "and status = ?", status)
                .andIf(provider != null, "and provider = ?", provider)
                .andIf(model != null, "and model = ?", model)
                .andIf(dataset != null, "and dataset = ?", dataset)
                .andIf(createdFrom != null, "and created_at >= ?", createdFrom)
                .andIf(createdTo != null, "and created_at < ?", createdTo);
    }
}
