package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How well a model suits a use. Times are the server's.
 *
 * @param id version 7
 * @param modelId the model
 * @param useCaseId the use
 * @param suitabilityScore 0 (not at all) to 1
 * @param recommended whether it is recommended for it
 * @param priority among equally suited models the lower comes first, those without last; or null
 * @param performanceSummary what was measured, or null
 * @param createdAt when it was stored
 * @param updatedAt when it was last changed
 */
public record Suitability(
        UUID id,
        UUID modelId,
        UUID useCaseId,
        double suitabilityScore,
        boolean recommended,
        @Nullable Integer priority,
        @Nullable Json performanceSummary,
        Instant createdAt,
        Instant updatedAt) {}
