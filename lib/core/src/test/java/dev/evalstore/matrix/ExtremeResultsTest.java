package dev.evalstore.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The least and the greatest figures that are stored, equal ones, and what is computed from them. */
class ExtremeResultsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final double MAX = 1e300;
    private static final LocalDate DAY = LocalDate.of(2026, 5, 17);
    private static final Duration AN_HOUR = Duration.ofHours(1);
    private static final Set<Criterion> ALL =
            Set.of(Criterion.THROUGHPUT, Criterion.LATENCY, Criterion.ACCURACY, Criterion.COST);
    private static final Map<Criterion, Double> EVENLY =
            Map.of(Criterion.THROUGHPUT, 0.25, Criterion.LATENCY, 0.25, Criterion.ACCURACY, 0.25, Criterion.COST, 0.25);

    private final ResultRepository results = database.db().matrix().results();
    private final RankingRepository rankings = database.db().matrix().rankings();
    private final MatrixFixture fixture = new MatrixFixture(database);

    @BeforeEach
    void empty() {
        MatrixFixture.empty(database);
    }

    private static NewBenchmarkResult result(double ms, double tokens, double accuracy) {
        return NewBenchmarkResult.of(new Percentiles(0, ms, MAX), new Percentiles(0, ms, MAX), tokens, tokens)
                .accuracyScore(accuracy)
                .resourceUsage(new ResourceUsage(100.0, tokens))
                .benchmarkDate(DAY);
    }

    /** A version measured on machines of that price, each result on a machine of its own. */
    private UUID measured(String usd, NewBenchmarkResult... measured) {
        UUID version = fixture.version();
        UUID framework = fixture.framework();
        for (NewBenchmarkResult one : measured) {
            results.record(new Combination(version, fixture.machine("80", usd), framework, "chatbot", 1, 1024), one);
        }
        return version;
    }

    private void answersAll(int versions) {
        assertThat(results.refreshDailyStats(DAY)).hasSize(versions);
        ResultSummary summary = results.summary(ResultFilter.ALL);
        for (ResultSummary.Spread spread : List.of(
                summary.ttftP90Ms(),
                summary.tpotP90Ms(),
                summary.throughputTokensSec(),
                summary.rpsSustained(),
                summary.accuracyScore())) {
            assertThat(spread.mean()).isFinite().isBetween(spread.min(), spread.max());
            assertThat(spread.median()).isFinite().isBetween(spread.min(), spread.max());
        }
        for (Sla.Order order : Sla.Order.values()) {
            assertThat(results.listMeetingSla(Sla.since(DAY), order, 100)).isNotEmpty();
        }
        for (ResultMetric metric : ResultMetric.values()) {
            assertThat(results.listBest(metric, ResultFilter.ALL, 100)).isNotEmpty();
        }
        assertThat(rankings.rankTopsis("chatbot", EVENLY, DAY, AN_HOUR)).hasSize(versions);
        assertThat(rankings.rankPareto("chatbot", ALL, DAY, AN_HOUR)).hasSize(versions);
    }

    @Test
    void the_greatest_and_the_least_figures_are_summed_up_and_ranked() {
        measured("999999999.999999999", result(MAX, MAX, MAX), result(MAX, MAX, MAX), result(0, MAX, -MAX));
        measured("0", result(MAX, MAX, -MAX), result(MAX, MAX, -MAX));
        measured("999999999", result(0, Double.MIN_VALUE, Double.MIN_VALUE), result(0, 1e-20, 0), result(0, 1e-300, 0));
        measured("0.000000001", result(0, Double.MIN_VALUE, 0), result(0, MAX, 0));
        answersAll(4);
    }

    @Test
    void a_throughput_of_next_to_nothing_has_a_price_all_the_same() {
        measured("3600", result(1, 1e-20, 0.5));
        assertThat(results.listMeetingSla(Sla.since(DAY), Sla.Order.CHEAPEST, 10))
                .extracting(SlaMatch::costPerMillionTokensUsd)
                .usingElementComparator(BigDecimal::compareTo)
                .containsExactly(new BigDecimal("1e26"));
        answersAll(1);
    }

    @Test
    void a_figure_beyond_what_can_be_summed_up_is_refused_by_name() {
        double tooMuch = 1.7e308;
        refused("throughputTokensSec", () -> NewBenchmarkResult.of(null, null, tooMuch, null));
        refused("rpsSustained", () -> NewBenchmarkResult.of(null, null, null, tooMuch));
        refused("accuracyScore", () -> MatrixFixture.result(1, 1).accuracyScore(tooMuch));
        refused("accuracyScore", () -> MatrixFixture.result(1, 1).accuracyScore(-tooMuch));
        refused("p99", () -> new Percentiles(1, 1, tooMuch));
        refused("memoryUsedGb", () -> new ResourceUsage(null, tooMuch));
        measured("1", MatrixFixture.result(1, 1).benchmarkDate(DAY));
        Map.of(
                        "throughput_tokens_sec = 1.7e308", "throughput_tokens_sec_range",
                        "rps_sustained = 1.7e308", "rps_sustained_range",
                        "accuracy_score = 1.7e308", "accuracy_score_range",
                        "accuracy_score = -1.7e308", "accuracy_score_range",
                        "accuracy_score = 'NaN'", "accuracy_score_range",
                        "ttft_p99_ms = 1.7e308", "ttft_range",
                        "tpot_p99_ms = 1.7e308", "tpot_range",
                        "memory_used_gb = 1.7e308", "memory_used_gb_range")
                .forEach((change, constraint) -> assertThatThrownBy(
                                () -> database.admin("update evalstore.benchmark_results set " + change))
                        .as(change)
                        .hasMessageContaining("benchmark_results_" + constraint));
    }

    /** A floating sum of three 0.1 is no three times a 0.1, and in another order it may be another one. */
    @Test
    void equal_averages_tie() {
        NewBenchmarkResult point = result(0.1, 0.1, 0.1);
        UUID three = measured("0.1", point, point, point);
        UUID one = measured("0.1", point);
        List<ModelRanking> fronts = rankings.rankPareto("chatbot", ALL, DAY, AN_HOUR);
        assertThat(fronts).extracting(ModelRanking::rankPosition).containsExactly(1, 1);
        assertThat(rankings.rankTopsis("chatbot", EVENLY, DAY, AN_HOUR))
                .extracting(ModelRanking::compositeScore)
                .containsExactly(1.0, 1.0);
        for (UUID version : List.of(three, one)) {
            ResultSummary summary = results.summary(ResultFilter.ALL.modelVersion(version));
            assertThat(summary.accuracyScore().mean()).isEqualTo(0.1);
            assertThat(summary.throughputTokensSec().mean()).isEqualTo(0.1);
        }
        assertThat(results.refreshDailyStats(DAY))
                .extracting(DailyModelStats::avgAccuracyScore)
                .containsExactly(0.1, 0.1);
    }

    @Test
    void averages_of_the_same_values_tie_in_whatever_order_and_number_they_come() {
        measured("0.1", result(0.1, 0.7, 0.3), result(0.3, 0.1, 0.7), result(0.7, 0.3, 0.1));
        measured(
                "0.1",
                result(0.7, 0.3, 0.1),
                result(0.7, 0.3, 0.1),
                result(0.1, 0.7, 0.3),
                result(0.3, 0.1, 0.7),
                result(0.1, 0.7, 0.3),
                result(0.3, 0.1, 0.7));
        assertThat(rankings.rankPareto("chatbot", ALL, DAY, AN_HOUR))
                .extracting(ModelRanking::rankPosition)
                .containsExactly(1, 1);
        assertThat(results.refreshDailyStats(DAY))
                .extracting(DailyModelStats::avgAccuracyScore, DailyModelStats::avgTtftP90Ms)
                .hasSize(2)
                .satisfies(both -> assertThat(both.get(0)).isEqualTo(both.get(1)));
    }

    @Test
    void an_end_beyond_what_a_timestamp_can_say_is_none() {
        UUID version = fixture.version();
        List<UUID> machines = fixture.machines(100);
        ConfigRepository configs = database.db().matrix().configs();
        configs.populate(MatrixSpec.of(
                version, machines, fixture.frameworks(1), List.of("qa"), List.of(1, 2, 3, 4, 5), List.of(1, 2, 3, 4)));
        database.admin("update evalstore.benchmark_configs set outcome = 'completed', result_id = gen_random_uuid(),"
                + " result_date = current_date, attempt = 1, started_at = statement_timestamp() - interval '36000 days',"
                + " completed_at = statement_timestamp()"
                + " where id = (select id from evalstore.benchmark_configs limit 1)");
        ConfigProgress progress = configs.progress(version, Duration.ofDays(36_500));
        assertThat(progress.completed()).isEqualTo(1);
        assertThat(progress.perMinute()).isPositive();
        assertThat(progress.estimatedEnd()).isNull();
        refused("window", () -> configs.progress(version, Duration.ofDays(36_501)));
        refused("window", () -> configs.progress(version, Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void nothing_is_not_done() {
        assertThat(database.db()
                        .matrix()
                        .configs()
                        .progress(UUID.randomUUID(), AN_HOUR)
                        .percent())
                .isZero();
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }
}
