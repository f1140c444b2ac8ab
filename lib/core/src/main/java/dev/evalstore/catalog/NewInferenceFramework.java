package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A framework version to create; {@link InferenceFramework} describes the fields.
 *
 * @param name not blank, at most 800 bytes in UTF-8
 * @param version not blank, at most 800 bytes in UTF-8
 */
public record NewInferenceFramework(
        String name,
        String version,
        Json capabilities,
        boolean supportsQuantization,
        boolean supportsStreaming,
        @Nullable Json configTemplate) {
    public NewInferenceFramework {
        Check.name("name", name);
        Check.name("version", version);
        Objects.requireNonNull(capabilities, "capabilities");
    }

    /** A framework that neither serves quantized weights nor streams. */
    public static NewInferenceFramework of(String name, String version) {
        return new NewInferenceFramework(name, version, Json.EMPTY, false, false, null);
    }

    public NewInferenceFramework capabilities(Json value) {
        return new NewInferenceFramework(name, version, value, supportsQuantization, supportsStreaming, configTemplate);
    }

    public NewInferenceFramework supportsQuantization(boolean value) {
        return new NewInferenceFramework(name, version, capabilities, value, supportsStreaming, configTemplate);
    }

    public NewInferenceFramework supportsStreaming(boolean value) {
        return new NewInferenceFramework(name, version, capabilities, supportsQuantization, value, configTemplate);
    }

    public NewInferenceFramework configTemplate(Json value) {
        return new NewInferenceFramework(name, version, capabilities, supportsQuantization, supportsStreaming, value);
    }
}
