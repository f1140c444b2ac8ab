package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version of the software that serves models. Times are the server's.
 *
 * @param id version 7
 * @param name such as vllm
 * @param version unique within the name
 * @param capabilities what the framework can do
 * @param supportsQuantization whether it serves quantized weights
 * @param supportsStreaming whether it streams tokens
 * @param configTemplate the configuration to start a run from, or null
 */
public record InferenceFramework(
        UUID id,
        String name,
        String version,
        Json capabilities,
        boolean supportsQuantization,
        boolean supportsStreaming,
        @Nullable Json configTemplate,
        Instant createdAt,
        Instant updatedAt) {}
