package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A use case to create.
 *
 * @param category such as chatbot; not blank
 * @param subcategory unique within the category, or null for the category itself
 * @param pipelineTag the task's name in public model hubs, or null
 * @param characteristics what the use asks of a model
 * @param defaultWeights what counts how much when models are ranked for it: an object of criterion to weight, empty for none
 */
public record NewUseCase(
        String category,
        @Nullable String subcategory,
        @Nullable String pipelineTag,
        Json characteristics,
        Json defaultWeights) {
    public NewUseCase {
        Check.text("category", category);
        Check.textOrNull("subcategory", subcategory);
        Check.textOrNull("pipelineTag", pipelineTag);
        Objects.requireNonNull(characteristics, "characteristics");
        Weights.check("defaultWeights", defaultWeights);
    }

    /** A category without subcategory and weights. */
    public static NewUseCase of(String category) {
        return new NewUseCase(category, null, null, Json.EMPTY, Json.EMPTY);
    }

    /** The same as a subcategory. */
    public NewUseCase subcategory(String name) {
        return new NewUseCase(category, name, pipelineTag, characteristics, defaultWeights);
    }

    /** The same with the task's name in public model hubs. */
    public NewUseCase pipelineTag(String tag) {
        return new NewUseCase(category, subcategory, tag, characteristics, defaultWeights);
    }

    /** The same with what the use asks of a model. */
    public NewUseCase characteristics(Json value) {
        return new NewUseCase(category, subcategory, pipelineTag, value, defaultWeights);
    }

    /** The same with what counts how much. */
    public NewUseCase defaultWeights(Json weights) {
        return new NewUseCase(category, subcategory, pipelineTag, characteristics, weights);
    }
}
