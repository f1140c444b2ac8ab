package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import org.jspecify.annotations.Nullable;

/**
 * A change of a framework version.
 *
 * @param capabilities the new ones in place of the old, or null to keep them
 * @param supportsQuantization whether it serves quantized weights, or null to keep that
 * @param supportsStreaming whether it streams tokens, or null to keep that
 * @param configTemplate keep, set or clear
 */
public record UpdateInferenceFramework(
        @Nullable Json capabilities,
        @Nullable Boolean supportsQuantization,
        @Nullable Boolean supportsStreaming,
        Patch<Json> configTemplate) {
    /** Changes nothing. */
    public static final UpdateInferenceFramework NOTHING = new UpdateInferenceFramework(null, null, null, Patch.keep());

    /** The same with other capabilities. */
    public UpdateInferenceFramework withCapabilities(Json newCapabilities) {
        return new UpdateInferenceFramework(newCapabilities, supportsQuantization, supportsStreaming, configTemplate);
    }

    /** The same with quantized weights or without. */
    public UpdateInferenceFramework withSupportsQuantization(boolean newSupportsQuantization) {
        return new UpdateInferenceFramework(capabilities, newSupportsQuantization, supportsStreaming, configTemplate);
    }

    /** The same with streaming or without. */
    public UpdateInferenceFramework withSupportsStreaming(boolean newSupportsStreaming) {
        return new UpdateInferenceFramework(capabilities, supportsQuantization, newSupportsStreaming, configTemplate);
    }

    /** The same with another template. */
    public UpdateInferenceFramework withConfigTemplate(Patch<Json> change) {
        return new UpdateInferenceFramework(capabilities, supportsQuantization, supportsStreaming, change);
    }
}
