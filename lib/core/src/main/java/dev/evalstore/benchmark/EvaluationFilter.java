package dev.evalstore.benchmark;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Predicates;
import dev.evalstore.internal.jdbc.Predicates.Comparison;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which evaluations to list. Conditions add up. Immutable.
 *
 * <p>A condition that names several ids admits rows of any of them: with no id, none. A bound that is null bounds nothing,
 * and a row without a value meets no bound.
 */
public final class EvaluationFilter extends Conditions<EvaluationFilter> {
    /** Every evaluation. */
    public static final EvaluationFilter ALL = new EvaluationFilter(Sql.NONE);

    /** The maximum of ids that one condition names. */
    public static final int MAX_IDS = 10_000;

    /** The maximum of a searched text, in characters. */
    public static final int MAX_TEXT = 10_000;

    private static final String MODELS = """
            and model_version_id in (
                select v.id from evalstore.model_versions v where v.model_id = any (?))""";

    private static final String DATASETS = """
            and experiment_id in (
                select x.id from evalstore.experiments x where x.dataset_id = any (?) and x.deleted_at is null)""";

    private static final String STATUS = """
            and experiment_id in (
                select x.id from evalstore.experiments x where x.status = ? and x.deleted_at is null)""";

    private static final String KIND = """
            and experiment_id in (
                select x.id from evalstore.experiments x where x.kind = ? and x.deleted_at is null)""";

    /** The same expression as the index of {@code migrations/optional/evaluation_words.sql}. */
    private static final String WORDS = """
            and evalstore.search_document(input || ' ' || output) @@ (select evalstore.definition_query(?))""";

    private EvaluationFilter(Sql sql) {
        super(sql, EvaluationFilter::new);
    }

    /** Only evaluations of this run. */
    public EvaluationFilter benchmark(UUID id) {
        return where(equal("benchmark_id", "id", id));
    }

    /** Only evaluations of this experiment. */
    public EvaluationFilter experiment(UUID id) {
        return where(equal("experiment_id", "id", id));
    }

    /** Only evaluations of one of these experiments: at most 10,000. */
    public EvaluationFilter experiments(List<UUID> ids) {
        return where(Predicates.in("experiment_id", ids("experiments", ids)));
    }

    /** Only evaluations of an experiment with one of these datasets of the catalogue: at most 10,000. */
    public EvaluationFilter datasets(List<UUID> ids) {
        return and(DATASETS, ids("datasets", ids));
    }

    /** Only evaluations of an experiment in this status. */
    public EvaluationFilter experimentStatus(ExperimentStatus status) {
        return and(STATUS, Objects.requireNonNull(status, "experimentStatus"));
    }

    /** Only evaluations of an experiment of this kind. */
    public EvaluationFilter experimentKind(ExperimentKind kind) {
        return and(KIND, Objects.requireNonNull(kind, "experimentKind"));
    }

    /** Only answers to this question; with {@link #experiments} beside it, they are looked up by an index. */
    public EvaluationFilter item(String key) {
        return where(equal("item_key", "itemKey", Check.text("itemKey", key)));
    }

    /** Only answers of a model of this provider. */
    public EvaluationFilter provider(String provider) {
        return where(equal("provider", "provider", Check.text("provider", provider)));
    }

    /** Only answers of this model, by the name that the evaluation has. */
    public EvaluationFilter model(String model) {
        return where(equal("model", "model", Check.text("model", model)));
    }

    /** Only answers of any version of one of these models of the catalogue: at most 10,000. */
    public EvaluationFilter models(List<UUID> ids) {
        return and(MODELS, ids("models", ids));
    }

    /** Only answers of one of these model versions of the catalogue: at most 10,000. */
    public EvaluationFilter modelVersions(List<UUID> ids) {
        return where(Predicates.in("model_version_id", ids("modelVersions", ids)));
    }

    /**
     * Only evaluations with this text, in any case, in input, output or expected answer: not blank, at most 10,000
     * characters. Taken literally: {@code %} and {@code _} stand for themselves. The database's locale says which letters
     * differ in case alone: under {@code C} only those of ASCII.
     *
     * <p>The rows that the other conditions leave are read through. Where {@code
     * migrations/optional/evaluation_trigrams.sql} has made its index, the server uses that for texts of three
     * characters and more.
     */
    public EvaluationFilter text(String part) {
        String text = Check.text("text", part, 1, MAX_TEXT);
        return where(Predicates.any(List.of(
                Predicates.contains("input", text),
                Predicates.contains("output", text),
                Predicates.contains("expected", text))));
    }

    /**
     * Only evaluations that have, for each word of the text, a word that begins with it, in any case, in input or output:
     * not blank, at most 10,000 characters. Words are cut as in searches of definitions; the first 32 of the text count,
     * and of an evaluation those in its first 200,000 characters. A text without a word admits nothing.
     *
     * <p>Slow without the index of {@code migrations/optional/evaluation_words.sql}: the words of every row that the other
     * conditions leave are then cut again.
     */
    public EvaluationFilter words(String text) {
        return and(WORDS, Check.text("words", text, 1, MAX_TEXT));
    }

    /**
     * Only scores from {@code min} to {@code max}, both included; either may be null. An answer without a score meets
     * no bound.
     */
    public EvaluationFilter score(@Nullable Double min, @Nullable Double max) {
        Check.finiteOrNull("minScore", min);
        Check.finiteOrNull("maxScore", max);
        return range("score", min, max);
    }

    /**
     * Only mean ratings from {@code min} to {@code max}, both included; either may be null. An evaluation without a
     * rating meets no bound.
     */
    public EvaluationFilter rating(@Nullable Double min, @Nullable Double max) {
        Check.finiteOrNull("minRating", min);
        Check.finiteOrNull("maxRating", max);
        return range("rating", min, max);
    }

    /**
     * Only costs from {@code min} to {@code max} US dollars, both included, each at least 0, below 10⁹, with at most nine
     * decimals; either may be null. An evaluation without a cost meets no bound.
     */
    public EvaluationFilter cost(@Nullable BigDecimal min, @Nullable BigDecimal max) {
        Check.usdOrNull("minCost", min);
        Check.usdOrNull("maxCost", max);
        return range("cost_usd", min, max);
    }

    /** Only evaluations that were stored at {@code from} or later, and before {@code to}; either may be null. */
    public EvaluationFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }

    private EvaluationFilter range(String column, @Nullable Object min, @Nullable Object max) {
        return where(Predicates.all(Predicates.within(column, min, max)));
    }

    private static Sql equal(String column, String field, Object value) {
        return Predicates.compare(column, Comparison.EQUAL, Objects.requireNonNull(value, field));
    }

    private static SqlArray ids(String field, List<UUID> ids) {
        List<UUID> given = Check.list(field, ids);
        Check.range(field, given.size(), 0, MAX_IDS);
        return SqlArray.uuids(given);
    }
}
