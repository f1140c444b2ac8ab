package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.UUID;

/** Versions of models. */
public final class ModelVersionRepository extends ModelVersionReads {
    /** Unless given: the weights' bytes, and a fifth more for cache and activations. */
    private static final String VRAM_REQUIREMENT_GB = """
            coalesce(?::numeric,
                (select parameters * ?::numeric / 8 * 1.2 / 1e9 from evalstore.models where id = ?))""";

    ModelVersionRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a version and returns it as stored. A VRAM requirement that is not given is computed from the model's
     * parameters as they are now. It stays the same if they are corrected later.
     *
     * @throws ConstraintViolationException if the model does not exist ({@code model_versions_model_fk}), or already
     *     has a version of that label, quantization and format ({@code model_versions_unique})
     */
    public ModelVersion create(NewModelVersion version) {
        NewModelVersion.Serving serving = version.serving();
        Columns values = new Columns()
                .set("model_id", version.modelId())
                .set("version_label", version.versionLabel())
                .set("quantization", version.quantization())
                .set("quantization_bits", version.quantizationBits())
                .set("format", version.format())
                .set("artifact_uri", serving.artifactUri())
                .set("api_endpoint", serving.apiEndpoint())
                .set("config", serving.config())
                .expression(
                        "vram_requirement_gb",
                        VRAM_REQUIREMENT_GB,
                        serving.vramRequirementGb(),
                        version.quantizationBits(),
                        version.modelId())
                .set("input_cost_per_1k", version.price().inputPer1k())
                .set("output_cost_per_1k", version.price().outputPer1k())
                .set("status", version.status());
        return TABLE.create(jdbc, values);
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id
     */
    public ModelVersion update(UUID id, UpdateModelVersion change) {
        return TABLE.update(jdbc, id, change);
    }

    /**
     * Deletes the version; false when none has the id. Its results stay.
     *
     * @throws ConstraintViolationException if a benchmark configuration or an experiment uses it
     *     ({@code benchmark_configs_model_version_fk}, {@code experiments_model_version_fk})
     */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }
}
