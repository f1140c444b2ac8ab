package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.util.Objects;

/** A change of a dataset; {@link Dataset} describes the fields, {@link NewDataset} what they must be. Immutable. */
public final class UpdateDataset extends Assignments<UpdateDataset> {
    /** Changes nothing. */
    public static final UpdateDataset NOTHING = new UpdateDataset(new Columns());

    private UpdateDataset(Columns columns) {
        super(columns, UpdateDataset::new);
    }

    public UpdateDataset name(String value) {
        return with("name", DatasetRules.name(value));
    }

    public UpdateDataset versionLabel(String value) {
        return with("version_label", DatasetRules.versionLabel(value));
    }

    public UpdateDataset format(DatasetFormat value) {
        return with("format", Objects.requireNonNull(value, "format"));
    }

    public UpdateDataset sampleCount(Patch<Long> change) {
        DatasetRules.count("sampleCount", valueOf("sampleCount", change));
        return with("sample_count", change);
    }

    public UpdateDataset sizeBytes(Patch<Long> change) {
        DatasetRules.count("sizeBytes", valueOf("sizeBytes", change));
        return with("size_bytes", change);
    }

    public UpdateDataset domain(Patch<String> change) {
        DatasetRules.domain(valueOf("domain", change));
        return with("domain", change);
    }

    public UpdateDataset uri(Patch<String> change) {
        DatasetRules.uri(valueOf("uri", change));
        return with("uri", change);
    }

    public UpdateDataset checksum(Patch<String> change) {
        DatasetRules.checksum(valueOf("checksum", change));
        return with("checksum", change);
    }

    public UpdateDataset validationSplit(double value) {
        return with("validation_split", DatasetRules.validationSplit(value));
    }

    public UpdateDataset metadata(Patch<Json> change) {
        DatasetRules.metadata(valueOf("metadata", change));
        return with("metadata", change);
    }
}
