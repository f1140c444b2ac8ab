package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A use case to create; {@link UseCase} describes the fields. No text may be blank. Category and subcategory have at most
 * 800 bytes in UTF-8.
 *
 * @param defaultWeights an object of finite numbers of at least 0
 */
public record NewUseCase(
        String category,
        @Nullable String subcategory,
        @Nullable String pipelineTag,
        Json characteristics,
        Json defaultWeights) {
    public NewUseCase {
        Check.name("category", category);
        Check.nameOrNull("subcategory", subcategory);
        Check.textOrNull("pipelineTag", pipelineTag);
        Objects.requireNonNull(characteristics, "characteristics");
        Weights.check("defaultWeights", defaultWeights);
    }

    /** A category without subcategory and weights. */
    public static NewUseCase of(String category) {
        return new NewUseCase(category, null, null, Json.EMPTY, Json.EMPTY);
    }

    public NewUseCase subcategory(String value) {
        return new NewUseCase(category, value, pipelineTag, characteristics, defaultWeights);
    }

    public NewUseCase pipelineTag(String value) {
        return new NewUseCase(category, subcategory, value, characteristics, defaultWeights);
    }

    public NewUseCase characteristics(Json value) {
        return new NewUseCase(category, subcategory, pipelineTag, value, defaultWeights);
    }

    public NewUseCase defaultWeights(Json value) {
        return new NewUseCase(category, subcategory, pipelineTag, characteristics, value);
    }
}
