package dev.evalstore.search;

import java.util.List;

/** What every experiment has beside its metrics, params and tags. The names are those of the columns. */
public enum Attribute implements Field {
    ID("id", FieldType.ID),
    NAME("name", FieldType.TEXT),
    PROJECT("project", FieldType.TEXT),
    DESCRIPTION("description", FieldType.TEXT),
    KIND("kind", FieldType.WORD),
    STATUS("status", FieldType.WORD),
    NOTES("notes", FieldType.TEXT),
    ERROR("error", FieldType.TEXT),
    CREATED_AT("created_at", FieldType.TIME),
    UPDATED_AT("updated_at", FieldType.TIME),
    STARTED_AT("started_at", FieldType.TIME),
    COMPLETED_AT("completed_at", FieldType.TIME),
    ARCHIVED_AT("archived_at", FieldType.TIME),
    TOTAL_COST_USD("total_cost_usd", FieldType.NUMBER),
    INPUT_TOKENS("input_tokens", FieldType.NUMBER),
    OUTPUT_TOKENS("output_tokens", FieldType.NUMBER),
    DATASET_ID("dataset_id", FieldType.ID),
    MODEL_VERSION_ID("model_version_id", FieldType.ID),
    PARENT_ID("parent_id", FieldType.ID),
    CREATED_BY("created_by", FieldType.ID),

    /** Of the experiment's dataset, as are the two below: {@code datasets.name}. */
    DATASET_NAME("datasets.name", FieldType.TEXT),
    DATASET_VERSION("datasets.version_label", FieldType.TEXT),
    DATASET_CHECKSUM("datasets.checksum", FieldType.TEXT);

    private static final List<String> KINDS = List.of("fine_tuning", "evaluation", "comparison");
    private static final List<String> STATUSES = List.of("created", "running", "completed", "failed", "cancelled");

    private final String text;
    private final FieldType type;

    Attribute(String text, FieldType type) {
        this.text = text;
        this.type = type;
    }

    @Override
    public FieldType type() {
        return type;
    }

    /** The values that an attribute of the type {@link FieldType#WORD} may have; of others none are listed. */
    public List<String> words() {
        return this == STATUS ? STATUSES : this == KIND ? KINDS : List.of();
    }

    @Override
    public String toString() {
        return text;
    }
}
