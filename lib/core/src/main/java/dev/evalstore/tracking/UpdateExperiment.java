package dev.evalstore.tracking;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.math.BigDecimal;
import java.util.Map;
import java.util.UUID;

/**
 * A change of an experiment; {@link Experiment} describes the fields, {@link NewExperiment} what they must be. Immutable. The
 * repository's verbs change the status and store results, metrics and params.
 */
public final class UpdateExperiment extends Assignments<UpdateExperiment> {
    /** Changes nothing. */
    public static final UpdateExperiment NOTHING = new UpdateExperiment(new Columns());

    private UpdateExperiment(Columns columns) {
        super(columns, UpdateExperiment::new);
    }

    public UpdateExperiment name(String value) {
        return with("name", ExperimentRules.name(value));
    }

    public UpdateExperiment description(Patch<String> change) {
        ExperimentRules.description(valueOf("description", change));
        return with("description", change);
    }

    public UpdateExperiment datasetId(Patch<UUID> change) {
        return with("dataset_id", change);
    }

    public UpdateExperiment modelVersionId(Patch<UUID> change) {
        return with("model_version_id", change);
    }

    /** Replaces the present tags. */
    public UpdateExperiment tags(Map<String, String> values) {
        return with("tags", ExperimentRules.tagsJson(ExperimentRules.tags(values)));
    }

    public UpdateExperiment config(Patch<Json> change) {
        ExperimentRules.config(valueOf("config", change));
        return with("config", change);
    }

    public UpdateExperiment notes(Patch<String> change) {
        ExperimentRules.notes(valueOf("notes", change));
        return with("notes", change);
    }

    /** At most nine decimals. */
    public UpdateExperiment totalCostUsd(BigDecimal value) {
        return with("total_cost_usd", Check.usd("totalCostUsd", value));
    }

    public UpdateExperiment inputTokens(long value) {
        return with("input_tokens", Check.notNegative("inputTokens", value));
    }

    public UpdateExperiment outputTokens(long value) {
        return with("output_tokens", Check.notNegative("outputTokens", value));
    }
}
