package dev.evalstore.tracking;

import dev.evalstore.NotFoundException;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.exchange.SubmissionReads;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Reads the answers of several units in whatever order the server finds them: to sort all of them by text would double its work,
 * and the items are fewer. A value that is there and no number is NaN, which no stored value is; null is a missing one.
 *
 * <p>What is deleted or hidden while it is read is refused: the units are looked at after their answers.
 */
final class PairReads {
    static final int MAX_ANSWERS = 10_000_000;

    /** A row is short. */
    private static final int FETCHED = 10_000;

    private static final String EXPERIMENTS = """
            /* comparisons.pair_experiments */ select array_position(?::uuid[], experiment_id) as n, item_key{repeat},
                {value} as value
            from evalstore.evaluations where experiment_id = any (?)""";

    private static final String MODEL_VERSIONS = """
            /* comparisons.pair_model_versions */ select array_position(?::uuid[], model_version_id) as n, item_key{repeat},
                {value} as value
            from evalstore.evaluations where model_version_id = any (?)
                and not exists (
                    select from evalstore.experiments x where x.id = experiment_id and x.deleted_at is not null)""";

    private static final String LIMIT = "limit ?";

    private static final String SUBMISSIONS = """
            /* comparisons.pair_submissions */ select array_position(?::uuid[], r.submission_id) as n, t.case_key as item_key,
                {value} as value
            from evalstore.submission_cases r join evalstore.test_cases t on t.id = r.case_id
            where r.submission_id = any (?)""";

    private static final String LIVE_EXPERIMENTS = """
            /* experiments.compared */ select id from evalstore.experiments where id = any (?) and deleted_at is null""";

    private static final String LIVE_MODEL_VERSIONS = """
            /* model_versions.compared */ select id from evalstore.model_versions where id = any (?)""";

    /**
     * The value as text, which {@link JsonNumber} reads for less than the server would. Cut where no digit counts any more: 301
     * before the point, or 300 zeros after it and the 767 that decide how a double is rounded.
     */
    private static final String IN_OBJECT = "left(({object} -> ?::text)::text, " + JsonNumber.MAX_LENGTH + ")";

    private static final Map<String, String> OF_EVALUATIONS = Map.of(
            "score", "score",
            "latency_ms", "latency_ms::float8",
            "input_tokens", "input_tokens::float8",
            "output_tokens", "output_tokens::float8",
            "cost_usd", "cost_usd::float8",
            "rating", "rating",
            "metrics", IN_OBJECT.replace("{object}", "metrics"),
            "judge_scores", IN_OBJECT.replace("{object}", "judge_scores"),
            "criteria", IN_OBJECT.replace("{object}", "criteria"));

    private static final Map<String, String> OF_SUBMISSIONS = Map.of(
            "score", "r.score",
            "passed", "r.passed::int::float8",
            "latency_ms", "r.latency_ms::float8",
            "input_tokens", "r.input_tokens::float8",
            "output_tokens", "r.output_tokens::float8",
            "cost_usd", "r.cost_usd::float8");

    private PairReads() {}

    static PairedValues experiments(Jdbc jdbc, List<UUID> ids, ItemMetric metric, Pairing pairing) {
        List<UUID> units = ComparisonRules.units("experiments", ids);
        PairedValues paired =
                read(jdbc, ofExperiments(units, metric, pairing), ComparisonUnit.EXPERIMENT, units, metric, pairing);
        requireAll(ComparisonUnit.EXPERIMENT, units, live(jdbc, LIVE_EXPERIMENTS, units));
        return paired;
    }

    static PairedValues modelVersions(
            Jdbc jdbc, List<UUID> ids, ItemMetric metric, Pairing pairing, EvaluationFilter filter) {
        List<UUID> units = ComparisonRules.units("modelVersions", ids);
        PairedValues paired = read(
                jdbc,
                ofModelVersions(units, metric, pairing, filter),
                ComparisonUnit.MODEL_VERSION,
                units,
                metric,
                pairing);
        requireAll(ComparisonUnit.MODEL_VERSION, units, live(jdbc, LIVE_MODEL_VERSIONS, units));
        return paired;
    }

