package dev.evalstore.benchmark;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which evaluations to list. Conditions add up. Immutable. */
public final class EvaluationFilter extends Conditions<EvaluationFilter> {
    /** Every evaluation. */
    public static final EvaluationFilter ALL = new EvaluationFilter(Sql.NONE);

    private EvaluationFilter(Sql sql) {
        super(sql, EvaluationFilter::new);
    }

    /** Only evaluations of this run. */
    public EvaluationFilter benchmark(UUID id) {
        return and("and benchmark_id = ?", Objects.requireNonNull(id, "id"));
    }

    /** Only answers of a model of this provider. */
    public EvaluationFilter provider(String provider) {
        return and("and provider = ?", Check.text("provider", provider));
    }

    /** Only answers of this model. */
    public EvaluationFilter model(String model) {
        return and("and model = ?", Check.text("model", model));
    }

    /**
     * Only scores from {@code min} to {@code max}, both included; either may be null. An answer without a score meets
     * no bound.
     */
    public EvaluationFilter score(@Nullable Double min, @Nullable Double max) {
        Check.finiteOrNull("minScore", min);
        Check.finiteOrNull("maxScore", max);
        return within("and score >= ?", min, "and score <= ?", max);
    }

    /** Only evaluations that were stored at {@code from} or later, and before {@code to}; either may be null. */
    public EvaluationFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
