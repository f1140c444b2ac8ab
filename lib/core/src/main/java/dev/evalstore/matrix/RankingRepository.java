package dev.evalstore.matrix;

import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Compares model versions for a use, and keeps the outcome for a time; obtained from {@code Database} or {@code Tx}. What is
 * compared are averages over the newest result of each combination whose workload type is the category: throughput, latency
 * (milliseconds to the first token, 90th percentile), accuracy and cost (US dollars for a million tokens). A version without a value
 * for one of the criteria in use is left out.
 *
 * <p>Each category has one set a method, replaced as a whole: a reader sees the old one or the new one. Of two who replace it at
 * once, the second computes from what was stored when the first was done.
 */
public final class RankingRepository {
    static final Table<ModelRanking> TABLE = Table.of(
            "model ranking",
            "model_rankings",
            "id, generation, use_case_category, method, model_version_id, composite_score, rank_position, score_breakdown,"
                    + " calculated_at, expires_at",
            RankingRepository::map);

    private static final List<Criterion> CRITERIA =
            List.of(Criterion.THROUGHPUT, Criterion.LATENCY, Criterion.ACCURACY, Criterion.COST);

    private static final String LOCK = "/* rankings.lock */"
            + " select 1 as locked from (select pg_advisory_xact_lock(hashtextextended('evalstore.model_rankings ' || ?, 0))) l";

    private static final String VALUES = """
            /* rankings.values */ select r.model_version_id, avg(r.throughput_tokens_sec) as throughput,
                avg(r.ttft_p90_ms) as latency, avg(r.accuracy_score) as accuracy,
                avg(h.cost_per_hour_usd / nullif(r.throughput_tokens_sec::numeric * 3600, 0) * 1000000)::float8 as cost
            from (select distinct on (model_version_id, hardware_config_id, framework_id, batch_size, sequence_length)
                    model_version_id, hardware_config_id, throughput_tokens_sec, ttft_p90_ms, accuracy_score
                from evalstore.benchmark_results
                where workload_type = ? and benchmark_date >= ?
                order by model_version_id, hardware_config_id, framework_id, batch_size, sequence_length,
                    benchmark_date desc, created_at desc, id desc) r
            join evalstore.model_versions v on v.id = r.model_version_id
            left join evalstore.hardware_configs h on h.id = r.hardware_config_id
            group by r.model_version_id order by r.model_version_id""";

