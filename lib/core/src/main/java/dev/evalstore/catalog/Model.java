package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A language model, independent of its versions. Times are the server's.
 *
 * @param id version 7
 * @param name unique
 * @param kind the model's origin
 * @param provider who makes or serves the model, or null
 * @param architecture such as llama, or null
 * @param parameters the number of weights, or null when not known
 * @param baseModel the name of the model that this one was tuned from, or null
 * @param tags in the order given
 * @param metadata other properties, or null
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
        Instant updatedAt) {
    public Model {
        tags = List.copyOf(tags);
    }
}
