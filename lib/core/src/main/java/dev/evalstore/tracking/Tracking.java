package dev.evalstore.tracking;

import dev.evalstore.NotFoundException;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationRepository;
import dev.evalstore.exchange.Exchange;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.Objects;
import java.util.UUID;

/**
 * Tracking: experiments with everything that is logged of them, feedback on evaluations, costs, comparisons,
 * and figures over them.
 */
public final class Tracking {
    private final Jdbc jdbc;
    private final EvaluationRepository evaluations;
    private final Exchange exchange;

    /** Called by {@code Repositories} alone. */
    public Tracking(Jdbc jdbc, EvaluationRepository evaluations, Exchange exchange) {
        this.jdbc = jdbc;
        this.evaluations = evaluations;
        this.exchange = exchange;
    }

    /** Experiments: their life, what is logged of them, and the search for them. */
    public ExperimentRepository experiments() {
        return new ExperimentRepository(jdbc);
    }

    /** What people say of evaluations. */
    public FeedbackRepository feedback() {
        return new FeedbackRepository(jdbc);
    }

    /** What requests to models cost. */
    public CostRepository costs() {
        return new CostRepository(jdbc);
    }

    /** Comparisons: what they are computed from, and what they came to. */
    public ComparisonRepository comparisons() {
        return new ComparisonRepository(jdbc, exchange);
    }

    /** Figures over the evaluations that the filter admits. */
    public Analytics analytics(EvaluationFilter filter) {
        return new Analytics(jdbc, evaluations, Objects.requireNonNull(filter, "filter"));
    }

    /**
     * What an experiment comes to, in one statement.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     */
    public ExperimentSummary summary(UUID experiment) {
        return Summaries.find(jdbc, Objects.requireNonNull(experiment, "experiment"))
                .orElseThrow(() -> ExperimentRepository.TABLE.notFound(experiment));
    }
}
