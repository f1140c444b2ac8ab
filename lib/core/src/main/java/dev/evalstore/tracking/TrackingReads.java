package dev.evalstore.tracking;

import dev.evalstore.NotFoundException;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationReads;
import dev.evalstore.exchange.ExchangeReads;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.Objects;
import java.util.UUID;

/** What of the room {@link Tracking} only reads. */
public sealed class TrackingReads permits Tracking {
    final Jdbc jdbc;
    final ExchangeReads exchange;
    private final EvaluationReads evaluations;

    /** Called by {@code Reading} alone. */
    public TrackingReads(Jdbc jdbc, EvaluationReads evaluations, ExchangeReads exchange) {
        this.jdbc = jdbc;
        this.evaluations = evaluations;
        this.exchange = exchange;
    }

    /** Experiments: their life, what is logged of them, and the search for them. */
    public ExperimentReads experiments() {
        return new ExperimentReads(jdbc);
    }

    /** What people say of evaluations. */
    public FeedbackReads feedback() {
        return new FeedbackReads(jdbc);
    }

    /** What requests to models cost. */
    public CostReads costs() {
        return new CostReads(jdbc);
    }

    /** Comparisons: what they are computed from, and what they came to. */
    public ComparisonReads comparisons() {
        return new ComparisonReads(jdbc, exchange.submissions());
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
                .orElseThrow(() -> ExperimentReads.TABLE.notFound(experiment));
    }
}
