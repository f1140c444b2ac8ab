package dev.evalstore.analysis.export;

import dev.evalstore.Repositories;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationOrder;
import dev.evalstore.benchmark.EvaluationRepository;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * An export of the evaluations that a filter admits, a row each. Its columns are {@link #COLUMNS}; unless they are named, all
 * but the last three, which {@link #metrics()}, {@link #metadata} and {@link #feedback} add.
 *
 * <pre>{@code
 * EvaluationExport.of(EvaluationFilter.ALL.experiment(id))
 *         .order(EvaluationOrder.HIGHEST_SCORE)
 *         .columns("item_key", "score", "output")
 *         .metrics("f1")
 *         .toFile(db, Path.of("scores.csv"), ExportFormat.CSV);
 * }</pre>
 */
public final class EvaluationExport extends Export<EvaluationExport> {
    private static final String FEEDBACK = "feedback";

    private static final Columns<ExportedEvaluation> KNOWN = new Columns<ExportedEvaluation>()
            .text("id", row -> row.evaluation().id())
            .text("benchmark_id", row -> row.evaluation().benchmarkId())
            .text("experiment_id", row -> row.evaluation().experimentId())
            .text("model_version_id", row -> row.evaluation().modelVersionId())
            .text("provider", row -> row.evaluation().provider())
            .text("model", row -> row.evaluation().model())
            .text("item_key", row -> row.evaluation().itemKey())
            .number("repeat", row -> row.evaluation().repeat())
            .text("input", row -> row.evaluation().input())
            .text("output", row -> row.evaluation().output())
            .text("expected", row -> row.evaluation().expected())
            .number("score", row -> row.evaluation().score())
            .number("latency_ms", row -> row.evaluation().latencyMs())
            .number("input_tokens", row -> row.evaluation().inputTokens())
            .number("output_tokens", row -> row.evaluation().outputTokens())
            .number("cost_usd", row -> row.evaluation().costUsd())
            .number("rating", row -> row.evaluation().rating())
            .json("judge_scores", row -> row.evaluation().judgeScores())
            .json("criteria", row -> row.evaluation().criteria())
            .text("evaluator_version", row -> row.evaluation().evaluatorVersion())
            .text("created_by", row -> row.evaluation().createdBy())
            .text("created_at", row -> row.evaluation().createdAt())
            .json(Columns.METRICS, row -> row.evaluation().metrics())
            .json(Columns.METADATA, row -> row.evaluation().metadata())
            .json(FEEDBACK, ExportedEvaluation::feedback);

    /** The names of all columns, in their order: those of the table, the last of them {@code metrics, metadata, feedback}. */
    public static final List<String> COLUMNS = KNOWN.names();

    private final EvaluationFilter filter;
    private final EvaluationOrder order;

    private EvaluationExport(EvaluationFilter filter, EvaluationOrder order, ExportOptions options) {
        super(options);
        this.filter = filter;
        this.order = order;
    }

    /** All evaluations that the filter admits, newest first. */
    public static EvaluationExport of(EvaluationFilter filter) {
        List<String> plain = COLUMNS.subList(0, COLUMNS.indexOf(Columns.METRICS));
        return new EvaluationExport(
                Objects.requireNonNull(filter, "filter"),
                EvaluationOrder.NEWEST,
                new ExportOptions(plain, List.of(), ExportOptions.NO_MAXIMUM));
    }

    /** The rows in this order, which is that of {@link EvaluationRepository#list}. */
    public EvaluationExport order(EvaluationOrder by) {
        return new EvaluationExport(filter, Objects.requireNonNull(by, "order"), options);
    }

    /**
     * Adds a column {@code feedback} behind the others, unless it is among them: an array of what was said of the evaluation,
     * the oldest first. Each entry has {@code user_id}, {@code rating}, {@code thumbs}, {@code comment}, {@code criteria},
     * {@code created_at} and {@code updated_at}, and null where there is none.
     *
     * @throws IllegalArgumentException if the export then has more than 200 columns
     */
    public EvaluationExport feedback() {
        return with(options.add(FEEDBACK, List.of(FEEDBACK)));
    }

    @Override
    EvaluationExport with(ExportOptions changed) {
        return new EvaluationExport(filter, order, changed);
    }

    @Override
    Columns<?> known() {
        return KNOWN;
    }

    @Override
    Source<?> source(Repositories db) {
        List<String> names = options.names();
        Set<String> metrics = Columns.metrics(names);
        boolean wantsFeedback = names.contains(FEEDBACK);
        return new Source<>(names, KNOWN.cells(names, ExportedEvaluation::fields), (maximum, consumer) -> {
            if (wantsFeedback) {
                FeedbackJoin join = new FeedbackJoin(db, metrics, consumer);
                db.evaluations().stream(filter, order, maximum, join);
                join.flush();
            } else {
                db.evaluations().stream(
                        filter, order, maximum, row -> consumer.accept(ExportedEvaluation.of(row, metrics, null)));
            }
        });
    }
}
