package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A framework version to create.
 *
 * @param name such as vllm; not blank
 * @param version unique within the name; not blank
 * @param capabilities what it can do
 * @param supportsQuantization whether it serves quantized weights
 * @param supportsStreaming whether it streams tokens
 * @param configTemplate how a run of it is configured, or null
 */
public record NewInferenceFramework(
        String name,
        String version,
        Json capabilities,
        boolean supportsQuantization,
        boolean supportsStreaming,
        @Nullable Json configTemplate) {
    public NewInferenceFramework {
        Check.text("name", name);
        Check.text("version", version);
        Objects.requireNonNull(capabilities, "capabilities");
    }

    /** A framework that neither serves quantized weights nor streams. */
    public static NewInferenceFramework of(String name, String version) {
        return new NewInferenceFramework(name, version, Json.EMPTY, false, false, null);
    }

    /** The same with what it can do. */
    public NewInferenceFramework capabilities(Json value) {
        return new NewInferenceFramework(name, version, value, supportsQuantization, supportsStreaming, configTemplate);
    }

    /** The same with whether it serves quantized weights, and whether it streams tokens. */
    public NewInferenceFramework supports(boolean quantization, boolean streaming) {
        return new NewInferenceFramework(name, version, capabilities, quantization, streaming, configTemplate);
    }

    /** The same with how a run of it is configured. */
    public NewInferenceFramework configTemplate(Json template) {
        return new NewInferenceFramework(
                name, version, capabilities, supportsQuantization, supportsStreaming, template);
    }
}
