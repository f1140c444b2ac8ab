package dev.evalstore.tracking;

import dev.evalstore.benchmark.EvaluationReads;
import dev.evalstore.exchange.ExchangeReads;
import dev.evalstore.internal.jdbc.Jdbc;

/**
 * Tracking: experiments with everything that is logged of them, feedback on evaluations, costs, comparisons,
 * and figures over them.
 */
public final class Tracking extends TrackingReads {
    /** Called by {@code Repositories} alone. */
    public Tracking(Jdbc jdbc, EvaluationReads evaluations, ExchangeReads exchange) {
        super(jdbc, evaluations, exchange);
    }

    /** Experiments: their life, what is logged of them, and the search for them. */
    @Override
    public ExperimentRepository experiments() {
        return new ExperimentRepository(jdbc);
    }

    /** What people say of evaluations. */
    @Override
    public FeedbackRepository feedback() {
        return new FeedbackRepository(jdbc);
    }

    /** What requests to models cost. */
    @Override
    public CostRepository costs() {
        return new CostRepository(jdbc);
    }

    /** Comparisons: what they are computed from, and what they came to. */
    @Override
    public ComparisonRepository comparisons() {
        return new ComparisonRepository(jdbc, exchange.submissions());
    }
}
