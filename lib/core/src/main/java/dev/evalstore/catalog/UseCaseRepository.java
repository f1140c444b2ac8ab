package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.audit.Trail;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What models are used for, and how well they suit it; obtained from {@code Database} or {@code Tx}. */
public final class UseCaseRepository {
    static final Table<UseCase> TABLE = Table.of(
            "use case",
            "use_cases",
            "id, category, subcategory, pipeline_tag, characteristics, default_weights, created_at, updated_at",
            UseCaseRepository::map);

    static final Table<Suitability> SUITABILITIES = Table.of(
            "suitability",
            "model_use_cases",
            "id, model_id, use_case_id, suitability_score, recommended, priority, performance_summary, created_at, updated_at",
            row -> fit(row, ""));

    private static final Trail<UseCase> TRAIL = Trail.of(TABLE, UseCase::id);
    private static final Keyset<UseCase> NEWEST = Keyset.newestFirst("use_cases", UseCase::createdAt, UseCase::id);

    private static final String SUIT =
            "/* use_cases.set_suitability */ insert into evalstore.model_use_cases (id, model_id, use_case_id,"
                    + " suitability_score, recommended, priority, performance_summary) values (?, ?, ?, ?, ?, ?, ?)"
                    + " on conflict on constraint model_use_cases_model_use_case_unique do update set"
                    + " suitability_score = excluded.suitability_score, recommended = excluded.recommended,"
                    + " priority = excluded.priority, performance_summary = excluded.performance_summary,"
                    + " updated_at = statement_timestamp() returning " + SUITABILITIES.columns();

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public UseCaseRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stores a use case and gives it back as stored.
     *
     * @throws ConstraintViolationException if the category has that subcategory already, or is there itself where none is given
     *     ({@code use_cases_category_subcategory_unique})
     */
    public UseCase create(NewUseCase useCase) {
        return TRAIL.created(
                jdbc,
                new Columns()
                        .set("category", useCase.category())
                        .set("subcategory", useCase.subcategory())
                        .set("pipeline_tag", useCase.pipelineTag())
                        .set("characteristics", useCase.characteristics())
                        .set("default_weights", useCase.defaultWeights()));
    }

    /** The use case, or empty when none has the id. */
    public Optional<UseCase> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /** The use case, or empty when there is none of exactly this category and subcategory; null for the category itself. */
    public Optional<UseCase> findByCategory(String category, @Nullable String subcategory) {
        Check.text("category", category);
        Check.textOrNull("subcategory", subcategory);
        return jdbc.find(
                TABLE.select()
                        .and("and category = ?", category)
                        .andIf(subcategory == null, "and subcategory is null")
                        .andIf(subcategory != null, "and subcategory = ?", subcategory),
                TABLE.mapper());
    }

    /**
     * The use case.
     *
     * @throws NotFoundException if none has the id
     */
    public UseCase get(UUID id) {
        return TABLE.get(jdbc, id);
    }

    /**
     * Changes the given fields in one statement and gives the use case as it is then.
     *
     * @throws NotFoundException if none has the id
     */
    public UseCase update(UUID id, UpdateUseCase change) {
        return TRAIL.updated(
                jdbc,
                id,
                new Columns()
                        .patch("pipeline_tag", change.pipelineTag())
                        .setIfGiven("characteristics", change.characteristics())
                        .setIfGiven("default_weights", change.defaultWeights()));
    }

    /** Deletes the use case with the suitabilities for it; false when none has the id. */
    public boolean delete(UUID id) {
        return TRAIL.deleted(jdbc, id);
    }

    /**
     * Use cases, newest first.
     *
     * @param category only of this category, or null for all
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<UseCase> list(@Nullable String category, int limit, @Nullable Cursor after) {
        Check.textOrNull("category", category);
        return TABLE.page(jdbc, Sql.of("").andIf(category != null, "and category = ?", category), NEWEST, limit, after);
    }

    /**
     * Stores how well a model suits a use, in place of what was stored for the two before. Of two callers at once the later one's
     * stays.
     *
     * @throws ConstraintViolationException if the model or the use does not exist ({@code model_use_cases_model_fk},
     *     {@code model_use_cases_use_case_fk})
     */
    public Suitability setSuitability(NewSuitability fit) {
        return jdbc.change(
                        Sql.of(
                                SUIT,
                                Uuids.next(),
                                fit.modelId(),
                                fit.useCaseId(),
                                fit.suitabilityScore(),
                                fit.recommended(),
                                fit.priority(),
                                fit.performanceSummary()),
                        SUITABILITIES.mapper())
                .orElseThrow();
    }

    /** Forgets how well a model suits a use; false when nothing was stored. */
    public boolean removeSuitability(UUID modelId, UUID useCaseId) {
        return jdbc.update(Sql.of(
                        "delete from evalstore.model_use_cases where model_id = ? and use_case_id = ?",
                        modelId,
                        useCaseId))
                == 1;
    }

    /** What the model suits, best first, at most {@code limit}, 1 to 1,000; the other way is {@code models().listByUseCase}. */
    public List<Suitability> listByModel(UUID modelId, int limit) {
        Check.limit(limit);
        return jdbc.list(
                SUITABILITIES.select()
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

    static Suitability fit(Row row, String prefix) throws SQLException {
        return new Suitability(
                row.uuid(prefix + "id"),
                row.uuid(prefix + "model_id"),
                row.uuid(prefix + "use_case_id"),
                row.real(prefix + "suitability_score"),
                row.bool(prefix + "recommended"),
                row.integerOrNull(prefix + "priority"),
                row.jsonOrNull(prefix + "performance_summary"),
                row.instant(prefix + "created_at"),
                row.instant(prefix + "updated_at"));
    }
}