    private static final String INSERT = """
            /* rankings.replace */ insert into evalstore.model_rankings (id, generation, use_case_category, method,
                model_version_id, composite_score, rank_position, score_breakdown, calculated_at, expires_at)
            select u.id, g.generation, ?, ?, u.model_version, u.score, u.position, u.breakdown, statement_timestamp(),
                statement_timestamp() + make_interval(secs => ?)
            from (select nextval('evalstore.model_rankings_generation') as generation) g,
                unnest(?::uuid[], ?::uuid[], ?::float8[], ?::int[], ?::jsonb[])
                    as u (id, model_version, score, position, breakdown)
            returning %s""".formatted(TABLE.columns());

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public RankingRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Ranks by closeness to the ideal with the default weights of the use case that is the category itself.
     *
     * @throws NotFoundException if there is no such use case
     * @throws IllegalArgumentException as for {@link #rankTopsis(String, Map, LocalDate, Duration)}
     */
    public List<ModelRanking> rankTopsis(String category, LocalDate from, Duration validFor) {
        Check.text("category", category);
        Json weights = jdbc.find(
                        Sql.of(
                                "select default_weights from evalstore.use_cases where category = ? and subcategory is null",
                                category),
                        row -> row.json("default_weights"))
                .orElseThrow(() -> new NotFoundException("use case", category));
        Map<Criterion, Double> byCriterion = new LinkedHashMap<>();
        weights.asMap()
                .forEach((name, weight) -> byCriterion.put(
                        CRITERIA.stream()
                                .filter(criterion -> criterion.name().equals(name))
                                .findAny()
                                .orElseThrow(
                                        () -> new IllegalArgumentException(
                                                "defaultWeights of the use case name a criterion other than throughput, latency, accuracy and cost")),
                        ((Number) weight).doubleValue()));
        return rankTopsis(category, byCriterion, from, validFor);
    }

    /**
     * Ranks by closeness to the ideal and replaces the category's set; see {@link Topsis}.
     *
     * @param category the workload type of the results, and what the set is stored under
     * @param weights what of {@link Criterion}'s four counts how much, in all 1; one of weight 0 is not asked for
     * @param from the first day (UTC) of the results to look at
     * @param validFor how long the set is read
     * @return the set, best first; empty when there is nothing to rank, and then the category has no set any more
     * @throws IllegalArgumentException if the weights are not from 0 to 1 and in all 1, or name another criterion
     */
    public List<ModelRanking> rankTopsis(
            String category, Map<Criterion, Double> weights, LocalDate from, Duration validFor) {
        Topsis.check(weights);
        Map<Criterion, Double> used = new LinkedHashMap<>(weights);
        used.values().removeIf(weight -> weight == 0);
        return replace(
                category, RankingMethod.TOPSIS, used.keySet(), from, validFor, values -> Topsis.rank(values, used));
    }

    /**
     * Sorts by dominance and replaces the category's set; see {@link ParetoFronts}.
     *
     * @param category the workload type of the results, and what the set is stored under
     * @param criteria which of {@link Criterion}'s four to compare by, at least one
     * @param from the first day (UTC) of the results to look at
     * @param validFor how long the set is read
     * @return the set, first front first; empty when there is nothing to rank, and then the category has no set any more
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
                values -> ParetoFronts.rank(values, criteria));
    }

    /** What orders alternatives. */
    private interface Order {
        List<Ranked<UUID>> of(List<Alternative<UUID>> values);
    }

    private List<ModelRanking> replace(
            String category,
            RankingMethod method,
            Collection<Criterion> criteria,
            LocalDate from,
            Duration validFor,
            Order order) {
        Check.text("category", category);
        Objects.requireNonNull(from, "from");
        Check.positive("validFor", validFor);
        if (!CRITERIA.containsAll(criteria)) {
            throw new IllegalArgumentException("criteria must be throughput, latency, accuracy and cost");
        }
        return jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            tx.change(Sql.of(LOCK, method.name() + " " + category), row -> row.integer("locked"));
            List<Ranked<UUID>> ranked = order.of(values(tx, category, criteria, from));
            tx.update(Sql.of(
                    "delete from evalstore.model_rankings where use_case_category = ? and method = ?",
                    category,
                    method));
            return tx.returning(
                    Sql.of(
                            INSERT,
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

    private static List<Alternative<UUID>> values(
            Jdbc jdbc, String category, Collection<Criterion> criteria, LocalDate from) {
        List<Alternative<UUID>> complete = new ArrayList<>();
        for (Map.Entry<UUID, Map<Criterion, Double>> one : jdbc.list(Sql.of(VALUES, category, from), row -> {
            Map<Criterion, Double> values = new LinkedHashMap<>();
            for (Criterion criterion : criteria) {
                Double value = row.realOrNull(criterion.name());
                if (value != null) {
                    values.put(criterion, value);
                }
            }
            return Map.entry(row.uuid("model_version_id"), values);
        })) {
            if (one.getValue().size() == criteria.size()) {
                complete.add(new Alternative<>(one.getKey(), one.getValue()));
            }
        }
        return complete;
    }

    private static Json breakdown(Alternative<UUID> one) {
        Map<String, Double> values = new LinkedHashMap<>();
        one.values().forEach((criterion, value) -> values.put(criterion.name(), value));
        return Json.of(values);
    }

    /** The category's set, best first; empty when there is none, or when it has expired by the server's clock. */
    public List<ModelRanking> list(String category, RankingMethod method) {
        Check.text("category", category);
        Objects.requireNonNull(method, "method");
        return jdbc.list(
                TABLE.select()
                        .and(
                                "and use_case_category = ? and method = ? and expires_at > statement_timestamp()"
                                        + " order by rank_position, composite_score desc, model_version_id",
                                category,
                                method),
                TABLE.mapper());
    }

    /** Deletes the sets that have expired and gives their number of rows. They are not read in any case. */
    public int deleteExpired() {
        return jdbc.update(Sql.of("delete from evalstore.model_rankings where expires_at <= statement_timestamp()"));
    }

    private static ModelRanking map(Row row) throws SQLException {
        return new ModelRanking(
                row.uuid("id"),
                row.bigint("generation"),
                row.text("use_case_category"),
                row.enumValue("method", RankingMethod.class),
                row.uuid("model_version_id"),
                row.real("composite_score"),
                row.integer("rank_position"),
                row.json("score_breakdown"),
                row.instant("calculated_at"),
                row.instant("expires_at"));
    }
}
