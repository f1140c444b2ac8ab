package dev.evalstore.tracking;

import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** The rows of experiments. Those that are deleted and not gone yet are not read. */
final class ExperimentRows {
    /** Project and params are read by subqueries over the row alone, so that a statement pays for the rows that it returns. */
    static final Table<Experiment> TABLE = Table.of("experiment", "experiments", """
                    id, (select p.name from evalstore.projects p where p.id = project) as project, name, description,
                    kind, status, dataset_id, model_version_id,
                    (select coalesce(jsonb_object_agg(n.name, jsonb_build_array(v.kind, v.text_value)), '{}')
                        from evalstore.experiment_params v join evalstore.param_names n on n.id = v.name_id
                        where v.experiment = number) as params,
                    tags, config, results, notes, error, started_at, completed_at, total_cost_usd, input_tokens,
                    output_tokens, parent_id, archived_at, created_by, created_at, updated_at""", ExperimentRows::map)
            .newestFirst(Experiment::createdAt, Experiment::id)
            .status(Experiment::status)
            .softDeleted()
            .audited("create", "update", "log", "start", "complete", "fail", "cancel", "archive", "restore", "delete")
            .emitting(Emits.<Experiment>as("experiment")
                    .tell("project", Experiment::project)
                    .tell("name", Experiment::name)
                    .tell("kind", Experiment::kind)
                    .tell("status", Experiment::status)
                    .tell("datasetId", Experiment::datasetId)
                    .tell("modelVersionId", Experiment::modelVersionId)
                    .tell("parentId", Experiment::parentId)
                    .tell("archivedAt", Experiment::archivedAt)
                    .tell("createdBy", Experiment::createdBy)
                    .on("create", "created")
                    .on("update", "updated")
                    .on("start", "started")
                    .on("complete", "completed")
                    .on("fail", "failed")
                    .on("cancel", "cancelled")
                    .on("archive", "archived")
                    .on("restore", "restored")
                    .on("delete", "deleted"));

    private static final String LOCK = """
            and id = ? for no key update""";

    private ExperimentRows() {}

    /**
     * The columns of a new row.
     *
     * @param project its number
     */
    static Columns columns(int project, NewExperiment experiment) {
        return new Columns()
                .set("project", project)
                .set("name", experiment.name())
                .set("description", experiment.about().description())
                .set("kind", experiment.kind())
                .set("dataset_id", experiment.links().datasetId())
                .set("model_version_id", experiment.links().modelVersionId())
                .set("tags", ExperimentRules.tagsJson(experiment.tags()))
                .set("config", experiment.about().config())
                .set("notes", experiment.about().notes())
                .set("parent_id", experiment.links().parentId())
                .set("created_by", experiment.createdBy());
    }

    /** The row as it is, against other writers; logging, and feedback on its evaluations, wait for it too. */
    static Experiment lock(Jdbc tx, UUID id) {
        return tx.change(TABLE.select("lock").and(LOCK, id), TABLE.mapper()).orElseThrow(() -> TABLE.notFound(id));
    }

    /** The value of a param whose columns the row has. */
    static ParamValue param(Row row) throws SQLException {
        return new ParamValue(row.enumValue("kind", ParamKind.class), row.text("text_value"));
    }

    /** Params as the table's statements read them, or another one that selects the same. */
    static Map<String, ParamValue> params(String json) {
        Map<String, ParamValue> params = new HashMap<>();
        Map<?, ?> document = JsonCodec.read(json, Map.class);
        document.forEach((name, pair) -> {
            List<?> parts = (List<?>) pair;
            String kind = parts.get(0).toString().toUpperCase(Locale.ROOT);
            params.put(
                    name.toString(),
                    new ParamValue(ParamKind.valueOf(kind), parts.get(1).toString()));
        });
        return params;
    }

    /** Tags as their column has them. */
    static Map<String, String> tags(String json) {
        Map<String, String> tags = new HashMap<>();
        Map<?, ?> document = JsonCodec.read(json, Map.class);
        document.forEach((name, value) -> tags.put(name.toString(), value.toString()));
        return tags;
    }

    static Experiment map(Row row) throws SQLException {
        return new Experiment(
                row.uuid("id"),
                row.text("project"),
                row.text("name"),
                row.textOrNull("description"),
                row.enumValue("kind", ExperimentKind.class),
                row.enumValue("status", ExperimentStatus.class),
                row.uuidOrNull("dataset_id"),
                row.uuidOrNull("model_version_id"),
                params(row.text("params")),
                tags(row.text("tags")),
                row.jsonOrNull("config"),
                row.jsonOrNull("results"),
                row.textOrNull("notes"),
                row.textOrNull("error"),
                row.instantOrNull("started_at"),
                row.instantOrNull("completed_at"),
                row.numeric("total_cost_usd"),
                row.bigint("input_tokens"),
                row.bigint("output_tokens"),
                row.uuidOrNull("parent_id"),
                row.instantOrNull("archived_at"),
                row.uuidOrNull("created_by"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
