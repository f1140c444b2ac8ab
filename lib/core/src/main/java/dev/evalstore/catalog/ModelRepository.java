package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Language models. {@link ModelFilter#text} is answered by a scan of the table, or by an index where the extension
 * pg_trgm was installed before the schema was migrated.
 */
public final class ModelRepository extends TableRows<Model, ModelFilter> {
    static final Table<Model> TABLE = Table.of("model", "models", """
                    id, name, kind, provider, architecture, parameters, base_model, tags, metadata, created_at,
                    updated_at""", ModelRepository::map)
            .newestFirst(Model::createdAt, Model::id)
            .audited("create", "update", "delete");

    private static final String LIST_BY_USE_CASE =
            """
            /* models.list_by_use_case */ select %s, %s
            from evalstore.model_use_cases s join evalstore.models m on m.id = s.model_id
            where s.use_case_id = ? and (s.recommended or not ?)
            order by s.suitability_score desc, s.priority, s.model_id
            limit ?""".formatted(TABLE.columns("m"), UseCaseRepository.SUITABILITIES.columns("s"));

    ModelRepository(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /**
     * Stores a model and returns it as stored.
     *
     * @throws ConstraintViolationException if the name is taken ({@code models_name_unique})
     */
    public Model create(NewModel model) {
        Columns values = new Columns()
                .set("name", model.name())
                .set("kind", model.kind())
                .set("provider", model.provider())
                .set("architecture", model.architecture())
                .set("parameters", model.parameters())
                .set("base_model", model.baseModel())
                .set("tags", SqlArray.texts(model.tags()))
                .set("metadata", model.metadata());
        return TABLE.create(jdbc, values);
    }

    /** The model with exactly this name, or empty. */
    public Optional<Model> findByName(String name) {
        return jdbc.find(TABLE.select("find_by_name").and("and name = ?", Check.text("name", name)), TABLE.mapper());
    }

    /**
     * The models that have a suitability for the use case, the highest score first. Among equal scores, the lowest
     * priority value comes first, and models without one come last.
     *
     * @param limit the maximum number of models, 1 to 1,000
     * @return empty when no model has one, or when the use case does not exist
     */
    public List<SuitedModel> listByUseCase(UUID useCaseId, int limit) {
        return listByUseCase(useCaseId, false, limit);
    }

    /**
     * {@link #listByUseCase(UUID, int)}; with {@code recommendedOnly} without the models that are not recommended for the
     * use case.
     */
    public List<SuitedModel> listByUseCase(UUID useCaseId, boolean recommendedOnly, int limit) {
        Check.limit(limit);
        return jdbc.list(
                Sql.of(LIST_BY_USE_CASE, useCaseId, recommendedOnly, limit),
                row -> new SuitedModel(map(row.at("m")), UseCaseRepository.mapSuitability(row.at("s"))));
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id
     * @throws ConstraintViolationException if the new name is taken ({@code models_name_unique})
     */
    public Model update(UUID id, UpdateModel change) {
        return TABLE.update(jdbc, id, change);
    }

    /**
     * Deletes the model with its versions and suitabilities; false when none has the id.
     *
     * @throws ConstraintViolationException if a benchmark configuration or an experiment uses one of its versions
     *     ({@code benchmark_configs_model_version_fk}, {@code experiments_model_version_fk}); nothing is deleted then
     */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
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
