package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Optional;

/** The verbs of {@link DatasetRepository} that only read. */
public sealed class DatasetReads extends TableRows<Dataset, DatasetFilter> permits DatasetRepository {
    static final Table<Dataset> TABLE = Table.of("dataset", "datasets", """
                    id, name, version_label, format, sample_count, size_bytes, domain, uri, checksum, validation_split,
                    metadata, created_at, updated_at""", DatasetReads::map)
            .newestFirst(Dataset::createdAt, Dataset::id)
            .audited("create", "update", "delete")
            .emitting(Emits.<Dataset>as("dataset")
                    .tell("name", Dataset::name)
                    .tell("versionLabel", Dataset::versionLabel)
                    .tell("format", Dataset::format)
                    .tell("checksum", Dataset::checksum)
                    .on("create", "created")
                    .on("update", "updated")
                    .on("delete", "deleted"));

    DatasetReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The dataset with exactly this name and version label, or empty. */
    public Optional<Dataset> findByName(String name, String versionLabel) {
        Check.text("name", name);
        Check.text("versionLabel", versionLabel);
        return jdbc.find(
                TABLE.select("find_by_name").and("and name = ? and version_label = ?", name, versionLabel),
                TABLE.mapper());
    }

    private static Dataset map(Row row) throws SQLException {
        return new Dataset(
                row.uuid("id"),
                row.text("name"),
                row.text("version_label"),
                row.enumValue("format", DatasetFormat.class),
                row.bigintOrNull("sample_count"),
                row.bigintOrNull("size_bytes"),
                row.textOrNull("domain"),
                row.textOrNull("uri"),
                row.textOrNull("checksum"),
                row.real("validation_split"),
                row.jsonOrNull("metadata"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
