package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Datasets: what models are trained on and evaluated with. */
public final class DatasetRepository extends TableRows<Dataset, DatasetFilter> {
    static final Table<Dataset> TABLE = Table.of("dataset", "datasets", """
                    id, name, version_label, format, sample_count, size_bytes, domain, uri, checksum, validation_split,
                    metadata, created_at, updated_at""", DatasetRepository::map)
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

    DatasetRepository(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /**
     * Stores a dataset and returns it as stored.
     *
     * @throws ConstraintViolationException if the name already has that version
     *     ({@code datasets_name_version_label_unique})
     */
    public Dataset create(NewDataset dataset) {
        Columns values = new Columns()
                .set("name", dataset.name())
                .set("version_label", dataset.versionLabel())
                .set("format", dataset.format())
                .set("sample_count", dataset.size().sampleCount())
                .set("size_bytes", dataset.size().sizeBytes())
                .set("domain", dataset.source().domain())
                .set("uri", dataset.source().uri())
                .set("checksum", dataset.source().checksum())
                .set("validation_split", dataset.validationSplit())
                .set("metadata", dataset.metadata());
        return TABLE.create(jdbc, values);
    }

    /** The dataset with exactly this name and version label, or empty. */
    public Optional<Dataset> findByName(String name, String versionLabel) {
        Check.text("name", name);
        Check.text("versionLabel", versionLabel);
        return jdbc.find(
                TABLE.select("find_by_name").and("and name = ? and version_label = ?", name, versionLabel),
                TABLE.mapper());
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id
     * @throws ConstraintViolationException if the name already has that version
     *     ({@code datasets_name_version_label_unique})
     */
    public Dataset update(UUID id, UpdateDataset change) {
        return TABLE.update(jdbc, id, change);
    }

    /**
     * Deletes the dataset; false when none has the id.
     *
     * @throws ConstraintViolationException if an experiment uses it ({@code experiments_dataset_fk}), also one that is
     *     deleted and not gone yet
     */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
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
