package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/** The verbs of {@link FrameworkRepository} that only read. */
public sealed class FrameworkReads extends TableRows<InferenceFramework, FrameworkFilter> permits FrameworkRepository {
    static final Table<InferenceFramework> TABLE = Table.of(
                    "inference framework", "inference_frameworks", """
                    id, name, version, capabilities, supports_quantization, supports_streaming, config_template,
                    created_at, updated_at""", FrameworkReads::map)
            .newestFirst(InferenceFramework::createdAt, InferenceFramework::id)
            .audited("create", "update", "delete")
            .touching((tx, verb, row) -> Set.of(UnitNames.FRAMEWORKS));

    FrameworkReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The framework version with exactly this name and version, or empty. */
    public Optional<InferenceFramework> findByName(String name, String version) {
        Check.text("name", name);
        Check.text("version", version);
        return jdbc.find(
                TABLE.select("find_by_name").and("and name = ? and version = ?", name, version), TABLE.mapper());
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
