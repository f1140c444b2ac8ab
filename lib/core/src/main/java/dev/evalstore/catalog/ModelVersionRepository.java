package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.audit.Trail;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Versions of models; obtained from {@code Database} or {@code Tx}. */
public final class ModelVersionRepository {
    static final Table<ModelVersion> TABLE = Table.of(
            "model version",
            "model_versions",
            "id, model_id, version_label, quantization, quantization_bits, format, artifact_uri, api_endpoint, config,"
                    + " vram_requirement_gb, input_cost_per_1k, output_cost_per_1k, status, created_at, updated_at",
            ModelVersionRepository::map);

    private static final Trail<ModelVersion> TRAIL = Trail.of(TABLE, ModelVersion::id);
    private static final Keyset<ModelVersion> NEWEST =
            Keyset.newestFirst("model_versions", ModelVersion::createdAt, ModelVersion::id);

    /** The requirement, unless given, is weights x bits / 8 bytes, and a fifth more for cache and activations; see Quantization. */
    private static final String CREATE =
            "/* model_versions.create */ insert into evalstore.model_versions (id, model_id,"
                    + " version_label, quantization, quantization_bits, format, artifact_uri, api_endpoint, config, vram_requirement_gb,"
                    + " input_cost_per_1k, output_cost_per_1k, status)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, coalesce(?::numeric, (select parameters * ?::numeric / 8 * 1.2 / 1e9"
                    + " from evalstore.models where id = ?)), ?, ?, ?) returning " + TABLE.columns();

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public ModelVersionRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stores a version and gives it back as stored. A VRAM requirement that is not given is computed from the model's parameters
     * as they are now, and stays as it is when they are corrected later.
     *
     * @throws ConstraintViolationException if the model does not exist ({@code model_versions_model_fk}), or has a version of
     *     that label, quantization and format ({@code model_versions_unique})
     */
    public ModelVersion create(NewModelVersion version) {
        UUID id = Uuids.next();
        return TRAIL.created(
                jdbc,
                on -> TABLE.insert(
                        on,
                        id,
                        Sql.of(
                                CREATE,
                                id,
                                version.modelId(),
                                version.versionLabel(),
                                version.quantization(),
                                version.quantizationBits(),
                                version.format(),
                                version.artifactUri(),
                                version.apiEndpoint(),
                                version.config(),
                                version.vramRequirementGb(),
                                version.quantizationBits(),
                                version.modelId(),
                                version.inputCostPer1k(),
                                version.outputCostPer1k(),
                                version.status())));
    }

    /** The version, or empty when none has the id. */
    public Optional<ModelVersion> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /**
     * The version.
     *
     * @throws NotFoundException if none has the id
     */
    public ModelVersion get(UUID id) {
        return TABLE.get(jdbc, id);
    }

    /**
     * Changes the given fields in one statement and gives the version as it is then.
     *
     * @throws NotFoundException if none has the id
     */
    public ModelVersion update(UUID id, UpdateModelVersion change) {
        return TRAIL.updated(
                jdbc,
                id,
                new Columns()
                        .patch("artifact_uri", change.artifactUri())
                        .patch("api_endpoint", change.apiEndpoint())
                        .patch("config", change.config())
                        .patch("vram_requirement_gb", change.vramRequirementGb())
                        .patch("input_cost_per_1k", change.inputCostPer1k())
                        .patch("output_cost_per_1k", change.outputCostPer1k())
                        .setIfGiven("status", change.status()));
    }

    /**
     * Deletes the version; false when none has the id. Its results stay.
     *
     * @throws ConstraintViolationException if a benchmark configuration uses it ({@code benchmark_configs_model_version_fk})
     */
    public boolean delete(UUID id) {
        return TRAIL.deleted(jdbc, id);
    }

    /**
     * Versions that the filter admits, newest first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<ModelVersion> list(ModelVersionFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.page(jdbc, filter.sql(), NEWEST, limit, after);
    }

    /** How many versions the filter admits. */
    public long count(ModelVersionFilter filter) {
        return TABLE.count(jdbc, filter.sql());
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
