package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.util.Objects;

/** A change of a framework version; {@link InferenceFramework} describes the fields. Immutable. */
public final class UpdateInferenceFramework extends Assignments<UpdateInferenceFramework> {
    /** Changes nothing. */
    public static final UpdateInferenceFramework NOTHING = new UpdateInferenceFramework(new Columns());

    private UpdateInferenceFramework(Columns columns) {
        super(columns, UpdateInferenceFramework::new);
    }

    public UpdateInferenceFramework capabilities(Json value) {
        return with("capabilities", Objects.requireNonNull(value, "capabilities"));
    }

    public UpdateInferenceFramework supportsQuantization(boolean value) {
        return with("supports_quantization", value);
    }

    public UpdateInferenceFramework supportsStreaming(boolean value) {
        return with("supports_streaming", value);
    }

    public UpdateInferenceFramework configTemplate(Patch<Json> change) {
        return with("config_template", change);
    }
}
