package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.exchange.DefinitionVersion.Changes;
import dev.evalstore.exchange.DefinitionVersion.Requirements;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.util.Objects;

/**
 * A change of a version that is open, whose number, definition and parent stay as they are; {@link DefinitionVersion}
 * describes the fields. A field of several values is replaced as a whole. Immutable.
 */
public final class UpdateDefinitionVersion extends Assignments<UpdateDefinitionVersion> {
    /** Changes nothing. */
    public static final UpdateDefinitionVersion NOTHING = new UpdateDefinitionVersion(new Columns());

    private UpdateDefinitionVersion(Columns columns) {
        super(columns, UpdateDefinitionVersion::new);
    }

    public UpdateDefinitionVersion changes(Changes value) {
        return with(DefinitionVersionRows.columns(Objects.requireNonNull(value, "changes")));
    }

    public UpdateDefinitionVersion primaryMetric(PrimaryMetric value) {
        return with(DefinitionVersionRows.columns(Objects.requireNonNull(value, "primaryMetric")));
    }

    public UpdateDefinitionVersion secondaryMetrics(Json value) {
        return with("secondary_metrics", Objects.requireNonNull(value, "secondaryMetrics"));
    }

    public UpdateDefinitionVersion scoring(Scoring value) {
        return with(DefinitionVersionRows.columns(Objects.requireNonNull(value, "scoring")));
    }

    public UpdateDefinitionVersion execution(Execution value) {
        return with(DefinitionVersionRows.columns(Objects.requireNonNull(value, "execution")));
    }

    public UpdateDefinitionVersion requirements(Requirements value) {
        return with(DefinitionVersionRows.columns(Objects.requireNonNull(value, "requirements")));
    }
}
