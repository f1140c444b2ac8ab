package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How suitable a model is for a use case. Times are the server's.
 *
 * @param id version 7
 * @param suitabilityScore 0 (not at all) to 1
 * @param priority the order among equal scores, lowest first and null last
 * @param performanceSummary what was measured, or null
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