    static PairedValues submissions(
            Jdbc jdbc, SubmissionReads submissions, List<UUID> ids, ItemMetric metric, Viewer viewer) {
        List<UUID> units = ComparisonRules.units("submissions", ids);
        Objects.requireNonNull(viewer, "viewer");
        Sql results = statement(SUBMISSIONS, OF_SUBMISSIONS, "submissions", metric, units)
                .and(LIMIT, MAX_ANSWERS + 1);
        PairedValues paired = read(jdbc, results, ComparisonUnit.SUBMISSION, units, metric, Pairing.ITEM_AND_REPEAT);
        Set<UUID> versions = new HashSet<>();
        units.forEach(id -> versions.add(submissions.get(id, viewer).versionId()));
        if (versions.size() > 1) {
            throw new IllegalArgumentException("submissions must be of one version");
        }
        return paired;
    }

    static Sql ofExperiments(List<UUID> units, ItemMetric metric, Pairing pairing) {
        return statement(withRepeat(EXPERIMENTS, pairing), OF_EVALUATIONS, "evaluations", metric, units)
                .and(LIMIT, MAX_ANSWERS + 1);
    }

    static Sql ofModelVersions(List<UUID> units, ItemMetric metric, Pairing pairing, EvaluationFilter filter) {
        return statement(withRepeat(MODEL_VERSIONS, pairing), OF_EVALUATIONS, "evaluations", metric, units)
                .and(Objects.requireNonNull(filter, "filter"))
                .and(LIMIT, MAX_ANSWERS + 1);
    }

    /** Of a column that is not needed, a hundred thousand values are work. */
    private static String withRepeat(String statement, Pairing pairing) {
        Objects.requireNonNull(pairing, "pairing");
        return statement.replace("{repeat}", pairing == Pairing.ITEM ? "" : ", repeat");
    }

    /** Refuses the first that is not among those that were found. */
    static void requireAll(ComparisonUnit unit, List<UUID> ids, Set<UUID> found) {
        for (UUID id : ids) {
            if (!found.contains(id)) {
                String entity = unit.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                throw new NotFoundException(entity, id.toString());
            }
        }
    }

    private static Set<UUID> live(Jdbc jdbc, String statement, List<UUID> ids) {
        return new HashSet<>(jdbc.list(Sql.of(statement, SqlArray.uuids(ids)), row -> row.uuid("id")));
    }

    private static Sql statement(
            String statement, Map<String, String> expressions, String of, ItemMetric metric, List<UUID> units) {
        String expression =
                expressions.get(Objects.requireNonNull(metric, "metric").column());
        if (expression == null) {
            throw new IllegalArgumentException("metric must be one of " + of);
        }
        Sql sql = Sql.of(statement.replace("{value}", expression), SqlArray.uuids(units));
        if (!metric.name().isEmpty()) {
            sql = sql.and(Sql.args(List.of(metric.name())));
        }
        return sql.and(Sql.args(List.of(SqlArray.uuids(units))));
    }

    private static PairedValues read(
            Jdbc jdbc, Sql answers, ComparisonUnit unit, List<UUID> ids, ItemMetric metric, Pairing pairing) {
        PairBuilder pairs = new PairBuilder(ids.size());
        boolean ofRepeats = pairing == Pairing.ITEM_AND_REPEAT && unit != ComparisonUnit.SUBMISSION;
        boolean inObject = !metric.name().isEmpty();
        jdbc.forEach(
                answers,
                FETCHED,
                row -> pairs.add(
                        row.integer("n") - 1,
                        row.textOrNull("item_key"),
                        ofRepeats ? row.integer("repeat") : 0,
                        inObject ? JsonNumber.orNull(row.textOrNull("value")) : row.realOrNull("value")),
                count -> {
                    if (count > MAX_ANSWERS) {
                        throw new IllegalArgumentException(
                                "the units must have at most " + MAX_ANSWERS + " answers together");
                    }
                });
        return pairs.build(new PairedValues.Of(unit, ids, metric, pairing));
    }
}
