package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A suitability to store; {@link Suitability} describes the fields. */
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

    /** A score alone; not recommended. */
    public static NewSuitability of(UUID modelId, UUID useCaseId, double suitabilityScore) {
        return new NewSuitability(modelId, useCaseId, suitabilityScore, false, null, null);
    }

    public NewSuitability recommended(boolean value) {
        return new NewSuitability(modelId, useCaseId, suitabilityScore, value, priority, performanceSummary);
    }

    public NewSuitability priority(int value) {
        return new NewSuitability(modelId, useCaseId, suitabilityScore, recommended, value, performanceSummary);
    }

    public NewSuitability performanceSummary(Json value) {
        return new NewSuitability(modelId, useCaseId, suitabilityScore, recommended, priority, value);
    }
}
