package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What models are used for. Times are the server's.
 *
 * @param id version 7
 * @param category such as chatbot
 * @param subcategory unique within the category, or null for the category itself
 * @param pipelineTag the task's name in public model hubs, or null
 * @param characteristics what the use asks of a model
 * @param defaultWeights what counts how much when models are ranked for it: an object of criterion to weight
 * @param createdAt when it was stored
 * @param updatedAt when it was last changed
 */
public record UseCase(
        UUID id,
        String category,
        @Nullable String subcategory,
        @Nullable String pipelineTag,
        Json characteristics,
        Json defaultWeights,
        Instant createdAt,
        Instant updatedAt) {}
