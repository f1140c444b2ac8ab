package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How well a model suits a use, to store.
 *
 * @param modelId the model
 * @param useCaseId the use
 * @param suitabilityScore 0 (not at all) to 1
 * @param recommended whether it is recommended for it
 * @param priority among equally suited models the lower comes first, those without last; or null
 * @param performanceSummary what was measured, or null
 */
public record NewSuitability(
        UUID modelId,
        UUID useCaseId,
        double suitabilityScore,
        boolean recommended,
        @Nullable Integer priority,
        @Nullable Json performanceSummary) {
    public NewSuitability {
        Objects.requireNonNull(modelId, "modelId");
        Objects.requireNonNull(useCaseId, "useCaseId");
        if (!(suitabilityScore >= 0 && suitabilityScore <= 1)) {
            throw new IllegalArgumentException("suitabilityScore must be from 0 to 1");
        }
    }

    /** A score alone. */
    public static NewSuitability of(UUID modelId, UUID useCaseId, double suitabilityScore) {
        return new NewSuitability(modelId, useCaseId, suitabilityScore, false, null, null);
    }

    /** The same, recommended or not. */
    public NewSuitability recommended(boolean value) {
        return new NewSuitability(modelId, useCaseId, suitabilityScore, value, priority, performanceSummary);
    }

    /** The same with its place among equally suited models. */
    public NewSuitability priority(int value) {
        return new NewSuitability(modelId, useCaseId, suitabilityScore, recommended, value, performanceSummary);
    }

    /** The same with what was measured. */
    public NewSuitability performanceSummary(Json summary) {
        return new NewSuitability(modelId, useCaseId, suitabilityScore, recommended, priority, summary);
    }
}
