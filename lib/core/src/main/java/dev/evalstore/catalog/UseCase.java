package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A use case for models. Times are the server's.
 *
 * @param id version 7
 * @param category such as chatbot
 * @param subcategory unique within the category, or null for the category itself
 * @param pipelineTag the task's name in public model hubs, or null
 * @param characteristics what the use case demands of a model
 * @param defaultWeights the weights by which models are ranked for the use case: an object of criterion to number,
 *     empty for none
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
