package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.UUID;

/** Versions of the software that serves models. */
public final class FrameworkRepository extends FrameworkReads {
    FrameworkRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a framework version and returns it as stored.
     *
     * @throws ConstraintViolationException if the name already has that version
     *     ({@code inference_frameworks_name_version_unique})
     */
    public InferenceFramework create(NewInferenceFramework framework) {
        Columns values = new Columns()
                .set("name", framework.name())
                .set("version", framework.version())
                .set("capabilities", framework.capabilities())
                .set("supports_quantization", framework.supportsQuantization())
                .set("supports_streaming", framework.supportsStreaming())
                .set("config_template", framework.configTemplate());
        return TABLE.create(jdbc, values);
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id
     */
    public InferenceFramework update(UUID id, UpdateInferenceFramework change) {
        return TABLE.update(jdbc, id, change);
    }

    /**
     * Deletes the framework version; false when none has the id. Its results stay.
     *
     * @throws ConstraintViolationException if a benchmark configuration uses it
     *     ({@code benchmark_configs_framework_fk})
     */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }
}
