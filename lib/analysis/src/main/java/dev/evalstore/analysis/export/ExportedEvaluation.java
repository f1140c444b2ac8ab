package dev.evalstore.analysis.export;

import dev.evalstore.Json;
import dev.evalstore.analysis.export.JsonFields.Value;
import dev.evalstore.benchmark.Evaluation;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A row of an {@link EvaluationExport}.
 *
 * @param fields the metrics that have columns of their own
 * @param feedback an array, or null where nobody asked
 */
record ExportedEvaluation(
        Evaluation evaluation,
        Map<String, Value> fields,
        @Nullable Json feedback) {
    static ExportedEvaluation of(Evaluation evaluation, Set<String> metrics, @Nullable Json feedback) {
        return new ExportedEvaluation(
                evaluation, metrics.isEmpty() ? Map.of() : JsonFields.of(evaluation.metrics(), metrics), feedback);
    }
}
