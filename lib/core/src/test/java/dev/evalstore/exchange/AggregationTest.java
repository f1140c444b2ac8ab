package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AggregationTest {
    private static final PrimaryMetric PLAIN = PrimaryMetric.of("Accuracy", "The share of right answers", "accuracy");
    private static final Offset<Double> EXACT = within(1e-15);

    private static Scoring scoring(AggregationMethod method) {
        return method == AggregationMethod.PERCENTILE ? Scoring.percentile(90) : Scoring.of(method);
    }

    /** Keys a, b, c, … with a weight each. */
    private static Map<String, Double> weights(double... weights) {
        Map<String, Double> byKey = new HashMap<>();
        for (double weight : weights) {
            byKey.put(key(byKey.size()), weight);
        }
        return byKey;
    }

    private static String key(int number) {
        return String.valueOf((char) ('a' + number));
    }

    /** Of keys a, b, c, …; passed from 0.5. */
    private static List<CaseScore> scores(double... scores) {
        List<CaseScore> list = new ArrayList<>();
        for (double score : scores) {
            list.add(new CaseScore(key(list.size()), score >= 0.5, score));
        }
        return list;
    }

    private static double aggregate(Scoring scoring, Map<String, Double> weights, List<CaseScore> scores) {
        return Aggregation.of(scoring, PLAIN, weights).aggregate(scores);
    }

    private static void assertEach(
            Map<String, Double> weights, List<CaseScore> scores, Map<AggregationMethod, Double> expected) {
        assertThat(expected).hasSize(AggregationMethod.values().length);
        expected.forEach((method, result) -> assertThat(aggregate(scoring(method), weights, scores))
                .as("%s", method)
                .isEqualTo(result, EXACT));
    }

    private static Map<AggregationMethod, Double> results(double... results) {
        Map<AggregationMethod, Double> byMethod = new EnumMap<>(AggregationMethod.class);
        for (int i = 0; i < results.length; i++) {
            byMethod.put(AggregationMethod.values()[i], results[i]);
        }
        return byMethod;
    }

    /**
     * By hand, of 0.5, 1, 0.25, 1 with weights 0.2, 0.4, 0.4, 1:
     *
     * <pre>
     * mean            2.75 ÷ 4                                    = 0.6875
     * weighted mean   (0.1 + 0.4 + 0.1 + 1) ÷ 2                   = 0.8
     * median          0.25 0.5 1 1: (0.5 + 1) ÷ 2                 = 0.75
     * geometric mean  (0.5 × 1 × 0.25 × 1)^¼ = (2⁻³)^¼ = 2^-0.75  = 0.594603557501360533…
     * harmonic mean   4 ÷ (2 + 1 + 4 + 1)                         = 0.5
     * percentile 90   place 3 × 0.9 = 2.7: 1 + 0.7 × (1 − 1)      = 1
     * pass rate       3 ÷ 4                                       = 0.75
     * </pre>
     */
    @Test
    void each_method_gives_what_is_computed_by_hand() {
        assertEach(
                weights(0.2, 0.4, 0.4, 1),
                scores(0.5, 1, 0.25, 1),
                results(0.6875, 0.8, 0.75, 0.594603557501360533, 0.5, 0.25, 1, 1, 0.75));
    }

    /**
     * By hand, of 0.5, 1, 0.25 and a fourth that is missing, with the same weights:
     *
     * <pre>
     * mean 1.75 ÷ 4 = 0.4375 · weighted (0.1 + 0.4 + 0.1) ÷ 2 = 0.3 · median 0 0.25 0.5 1: 0.375 · geometric, harmonic 0
     * min 0 · max 1 · percentile 90: 0.5 + 0.7 × 0.5 = 0.85 · pass rate 2 ÷ 4
     * </pre>
     */
    @Test
    void a_missing_case_scores_zero_and_is_not_passed() {
        assertEach(weights(0.2, 0.4, 0.4, 1), scores(0.5, 1, 0.25), results(0.4375, 0.3, 0.375, 0, 0, 0, 1, 0.85, 0.5));
        assertEach(weights(0.2, 0.4), List.of(), results(0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void a_zero_makes_a_geometric_and_a_harmonic_mean_zero() {
        assertEach(weights(1, 1, 1), scores(0, 0.5, 1), results(0.5, 0.5, 0.5, 0, 0, 0, 1, 0.9, 2 / 3.0));
    }

    @Test
    void a_version_without_cases_aggregates_to_zero() {
        assertEach(Map.of(), List.of(), results(0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(Aggregation.of(Scoring.of(AggregationMethod.MEAN), PLAIN.range(20, 80), Map.of())
                        .aggregate(List.of()))
                .isEqualTo(20);
    }

    @ParameterizedTest
    @EnumSource(AggregationMethod.class)
    void a_single_case_is_its_own_aggregate(AggregationMethod method) {
        for (double score : new double[] {0.1, 0.3, 0.7, 1, Double.MIN_VALUE, 1e-310}) {
            double expected = method == AggregationMethod.PASS_RATE ? score >= 0.5 ? 1 : 0 : score;
            assertThat(aggregate(scoring(method), weights(0.3), scores(score))).isEqualTo(expected);
        }
    }

    /** Of 0.1, 0.2, 0.4, 0.8: the places are 0, 0.75, 1.5, 2.25 and 3. */
    @Test
    void percentiles_are_linear_between_two_scores() {
        double[] percent = {0, 25, 50, 75, 100};
        double[] expected = {0.1, 0.175, 0.3, 0.5, 0.8};
        for (int i = 0; i < percent.length; i++) {
            assertThat(aggregate(Scoring.percentile(percent[i]), weights(1, 1, 1, 1), scores(0.8, 0.1, 0.4, 0.2)))
                    .isEqualTo(expected[i], EXACT);
        }
    }

    /** Of the mean 0.6: (0.6 − 0.5) ÷ (0.9 − 0.5) = 0.25, and 10 + 0.25 × 80 = 30. */
    @Test
    void min_max_is_clamped_and_then_scaled_to_the_range() {
        Scoring scoring = Scoring.of(AggregationMethod.MEAN)
                .normalization(Normalization.MIN_MAX, Json.parse("{\"min\": 0.5, \"max\": 0.9}"));
        Aggregation aggregation = Aggregation.of(scoring, PLAIN.range(10, 90), weights(1));
        assertThat(aggregation.aggregate(scores(0.6))).isEqualTo(30, within(1e-12));
        assertThat(aggregation.aggregate(scores(0.4))).isEqualTo(10);
        assertThat(aggregation.aggregate(scores(0.95))).isEqualTo(90);
        assertThat(aggregate(scoring, weights(1), scores(0.6))).isEqualTo(0.25, EXACT);
    }

    /** Of the mean 0.6: (0.6 − 0.5) ÷ 0.04 = 2.5, whatever the range. */
    @Test
    void a_z_score_has_no_range_and_stays_finite() {
        Scoring scoring = Scoring.of(AggregationMethod.MEAN)
                .normalization(Normalization.Z_SCORE, Json.parse("{\"mean\": 0.5, \"stddev\": 0.04}"));
        assertThat(Aggregation.of(scoring, PLAIN.range(0, 100), weights(1)).aggregate(scores(0.6)))
                .isEqualTo(2.5, within(1e-12));
        assertThat(aggregate(scoring, weights(1), scores(0.3))).isEqualTo(-5, within(1e-12));
        Scoring steep = Scoring.of(AggregationMethod.MEAN)
                .normalization(Normalization.Z_SCORE, Json.parse("{\"mean\": 0.5, \"stddev\": 4.9e-324}"));
        assertThat(aggregate(steep, weights(1), scores(0.6))).isEqualTo(1e300);
    }

    @Test
    void a_range_with_one_bound_scales_nothing() {
        PrimaryMetric oneBound = new PrimaryMetric("Accuracy", "Right answers", "accuracy", null, true, 10.0, null);
        assertThat(Aggregation.of(Scoring.of(AggregationMethod.MEAN), oneBound, weights(1))
                        .aggregate(scores(0.6)))
                .isEqualTo(0.6);
        assertThat(Aggregation.of(Scoring.of(AggregationMethod.MAX), PLAIN.range(-1e300, 1e300), weights(1))
                        .aggregate(scores(1)))
                .isEqualTo(1e300);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void the_order_of_the_scores_changes_no_bit(long seed) {
        Random random = new Random(seed);
        Map<String, Double> weights = new HashMap<>();
        List<CaseScore> scores = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String key = Long.toString(random.nextLong(), 36);
            weights.put(key, 1 - random.nextDouble());
            scores.add(new CaseScore(key, random.nextBoolean(), 1 - random.nextDouble()));
        }
        for (AggregationMethod method : AggregationMethod.values()) {
            double first = aggregate(scoring(method), weights, scores);
            assertThat(first).isBetween(0.0, 1.0);
            for (int i = 0; i < 5; i++) {
                Collections.shuffle(scores, random);
                assertThat(aggregate(scoring(method), new HashMap<>(weights), scores))
                        .as("%s", method)
                        .isEqualTo(first);
            }
        }
    }

    /** The number was the same on JDK 17 and 25, interpreted and compiled. */
    @Test
    void every_jdk_gives_the_same_bits() {
        Random random = new Random(5);
        long hash = 0;
        for (int round = 0; round < 300; round++) {
            Map<String, Double> weights = new HashMap<>();
            List<CaseScore> scores = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String key = Long.toString(random.nextLong(), 36);
                weights.put(key, 1 - random.nextDouble());
                scores.add(new CaseScore(key, random.nextBoolean(), 1 - random.nextDouble()));
            }
            for (AggregationMethod method : AggregationMethod.values()) {
                double score = Aggregation.of(scoring(method), PLAIN.range(0, 100), weights)
                        .aggregate(scores);
                hash = hash * 31 + Double.doubleToLongBits(score);
            }
        }
        assertThat(Long.toHexString(hash)).isEqualTo("792d609b084468c4");
    }

    /** From the definitions, computed in another way. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void means_lie_between_the_extremes_and_in_their_order(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            double[] values =
                    random.doubles(1 + random.nextInt(20)).map(x -> 1 - x).toArray();
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            Map<String, Double> weights =
                    weights(random.doubles(values.length).map(x -> 1 - x).toArray());
            double min = aggregate(scoring(AggregationMethod.MIN), weights, scores(values));
            double harmonic = aggregate(scoring(AggregationMethod.HARMONIC_MEAN), weights, scores(values));
            double geometric = aggregate(scoring(AggregationMethod.GEOMETRIC_MEAN), weights, scores(values));
            double mean = aggregate(scoring(AggregationMethod.MEAN), weights, scores(values));
            double max = aggregate(scoring(AggregationMethod.MAX), weights, scores(values));
            assertThat(min).isEqualTo(sorted[0]);
            assertThat(max).isEqualTo(sorted[sorted.length - 1]);
            assertThat(harmonic).isBetween(min, geometric + 1e-15);
            assertThat(geometric).isBetween(harmonic - 1e-15, mean + 1e-15);
            assertThat(mean).isLessThanOrEqualTo(max);
            assertThat(aggregate(Scoring.percentile(50), weights, scores(values)))
                    .isEqualTo(aggregate(scoring(AggregationMethod.MEDIAN), weights, scores(values)), EXACT);
        }
    }

    @Test
    void a_score_of_no_case_or_of_one_case_twice_is_refused() {
        Aggregation aggregation = Aggregation.of(Scoring.of(AggregationMethod.MEAN), PLAIN, weights(1, 1));
        assertThatThrownBy(() -> aggregation.aggregate(scores(1, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scores must be of test cases of the version");
        assertThatThrownBy(() -> aggregation.aggregate(
                        Stream.concat(scores(1).stream(), scores(0.5).stream()).toList()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scores must have each test case once");
    }

    @Test
    void bad_scores_and_weights_are_refused_by_name() {
        for (double bad : new double[] {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new CaseScore("a", true, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("score ");
        }
        assertThatThrownBy(() -> new CaseScore(" ", true, 1)).hasMessageStartingWith("key ");
        for (double bad : new double[] {0, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> Aggregation.of(Scoring.of(AggregationMethod.MEAN), PLAIN, weights(1, bad)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("weights ");
        }
    }

    @Test
    void a_version_and_its_cases_are_all_that_it_needs() {
        DefinitionVersion version = new DefinitionVersion(
                UUID.randomUUID(),
                UUID.randomUUID(),
                SemVer.parse("1.0.0"),
                null,
                DefinitionVersion.Changes.of("The first version"),
                PLAIN.range(0, 100),
                Json.parse("[]"),
                Scoring.of(AggregationMethod.WEIGHTED_MEAN),
                Execution.DEFAULT,
                DefinitionVersion.Requirements.NONE,
                null,
                Instant.EPOCH,
                Instant.EPOCH);
        List<TestCase> cases = Stream.of(0.25, 0.75)
                .map(weight -> TestCases.of(key(weight == 0.25 ? 0 : 1), weight, Expectation.NONE, null))
                .toList();
        assertThat(Aggregation.of(version, cases).aggregate(scores(1, 0))).isEqualTo(25);
        Map<String, Double> weights = cases.stream().collect(Collectors.toMap(TestCase::caseKey, TestCase::weight));
        assertThat(Aggregation.of(version, weights).aggregate(scores(1, 0))).isEqualTo(25);
        assertThatThrownBy(() -> Aggregation.of(version, List.of(cases.get(0), cases.get(0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cases ");
    }
}
