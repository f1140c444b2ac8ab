package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.UUID;

/** Datasets: what models are trained on and evaluated with. */
public final class DatasetRepository extends DatasetReads {
    DatasetRepository(Jdbc jdbc) {
        super(jdbc);
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
}
