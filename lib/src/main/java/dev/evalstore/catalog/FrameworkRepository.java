package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Trail;
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

/** Versions of the software that serves models; obtained from {@code Database} or {@code Tx}. */
public final class FrameworkRepository {
    static final Table<InferenceFramework> TABLE = Table.of(
            "inference framework",
            "inference_frameworks",
            "id, name, version, capabilities, supports_quantization, supports_streaming, config_template, created_at,"
                    + " updated_at",
            FrameworkRepository::map);

    private static final Trail<InferenceFramework> TRAIL = Trail.of(TABLE, InferenceFramework::id);
    private static final Keyset<InferenceFramework> NEWEST =
            Keyset.newestFirst("inference_frameworks", InferenceFramework::createdAt, InferenceFramework::id);

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public FrameworkRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stores a framework version and gives it back as stored.
     *
     * @throws ConstraintViolationException if the name has that version already
     *     ({@code inference_frameworks_name_version_unique})
     */
    public InferenceFramework create(NewInferenceFramework framework) {
        return TRAIL.created(
                jdbc,
                new Columns()
                        .set("name", framework.name())
                        .set("version", framework.version())
                        .set("capabilities", framework.capabilities())
                        .set("supports_quantization", framework.supportsQuantization())
                        .set("supports_streaming", framework.supportsStreaming())
                        .set("config_template", framework.configTemplate()));
    }

    /** The framework version, or empty when none has the id. */
    public Optional<InferenceFramework> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /** The framework version, or empty when there is none of exactly this name and version. */
    public Optional<InferenceFramework> findByName(String name, String version) {
        Check.text("name", name);
        Check.text("version", version);
        return jdbc.find(TABLE.select().and("and name = ? and version = ?", name, version), TABLE.mapper());
    }

    /**
     * The framework version.
     *
     * @throws NotFoundException if none has the id
     */
    public InferenceFramework get(UUID id) {
        return TABLE.get(jdbc, id);
    }

    /**
     * Changes the given fields in one statement and gives the framework version as it is then.
     *
     * @throws NotFoundException if none has the id
     */
    public InferenceFramework update(UUID id, UpdateInferenceFramework change) {
        return TRAIL.updated(
                jdbc,
                id,
                new Columns()
                        .setIfGiven("capabilities", change.capabilities())
                        .setIfGiven("supports_quantization", change.supportsQuantization())
                        .setIfGiven("supports_streaming", change.supportsStreaming())
                        .patch("config_template", change.configTemplate()));
    }

    /**
     * Deletes the framework version; false when none has the id. Its results stay.
     *
     * @throws ConstraintViolationException if a benchmark configuration uses it ({@code benchmark_configs_framework_fk})
     */
    public boolean delete(UUID id) {
        return TRAIL.deleted(jdbc, id);
    }

    /**
     * Framework versions, newest first.
     *
     * @param name only of this name, or null for all
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<InferenceFramework> list(@Nullable String name, int limit, @Nullable Cursor after) {
        Check.textOrNull("name", name);
        return TABLE.page(jdbc, Sql.of("").andIf(name != null, "and name = ?", name), NEWEST, limit, after);
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
