package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.List;
import java.util.Objects;

/** A change of a model; {@link Model} describes the fields. Immutable. */
public final class UpdateModel extends Assignments<UpdateModel> {
    /** Changes nothing. */
    public static final UpdateModel NOTHING = new UpdateModel(new Columns());

    private UpdateModel(Columns columns) {
        super(columns, UpdateModel::new);
    }

    public UpdateModel name(String value) {
        return with("name", Check.name("name", value));
    }

    public UpdateModel kind(ModelKind value) {
        return with("kind", Objects.requireNonNull(value, "kind"));
    }

    public UpdateModel provider(Patch<String> change) {
        Check.nameOrNull("provider", change.value());
        return with("provider", change);
    }

    public UpdateModel architecture(Patch<String> change) {
        Check.nameOrNull("architecture", change.value());
        return with("architecture", change);
    }

    /** The VRAM requirements of the model's versions stay as they are. */
    public UpdateModel parameters(Patch<Long> change) {
        Check.positiveOrNull("parameters", change.value());
        return with("parameters", change);
    }

    public UpdateModel baseModel(Patch<String> change) {
        Check.textOrNull("baseModel", change.value());
        return with("base_model", change);
    }

    /** Replaces the present tags. */
    public UpdateModel tags(List<String> values) {
        return with("tags", SqlArray.texts(Check.names("tags", values)));
    }

    public UpdateModel metadata(Patch<Json> change) {
        return with("metadata", change);
    }
}
