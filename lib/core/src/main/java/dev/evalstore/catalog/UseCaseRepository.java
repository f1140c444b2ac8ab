package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Use cases, and how suitable each model is for them. */
public final class UseCaseRepository extends TableRows<UseCase, UseCaseFilter> {
    static final Table<UseCase> TABLE = Table.of("use case", "use_cases", """
                    id, category, subcategory, pipeline_tag, characteristics, default_weights, created_at,
                    updated_at""", UseCaseRepository::map)
            .newestFirst(UseCase::createdAt, UseCase::id)
            .audited("create", "update", "delete");

    static final Table<Suitability> SUITABILITIES = Table.of(
                    "suitability", "model_use_cases", """
                    id, model_id, use_case_id, suitability_score, recommended, priority, performance_summary,
                    created_at, updated_at""", UseCaseRepository::mapSuitability)
            .key("model_id", "use_case_id")
            .audited("set", "delete");

    private static final String SET = SUITABILITIES.text("""
            /* model_use_cases.set */ insert into evalstore.model_use_cases
                (id, model_id, use_case_id, suitability_score, recommended, priority, performance_summary)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict on constraint model_use_cases_model_use_case_unique do update set
                suitability_score = excluded.suitability_score, recommended = excluded.recommended,
                priority = excluded.priority, performance_summary = excluded.performance_summary,
                updated_at = statement_timestamp()
            returning {columns}""");

    UseCaseRepository(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /**
     * Stores a use case and returns it as stored.
     *
     * @throws ConstraintViolationException if the category has that subcategory, or exists without one where none is
     *     given ({@code use_cases_category_subcategory_unique})
     */
    public UseCase create(NewUseCase useCase) {
        Columns values = new Columns()
                .set("category", useCase.category())
                .set("subcategory", useCase.subcategory())
                .set("pipeline_tag", useCase.pipelineTag())
                .set("characteristics", useCase.characteristics())
                .set("default_weights", useCase.defaultWeights());
        return TABLE.create(jdbc, values);
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
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id
     */
    public UseCase update(UUID id, UpdateUseCase change) {
        return TABLE.update(jdbc, id, change);
    }

    /** Deletes the use case with the suitabilities for it; false when none has the id. */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }

    /**
     * Stores how suitable a model is for a use case, in one statement, and returns the row as stored. It replaces the
     * previous suitability of the two, if there is one. Of two concurrent callers, the later one's values stay.
     *
     * @throws ConstraintViolationException if the model or the use case does not exist
     *     ({@code model_use_cases_model_fk}, {@code model_use_cases_use_case_fk})
     */
    public Suitability setSuitability(NewSuitability suitability) {
        Sql set = Sql.of(
                SET,
                Uuids.next(),
                suitability.modelId(),
                suitability.useCaseId(),
                suitability.suitabilityScore(),
                suitability.recommended(),
                suitability.priority(),
                suitability.performanceSummary());
        return SUITABILITIES.write(jdbc, "set", List.of(suitability.modelId(), suitability.useCaseId()), set);
    }

    /** Removes the suitability of a model for a use case; false when there is none. */
    public boolean removeSuitability(UUID modelId, UUID useCaseId) {
        return SUITABILITIES.delete(jdbc, List.of(modelId, useCaseId));
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
