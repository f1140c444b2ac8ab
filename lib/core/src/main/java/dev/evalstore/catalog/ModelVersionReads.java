package dev.evalstore.catalog;

import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Set;

/** The verbs of {@link ModelVersionRepository} that only read. */
public sealed class ModelVersionReads extends TableRows<ModelVersion, ModelVersionFilter>
        permits ModelVersionRepository {
    static final Table<ModelVersion> TABLE = Table.of("model version", "model_versions", """
                    id, model_id, version_label, quantization, quantization_bits, format, artifact_uri, api_endpoint,
                    config, vram_requirement_gb, input_cost_per_1k, output_cost_per_1k, status, created_at,
                    updated_at""", ModelVersionReads::map)
            .newestFirst(ModelVersion::createdAt, ModelVersion::id)
            .audited("create", "update", "delete")
            // What is deleted with it shows in results, rankings and boards too.
            .touching((tx, verb, version) -> verb.equals("delete")
                    ? Set.of(UnitNames.EVERYTHING)
                    : Set.of(UnitNames.model(version.modelId()), UnitNames.modelVersion(version.id())));

    ModelVersionReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    private static ModelVersion map(Row row) throws SQLException {
        return new ModelVersion(
                row.uuid("id"),
                row.uuid("model_id"),
                row.text("version_label"),
                row.enumValue("quantization", Quantization.class),
                row.integerOrNull("quantization_bits"),
                row.enumValue("format", ModelFormat.class),
                row.textOrNull("artifact_uri"),
                row.textOrNull("api_endpoint"),
                row.jsonOrNull("config"),
                row.numericOrNull("vram_requirement_gb"),
                row.numericOrNull("input_cost_per_1k"),
                row.numericOrNull("output_cost_per_1k"),
                row.enumValue("status", VersionStatus.class),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
