package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import org.jspecify.annotations.Nullable;

/**
 * A change of a use case, whose category and subcategory stay as they are; {@link UseCase} describes the fields. Null
 * keeps the stored value.
 */
public record UpdateUseCase(
        Patch<String> pipelineTag,
        @Nullable Json characteristics,
        @Nullable Json defaultWeights) {
    /** Changes nothing. */
    public static final UpdateUseCase NOTHING = new UpdateUseCase(Patch.keep(), null, null);

    public UpdateUseCase {
        Check.textOrNull("pipelineTag", pipelineTag.value());
        if (defaultWeights != null) {
            Weights.check("defaultWeights", defaultWeights);
        }
    }

    public UpdateUseCase withPipelineTag(Patch<String> change) {
        return new UpdateUseCase(change, characteristics, defaultWeights);
    }

    public UpdateUseCase withCharacteristics(Json value) {
        return new UpdateUseCase(pipelineTag, value, defaultWeights);
    }

    public UpdateUseCase withDefaultWeights(Json value) {
        return new UpdateUseCase(pipelineTag, characteristics, value);
    }
}
