package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Versions of the software that serves models. */
public final class FrameworkRepository extends TableRows<InferenceFramework, FrameworkFilter> {
    static final Table<InferenceFramework> TABLE = Table.of(
                    "inference framework", "inference_frameworks", """
                    id, name, version, capabilities, supports_quantization, supports_streaming, config_template,
                    created_at, updated_at""", FrameworkRepository::map)
            .newestFirst(InferenceFramework::createdAt, InferenceFramework::id)
            .audited("create", "update", "delete");

    FrameworkRepository(Jdbc jdbc) {
        super(jdbc, TABLE);
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

    /** The framework version with exactly this name and version, or empty. */
    public Optional<InferenceFramework> findByName(String name, String version) {
        Check.text("name", name);
        Check.text("version", version);
        return jdbc.find(
                TABLE.select("find_by_name").and("and name = ? and version = ?", name, version), TABLE.mapper());
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

    private static InferenceFramework map(Row row) throws SQLException {
        return new InferenceFramework(
                row.uuid("id"),
                row.text("name"),
                row.text("version"),
                row.json("capabilities"),
                row.bool("supports_quantization"),
                row.bool("supports_streaming"),
                row.jsonOrNull("config_template"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
