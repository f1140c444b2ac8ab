package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import org.jspecify.annotations.Nullable;

/**
 * A change of a use case.
 *
 * @param pipelineTag keep, set or clear
 * @param characteristics the new ones in place of the old, or null to keep them
 * @param defaultWeights the new ones in place of the old, or null to keep them
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

    /** The same with another tag. */
    public UpdateUseCase withPipelineTag(Patch<String> change) {
        return new UpdateUseCase(change, characteristics, defaultWeights);
    }

    /** The same with other characteristics. */
    public UpdateUseCase withCharacteristics(Json newCharacteristics) {
        return new UpdateUseCase(pipelineTag, newCharacteristics, defaultWeights);
    }

    /** The same with other weights. */
    public UpdateUseCase withDefaultWeights(Json newDefaultWeights) {
        return new UpdateUseCase(pipelineTag, characteristics, newDefaultWeights);
    }
}
