package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.List;
import java.util.UUID;

/** Use cases, and how suitable each model is for them. */
public final class UseCaseRepository extends UseCaseReads {
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
        super(jdbc);
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
}
