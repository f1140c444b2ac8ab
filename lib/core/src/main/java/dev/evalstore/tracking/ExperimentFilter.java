package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which experiments to list. Conditions add up. Immutable. */
public final class ExperimentFilter extends Conditions<ExperimentFilter> {
    /** Every experiment, archived ones too. */
    public static final ExperimentFilter ALL = new ExperimentFilter(Sql.NONE);

    private static final String PROJECT = """
            and project = (select p.id from evalstore.projects p where p.name = ?)""";

    private ExperimentFilter(Sql sql) {
        super(sql, ExperimentFilter::new);
    }

    /** Only experiments of this project; none where no project has the name. */
    public ExperimentFilter project(String project) {
        return and(PROJECT, Check.text("project", project));
    }

    /** Only experiments of exactly this name. */
    public ExperimentFilter name(String name) {
        return and("and name = ?", Check.text("name", name));
    }

    /** Only experiments in this status. */
    public ExperimentFilter status(ExperimentStatus status) {
        return and("and status = ?", Objects.requireNonNull(status, "status"));
    }

    /** Only experiments of this kind. */
    public ExperimentFilter kind(ExperimentKind kind) {
        return and("and kind = ?", Objects.requireNonNull(kind, "kind"));
    }

    /** Only experiments on this dataset. */
    public ExperimentFilter dataset(UUID id) {
        return and("and dataset_id = ?", Objects.requireNonNull(id, "datasetId"));
    }

    /** Only experiments with this model. */
    public ExperimentFilter modelVersion(UUID id) {
        return and("and model_version_id = ?", Objects.requireNonNull(id, "modelVersionId"));
    }

    /** Only the parts of this experiment, without their own parts. */
    public ExperimentFilter parent(UUID id) {
        return and("and parent_id = ?", Objects.requireNonNull(id, "parentId"));
    }

    /** Only experiments that are a part of no other. */
    public ExperimentFilter withoutParent() {
        return and("and parent_id is null");
    }

    /** Only experiments of this user. */
    public ExperimentFilter createdBy(UUID user) {
        return and("and created_by = ?", Objects.requireNonNull(user, "createdBy"));
    }

    /** Only experiments with this tag, whatever its value. */
    public ExperimentFilter tag(String name) {
        return and("and tags ->> ? is not null", Check.text("tag", name));
    }

    /** Only experiments with this tag and value; the value of a bare tag is empty. */
    public ExperimentFilter tag(String name, String value) {
        return and("and tags ->> ? = ?", Check.text("tag", name), Check.content("value", value));
    }

    /** Only archived experiments, or only others. */
    public ExperimentFilter archived(boolean archived) {
        return and(archived ? "and archived_at is not null" : "and archived_at is null");
    }

    /** Only experiments that were created at {@code from} or later, and before {@code to}; either may be null. */
    public ExperimentFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
