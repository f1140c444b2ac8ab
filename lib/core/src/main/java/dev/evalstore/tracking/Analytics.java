package dev.evalstore.tracking;

import dev.evalstore.benchmark.Evaluation;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationReads;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Figures over the evaluations that a filter admits, with all its conditions. Each method is one statement, computed by the
 * server, and reads all of them: bound the filter by time or experiment where there are many.
 */
public final class Analytics {
    private static final String OVERVIEW = """
            /* evaluations.overview */ select {figures}, count(distinct (provider, model)) as models,
                count(distinct experiment_id) as experiments, min(created_at) as first_at, max(created_at) as last_at
            from evalstore.evaluations where true""".replace("{figures}", Figures.COLUMNS);

    /** The conditions follow. */
    private static final String PER_MODEL = """
            /* evaluations.per_model */ select provider, model, {figures}
            from evalstore.evaluations where true""".replace("{figures}", Figures.COLUMNS);

    private static final String BY_MODEL = """
            group by provider, model order by v_n desc, provider, model limit ?""";

    /** The conditions follow. */
    private static final String PER_DAY = """
            /* evaluations.per_day */ select (created_at at time zone 'UTC')::date as day, {figures}
            from evalstore.evaluations where true""".replace("{figures}", Figures.COLUMNS);

    private static final String BY_DAY = """
            group by day order by day desc limit ?""";

    private final Jdbc jdbc;
    private final EvaluationReads evaluations;
    private final EvaluationFilter filter;

    Analytics(Jdbc jdbc, EvaluationReads evaluations, EvaluationFilter filter) {
        this.jdbc = jdbc;
        this.evaluations = evaluations;
        this.filter = filter;
    }

    /**
     * Evaluations as a whole.
     *
     * @param models how many models answered, told apart by provider and model
     * @param experiments how many experiments they belong to
     * @param firstAt when the first was stored; null without any
     * @param lastAt when the last was stored; null without any
     */
    public record Overview(
            EvaluationFigures evaluations,
            long models,
            long experiments,
            @Nullable Instant firstAt,
            @Nullable Instant lastAt) {}

    /** The evaluations of one model. */
    public record OfModel(String provider, String model, EvaluationFigures evaluations) {}

    /** The evaluations that were stored on one day (UTC). */
    public record OfDay(LocalDate day, EvaluationFigures evaluations) {}

    /** Figures over all of them; zeros and nulls when the filter admits none. */
    public Overview overview() {
        return jdbc.one(
                Sql.of(OVERVIEW).and(filter),
                row -> new Overview(
                        Figures.map(row),
                        row.bigint("models"),
                        row.bigint("experiments"),
                        row.instantOrNull("first_at"),
                        row.instantOrNull("last_at")));
    }

    /**
     * Figures by model, the one with the most evaluations first; equal ones by provider and model. Empty when the filter admits
     * none.
     *
     * @param limit 1 to 1,000
     */
    public List<OfModel> perModel(int limit) {
        Check.limit(limit);
        return jdbc.list(
                Sql.of(PER_MODEL).and(filter).and(BY_MODEL, limit),
                row -> new OfModel(row.text("provider"), row.text("model"), Figures.map(row)));
    }

    /**
     * Figures by day (UTC), the latest first. A day without evaluations is left out.
     *
     * @param limit 1 to 1,000
     */
    public List<OfDay> perDay(int limit) {
        Check.limit(limit);
        return jdbc.list(
                Sql.of(PER_DAY).and(filter).and(BY_DAY, limit), row -> new OfDay(row.date("day"), Figures.map(row)));
    }

    /**
     * The evaluations that were stored last, newest first.
     *
     * @param limit 1 to 1,000
     */
    public List<Evaluation> recent(int limit) {
        return evaluations.list(filter, limit).items();
    }
}
