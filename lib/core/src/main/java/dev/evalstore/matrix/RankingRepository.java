package dev.evalstore.matrix;

import dev.evalstore.Cleanup;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.NotFoundException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Mean;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnitChanges;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Compares model versions for a use case, and keeps the outcome until it expires. The category of the use case is the
 * workload type of the results. The newest result of each combination counts, and each model version has the average of
 * these. The criteria are throughput (tokens a second), latency (milliseconds to the first token, 90th percentile),
 * accuracy, and cost (US dollars for a million tokens). A model version without a value for one of the criteria in use
 * is left out.
 *
 * <p>A category has one set for each method. A set is replaced as a whole: a reader sees the old set or the new one.
 * Concurrent replacements of one set run one after another, and each computes from what is stored when its turn comes.
 */
public final class RankingRepository extends RankingReads {
    private static final Map<String, Criterion> CRITERIA = Map.of(
            "throughput", Criterion.THROUGHPUT,
            "latency", Criterion.LATENCY,
            "accuracy", Criterion.ACCURACY,
            "cost", Criterion.COST);

    private static final int CLEANUP_BATCH = 1_000;

    private static final String DEFAULT_WEIGHTS = """
            /* model_rankings.default_weights */ select default_weights from evalstore.use_cases
            where category = ? and subcategory is null""";

    private static final String LOCK = """
            /* model_rankings.lock */ select 1 as locked
            from (select pg_advisory_xact_lock(hashtextextended('evalstore.model_rankings ' || ?, 0))) l""";

    /** The columns are named as the criteria are. The cost of a throughput of next to nothing ends at 1e300. */
    private static final String AVERAGES = """
            /* model_rankings.averages */ select r.model_version_id, {throughput} as throughput, {latency} as latency,
                {accuracy} as accuracy,
                case when count(c.cost) > 0 then least(1e300, round(avg(c.cost), 307)) end::float8 as cost
            from (select distinct on (model_version_id, hardware_config_id, framework_id, batch_size, sequence_length)
                    model_version_id, hardware_config_id, throughput_tokens_sec, ttft_p90_ms, accuracy_score
                from evalstore.benchmark_results
                where workload_type = ? and benchmark_date >= ?
                order by model_version_id, hardware_config_id, framework_id, batch_size, sequence_length,
                    benchmark_date desc, created_at desc, id desc) r
            join evalstore.model_versions v on v.id = r.model_version_id
            left join evalstore.hardware_configs h on h.id = r.hardware_config_id
            cross join lateral (
                select h.cost_per_hour_usd / nullif(r.throughput_tokens_sec::numeric * 3600, 0) * 1000000 as cost) c
            group by r.model_version_id order by r.model_version_id""".replace("{throughput}", Mean.of("r.throughput_tokens_sec"))
            .replace("{latency}", Mean.of("r.ttft_p90_ms"))
            .replace("{accuracy}", Mean.of("r.accuracy_score"));

    private static final String CLEAR = """
            /* model_rankings.clear */ delete from evalstore.model_rankings
            where use_case_category = ? and method = ?""";

    private static final String STORE = TABLE.text("""
            /* model_rankings.store */ insert into evalstore.model_rankings (id, generation, use_case_category, method,
                model_version_id, composite_score, rank_position, score_breakdown, calculated_at, expires_at)
            select u.id, g.generation, ?, ?, u.model_version, u.score, u.position, u.breakdown, statement_timestamp(),
                statement_timestamp() + make_interval(secs => ?)
            from (select nextval('evalstore.model_rankings_generation') as generation) g,
                unnest(?::uuid[], ?::uuid[], ?::float8[], ?::int[], ?::jsonb[])
                    as u (id, model_version, score, position, breakdown)
            returning {columns}""");

    private static final String CLEANUP = """
            /* model_rankings.cleanup */ with expired as materialized (
                select id from evalstore.model_rankings where expires_at <= statement_timestamp()
                order by expires_at limit ? for update skip locked)
            delete from evalstore.model_rankings where id = any (array(select id from expired))""";

    RankingRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Ranks by closeness to the ideal, with the default weights of the use case that has the category and no
     * subcategory.
     *
     * @throws NotFoundException if there is no such use case
     * @throws IllegalArgumentException as for {@link #rankTopsis(String, Map, LocalDate, Duration)}
     */
    public List<ModelRanking> rankTopsis(String category, LocalDate from, Duration validFor) {
        Check.text("category", category);
        Json weights = jdbc.find(Sql.of(DEFAULT_WEIGHTS, category), row -> row.json("default_weights"))
                .orElseThrow(() -> new NotFoundException("use case", category));
        return rankTopsis(category, byCriterion(weights), from, validFor);
    }

    /**
     * Ranks by closeness to the ideal and replaces the category's set; see {@link Topsis}.
     *
     * @param category the workload type of the results, and the name of the set; at most 800 bytes in UTF-8
     * @param weights how much each of {@link Criterion}'s four counts, 1 in all; a criterion of weight 0 is not in use
     * @param from the first day (UTC) of the results to look at
     * @param validFor how long the set is listed, at most 36,500 days
     * @return the set, best first; empty when there is nothing to rank, and then the category has no set any more
     * @throws IllegalArgumentException if the weights are not from 0 to 1 or do not sum to 1, or name another criterion
     */
    public List<ModelRanking> rankTopsis(
            String category, Map<Criterion, Double> weights, LocalDate from, Duration validFor) {
        Topsis.check(weights);
        Map<Criterion, Double> used = new LinkedHashMap<>(weights);
        used.values().removeIf(weight -> weight == 0);
        return replace(
                category,
                RankingMethod.TOPSIS,
                used.keySet(),
                from,
                validFor,
                alternatives -> Topsis.rank(alternatives, used));
    }

    /**
     * Sorts by dominance and replaces the category's set; see {@link ParetoFronts}.
     *
     * @param category the workload type of the results, and the name of the set
     * @param criteria which of {@link Criterion}'s four to compare by, at least one
     * @param from the first day (UTC) of the results to look at
     * @param validFor how long the set is listed, at most 36,500 days
     * @return the set, first front first; empty when there is nothing to rank, and then the category has no set any
     *     more
     * @throws IllegalArgumentException if there is no criterion, or another one
     */
    public List<ModelRanking> rankPareto(String category, Set<Criterion> criteria, LocalDate from, Duration validFor) {
        if (criteria.isEmpty()) {
            throw new IllegalArgumentException("criteria must not be empty");
        }
        return replace(
                category,
                RankingMethod.PARETO,
                criteria,
                from,
                validFor,
                alternatives -> ParetoFronts.rank(alternatives, criteria));
    }

    /**
     * Deletes expired rankings, which are never listed. In batches of 1,000 rows, each its own commit outside of a
     * transaction, and at most 100,000 rows a call.
     */
    public Cleanup cleanup() {
        return Batches.run(CLEANUP_BATCH, () -> jdbc.update(Sql.of(CLEANUP, CLEANUP_BATCH)));
    }

    private static Map<Criterion, Double> byCriterion(Json defaultWeights) {
        Map<Criterion, Double> weights = new LinkedHashMap<>();
        defaultWeights.asMap().forEach((name, weight) -> {
            Criterion criterion = CRITERIA.get(name);
            if (criterion == null) {
                throw new IllegalArgumentException(
                        "defaultWeights of the use case name a criterion other than throughput, latency, accuracy and"
                                + " cost");
            }
            weights.put(criterion, ((Number) weight).doubleValue());
        });
        return weights;
    }

    private List<ModelRanking> replace(
            String category,
            RankingMethod method,
            Collection<Criterion> criteria,
            LocalDate from,
            Duration validFor,
            Function<List<Alternative<UUID>>, List<Ranked<UUID>>> ranking) {
        Check.name("category", category);
        Check.day("from", from);
        Check.period("validFor", validFor);
        if (!CRITERIA.values().containsAll(criteria)) {
            throw new IllegalArgumentException("criteria must be throughput, latency, accuracy and cost");
        }
        return jdbc.inOwnTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            tx.change(Sql.of(LOCK, method.name() + " " + category), row -> row.integer("locked"));
            List<Ranked<UUID>> ranked = ranking.apply(alternatives(tx, category, criteria, from));
            tx.update(Sql.of(CLEAR, category, method));
            UnitChanges.touch(tx, Set.of(UnitNames.rankings(category, method)));
            return tx.returning(
                    Sql.of(
                            STORE,
                            category,
                            method,
                            validFor,
                            SqlArray.uuids(ranked, one -> Uuids.next()),
                            SqlArray.uuids(ranked, one -> one.alternative().key()),
                            SqlArray.reals(ranked, Ranked::score),
                            SqlArray.ints(ranked, Ranked::position),
                            SqlArray.jsons(ranked, one -> breakdown(one.alternative()))),
                    TABLE.mapper());
        });
    }

    private static List<Alternative<UUID>> alternatives(
            Jdbc jdbc, String category, Collection<Criterion> criteria, LocalDate from) {
        return jdbc.list(Sql.of(AVERAGES, category, from), row -> alternative(row, criteria)).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Empty where a value is missing. */
    private static Optional<Alternative<UUID>> alternative(Row row, Collection<Criterion> criteria)
            throws SQLException {
        Map<Criterion, Double> values = new LinkedHashMap<>();
        for (Criterion criterion : criteria) {
            Double value = row.realOrNull(criterion.name());
            if (value == null) {
                return Optional.empty();
            }
            values.put(criterion, value);
        }
        return Optional.of(new Alternative<>(row.uuid("model_version_id"), values));
    }

    private static Json breakdown(Alternative<UUID> alternative) {
        Map<String, Double> values = new LinkedHashMap<>();
        alternative.values().forEach((criterion, value) -> values.put(criterion.name(), value));
        return Json.of(values, JsonMapping.builtIn());
    }
}
