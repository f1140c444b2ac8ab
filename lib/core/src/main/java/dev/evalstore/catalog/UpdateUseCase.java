package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.util.Objects;

/**
 * A change of a use case, whose category and subcategory stay as they are; {@link UseCase} describes the fields.
 * Immutable.
 */
public final class UpdateUseCase extends Assignments<UpdateUseCase> {
    /** Changes nothing. */
    public static final UpdateUseCase NOTHING = new UpdateUseCase(new Columns());

    private UpdateUseCase(Columns columns) {
        super(columns, UpdateUseCase::new);
    }

    public UpdateUseCase pipelineTag(Patch<String> change) {
        Check.textOrNull("pipelineTag", change.value());
        return with("pipeline_tag", change);
    }

    public UpdateUseCase characteristics(Json value) {
        return with("characteristics", Objects.requireNonNull(value, "characteristics"));
    }

    public UpdateUseCase defaultWeights(Json value) {
        Weights.check("defaultWeights", value);
        return with("default_weights", value);
    }
}
