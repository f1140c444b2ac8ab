package dev.evalstore.benchmark;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which evaluations to list; what is null does not filter.
 *
 * @param benchmarkId only of this run
 * @param provider only of this provider
 * @param model only of this model
 * @param minScore only scored at least that
 * @param maxScore only scored at most that
 * @param createdFrom only stored then or later
 * @param createdTo only stored before then
 */
public record EvaluationFilter(
        @Nullable UUID benchmarkId,
        @Nullable String provider,
        @Nullable String model,
        @Nullable Double minScore,
        @Nullable Double maxScore,
        @Nullable Instant createdFrom,
        @Nullable Instant createdTo) {
    /** Every evaluation. */
    public static final EvaluationFilter ALL = new EvaluationFilter(null, null, null, null, null, null, null);

    public EvaluationFilter {
        Check.textOrNull("provider", provider);
        Check.textOrNull("model", model);
        Check.finiteOrNull("minScore", minScore);
        Check.finiteOrNull("maxScore", maxScore);
    }

    /** The same, only of this run. */
    public EvaluationFilter benchmark(UUID only) {
        return new EvaluationFilter(only, provider, model, minScore, maxScore, createdFrom, createdTo);
    }

    /** The same, only of this provider. */
    public EvaluationFilter provider(String only) {
        return new EvaluationFilter(benchmarkId, only, model, minScore, maxScore, createdFrom, createdTo);
    }

    /** The same, only of this model. */
    public EvaluationFilter model(String only) {
        return new EvaluationFilter(benchmarkId, provider, only, minScore, maxScore, createdFrom, createdTo);
    }

    /** The same, only scored from {@code least} to {@code most}, both included; either may be null. */
    public EvaluationFilter score(@Nullable Double least, @Nullable Double most) {
        return new EvaluationFilter(benchmarkId, provider, model, least, most, createdFrom, createdTo);
    }

    /** The same, only stored at {@code from} or later, and before {@code to}; either may be null. */
    public EvaluationFilter created(@Nullable Instant from, @Nullable Instant to) {
        return new EvaluationFilter(benchmarkId, provider, model, minScore, maxScore, from, to);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(benchmarkId != null, "and benchmark_id = ?", benchmarkId)
                .andIf(provider != null, "and provider = ?", provider)
                .andIf(model != null, "and model = ?", model)
                .andIf(minScore != null, "and score >= ?", minScore)
                .andIf(maxScore != null, "and score <= ?", maxScore)
                .andIf(createdFrom != null, "and created_at >= ?", createdFrom)
                .andIf(createdTo != null, "and created_at < ?", createdTo);
    }
}
