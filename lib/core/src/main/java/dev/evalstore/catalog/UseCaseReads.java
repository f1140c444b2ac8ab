package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link UseCaseRepository} that only read. */
public sealed class UseCaseReads extends TableRows<UseCase, UseCaseFilter> permits UseCaseRepository {
    static final Table<UseCase> TABLE = Table.of("use case", "use_cases", """
                    id, category, subcategory, pipeline_tag, characteristics, default_weights, created_at,
                    updated_at""", UseCaseReads::map)
            .newestFirst(UseCase::createdAt, UseCase::id)
            .audited("create", "update", "delete")
            .touching((tx, verb, row) -> Set.of(UnitNames.USE_CASES));

    static final Table<Suitability> SUITABILITIES = Table.of(
                    "suitability", "model_use_cases", """
                    id, model_id, use_case_id, suitability_score, recommended, priority, performance_summary,
                    created_at, updated_at""", UseCaseReads::mapSuitability)
            .key("model_id", "use_case_id")
            .audited("set", "delete");

    UseCaseReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The use case with exactly this category and subcategory, or empty; a null subcategory is the category itself. */
    public Optional<UseCase> findByCategory(String category, @Nullable String subcategory) {
        Check.text("category", category);
        Check.textOrNull("subcategory", subcategory);
        return jdbc.find(
                TABLE.select("find_by_category")
                        .and("and category = ?", category)
                        .andIf(subcategory == null, "and subcategory is null")
                        .andIf(subcategory != null, "and subcategory = ?", subcategory),
                TABLE.mapper());
    }

    /**
     * The suitabilities of a model, the highest score first. Among equal scores, the lowest priority value comes first,
     * and suitabilities without one come last. {@link ModelRepository#listByUseCase} lists the models for a use case.
     *
     * @param limit the maximum number of suitabilities, 1 to 1,000
     */
    public List<Suitability> listByModel(UUID modelId, int limit) {
        Check.limit(limit);
        return jdbc.list(
                SUITABILITIES
                        .select("list_by_model")
                        .and("and model_id = ? order by suitability_score desc, priority, id limit ?", modelId, limit),
                SUITABILITIES.mapper());
    }

    private static UseCase map(Row row) throws SQLException {
        return new UseCase(
                row.uuid("id"),
                row.text("category"),
                row.textOrNull("subcategory"),
                row.textOrNull("pipeline_tag"),
                row.json("characteristics"),
                row.json("default_weights"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    static Suitability mapSuitability(Row row) throws SQLException {
        return new Suitability(
                row.uuid("id"),
                row.uuid("model_id"),
                row.uuid("use_case_id"),
                row.real("suitability_score"),
                row.bool("recommended"),
                row.integerOrNull("priority"),
                row.jsonOrNull("performance_summary"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
