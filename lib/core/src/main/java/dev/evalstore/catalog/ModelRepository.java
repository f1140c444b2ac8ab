package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.audit.Trail;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Language models; obtained from {@code Database} or {@code Tx}. */
public final class ModelRepository {
    static final Table<Model> TABLE = Table.of(
            "model",
            "models",
            "id, name, kind, provider, architecture, parameters, base_model, tags, metadata, created_at, updated_at",
            ModelRepository::map);

    private static final Trail<Model> TRAIL = Trail.of(TABLE, Model::id);
    private static final Keyset<Model> NEWEST = Keyset.newestFirst("models", Model::createdAt, Model::id);

    private static final String SUITED = """
            /* models.suited */ select m.id, m.name, m.kind, m.provider, m.architecture, m.parameters, m.base_model, m.tags,
                m.metadata, m.created_at, m.updated_at, f.id as fit_id, f.model_id as fit_model_id,
                f.use_case_id as fit_use_case_id, f.suitability_score as fit_suitability_score,
                f.recommended as fit_recommended, f.priority as fit_priority,
                f.performance_summary as fit_performance_summary, f.created_at as fit_created_at,
                f.updated_at as fit_updated_at
            from evalstore.model_use_cases f join evalstore.models m on m.id = f.model_id
            where f.use_case_id = ?
            order by f.suitability_score desc, f.priority, f.model_id limit ?""";

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public ModelRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stores a model and gives it back as stored.
     *
     * @throws ConstraintViolationException if the name is taken ({@code models_name_unique})
     */
    public Model create(NewModel model) {
        return TRAIL.created(
                jdbc,
                new Columns()
                        .set("name", model.name())
                        .set("kind", model.kind())
                        .set("provider", model.provider())
                        .set("architecture", model.architecture())
                        .set("parameters", model.parameters())
                        .set("base_model", model.baseModel())
                        .set("tags", SqlArray.texts(model.tags()))
                        .set("metadata", model.metadata()));
    }

    /** The model, or empty when none has the id. */
    public Optional<Model> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /** The model, or empty when none has exactly this name. */
    public Optional<Model> findByName(String name) {
        Check.text("name", name);
        return jdbc.find(TABLE.select().and("and name = ?", name), TABLE.mapper());
    }

    /**
     * The model.
     *
     * @throws NotFoundException if none has the id
     */
    public Model get(UUID id) {
        return TABLE.get(jdbc, id);
    }

    /**
     * Changes the given fields in one statement and gives the model as it is then.
     *
     * @throws NotFoundException if none has the id
     * @throws ConstraintViolationException if the new name is taken ({@code models_name_unique})
     */
    public Model update(UUID id, UpdateModel change) {
        List<String> tags = change.tags();
        return TRAIL.updated(
                jdbc,
                id,
                new Columns()
                        .setIfGiven("name", change.name())
                        .setIfGiven("kind", change.kind())
                        .patch("provider", change.provider())
                        .patch("architecture", change.architecture())
                        .patch("parameters", change.parameters())
                        .patch("base_model", change.baseModel())
                        .setIfGiven("tags", tags == null ? null : SqlArray.texts(tags))
                        .patch("metadata", change.metadata()));
    }

    /**
     * Deletes the model with its versions and suitabilities; false when none has the id.
     *
     * @throws ConstraintViolationException if a benchmark configuration uses one of its versions
     *     ({@code benchmark_configs_model_version_fk}); nothing is deleted then
     */
    public boolean delete(UUID id) {
        return TRAIL.deleted(jdbc, id);
    }

    /**
     * Models that the filter admits, newest first. A filter's text is found by a scan of the table, or by index where the
     * extension pg_trgm was installed when the schema was migrated.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<Model> list(ModelFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.page(jdbc, filter.sql(), NEWEST, limit, after);
    }

    /** How many models the filter admits. Counts them: the time grows with the answer. */
    public long count(ModelFilter filter) {
        return TABLE.count(jdbc, filter.sql());
    }

    /**
     * The models that were given a suitability for the use, best suited first; among equals by priority, those without one last.
     *
     * @param limit 1 to 1,000
     * @return empty when none was, or when there is no such use
     */
    public List<SuitedModel> listByUseCase(UUID useCaseId, int limit) {
        Check.limit(limit);
        return jdbc.list(
                Sql.of(SUITED, useCaseId, limit), row -> new SuitedModel(map(row), UseCaseRepository.fit(row, "fit_")));
    }

    private static Model map(Row row) throws SQLException {
        return new Model(
                row.uuid("id"),
                row.text("name"),
                row.enumValue("kind", ModelKind.class),
                row.textOrNull("provider"),
                row.textOrNull("architecture"),
                row.bigintOrNull("parameters"),
                row.textOrNull("base_model"),
                row.texts("tags"),
                row.jsonOrNull("metadata"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
