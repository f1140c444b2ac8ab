package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The verbs of {@link ModelRepository} that only read. */
public sealed class ModelReads extends TableRows<Model, ModelFilter> permits ModelRepository {
    static final Table<Model> TABLE = Table.of("model", "models", """
                    id, name, kind, provider, architecture, parameters, base_model, tags, metadata, created_at,
                    updated_at""", ModelReads::map)
            .newestFirst(Model::createdAt, Model::id)
            .audited("create", "update", "delete")
            // What is deleted with it shows in results, rankings and boards too.
            .touching((tx, verb, model) ->
                    Set.of(verb.equals("delete") ? UnitNames.EVERYTHING : UnitNames.model(model.id())));

    private static final String LIST_BY_USE_CASE =
            """
            /* models.list_by_use_case */ select %s, %s
            from evalstore.model_use_cases s join evalstore.models m on m.id = s.model_id
            where s.use_case_id = ? and (s.recommended or not ?)
            order by s.suitability_score desc, s.priority, s.model_id
            limit ?""".formatted(TABLE.columns("m"), UseCaseReads.SUITABILITIES.columns("s"));

    ModelReads(Jdbc jdbc) {
        super(jdbc, TABLE);
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
                row -> new SuitedModel(map(row.at("m")), UseCaseReads.mapSuitability(row.at("s"))));
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
