package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import org.jspecify.annotations.Nullable;

/** A change of a framework version; {@link InferenceFramework} describes the fields. Null keeps the stored value. */
public record UpdateInferenceFramework(
        @Nullable Json capabilities,
        @Nullable Boolean supportsQuantization,
        @Nullable Boolean supportsStreaming,
        Patch<Json> configTemplate) {
    /** Changes nothing. */
    public static final UpdateInferenceFramework NOTHING = new UpdateInferenceFramework(null, null, null, Patch.keep());

    public UpdateInferenceFramework withCapabilities(Json value) {
        return new UpdateInferenceFramework(value, supportsQuantization, supportsStreaming, configTemplate);
    }

    public UpdateInferenceFramework withSupportsQuantization(boolean value) {
        return new UpdateInferenceFramework(capabilities, value, supportsStreaming, configTemplate);
    }

    public UpdateInferenceFramework withSupportsStreaming(boolean value) {
        return new UpdateInferenceFramework(capabilities, supportsQuantization, value, configTemplate);
    }

    public UpdateInferenceFramework withConfigTemplate(Patch<Json> change) {
        return new UpdateInferenceFramework(capabilities, supportsQuantization, supportsStreaming, change);
    }
}
