package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A language model, whatever its versions. Times are the server's.
 *
 * @param id version 7
 * @param name unique
 * @param kind where it comes from
 * @param provider who makes or serves it, or null
 * @param architecture such as llama, or null
 * @param parameters how many weights it has, or null when not known
 * @param baseModel what it was tuned from, by name, or null
 * @param tags in the order given
 * @param metadata anything else, or null
 * @param createdAt when it was stored
 * @param updatedAt when it was last changed
 */
public record Model(
        UUID id,
        String name,
        ModelKind kind,
        @Nullable String provider,
        @Nullable String architecture,
        @Nullable Long parameters,
        @Nullable String baseModel,
        List<String> tags,
        @Nullable Json metadata,
        Instant createdAt,
        Instant updatedAt) {}
