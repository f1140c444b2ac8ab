package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which costs to read. Conditions add up. Immutable. */
public final class CostFilter extends Conditions<CostFilter> {
    /** All costs. */
    public static final CostFilter ALL = new CostFilter(Sql.NONE);

    private CostFilter(Sql sql) {
        super(sql, CostFilter::new);
    }

    /** Only requests to this provider. */
    public CostFilter provider(String provider) {
        return and("and provider = ?", Check.text("provider", provider));
    }

    /** Only requests to this model. */
    public CostFilter model(String model) {
        return and("and model = ?", Check.text("model", model));
    }

    /** Only what was spent on this experiment. */
    public CostFilter experiment(UUID experimentId) {
        return and("and experiment_id = ?", Objects.requireNonNull(experimentId, "experimentId"));
    }

    /** Only what was spent on this evaluation. No index has evaluations: bound the time as well. */
    public CostFilter evaluation(UUID evaluationId) {
        return and("and evaluation_id = ?", Objects.requireNonNull(evaluationId, "evaluationId"));
    }

    /** Only what was spent by this job. No index has jobs: bound the time as well. */
    public CostFilter job(UUID jobId) {
        return and("and job_id = ?", Objects.requireNonNull(jobId, "jobId"));
    }

    /** Only requests made at {@code from} or later, and before {@code to}; either may be null. Other months are not read. */
    public CostFilter requested(@Nullable Instant from, @Nullable Instant to) {
        return between("and requested_at >= ?", from, "and requested_at < ?", to);
    }
}
