package dev.evalstore.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopsisTest {
    private static final Criterion SPEED = Criterion.benefit("maximum speed, Mach");
    private static final Criterion RANGE = Criterion.benefit("ferry range, nautical miles");
    private static final Criterion PAYLOAD = Criterion.benefit("maximum payload, pounds");
    private static final Criterion PRICE = Criterion.cost("acquisition cost, million dollars");
    private static final Criterion RELIABILITY = Criterion.benefit("reliability, 1 to 9");
    private static final Criterion MANEUVERABILITY = Criterion.benefit("maneuverability, 1 to 9");

    private static Alternative<String> aircraft(
            String name, double speed, double range, double payload, double price, double reliability, double turn) {
        return new Alternative<>(
                name,
                Map.of(
                        SPEED,
                        speed,
                        RANGE,
                        range,
                        PAYLOAD,
                        payload,
                        PRICE,
                        price,
                        RELIABILITY,
                        reliability,
                        MANEUVERABILITY,
                        turn));
    }

    /**
     * The fighter aircraft selection of Hwang and Yoon (1981), with the weights that they give it. By hand, in four decimals:
     *
     * <pre>
     * norms               4.2825 4096.3400 39560.0809 10.8513 10.3923 13.4164
     * A1 normalised       0.4670  0.3662   0.5056     0.5069  0.4811  0.6708
     * A1 weighted         0.0934  0.0366   0.0506     0.0507  0.0962  0.2012
     * ideal               0.1168  0.0659   0.0531     0.0415  0.1347  0.2012
     * anti-ideal          0.0841  0.0366   0.0455     0.0599  0.0577  0.1118
     *        A1      A2      A3      A4
     * d+     0.0546  0.1197  0.0580  0.1009
     * d-     0.0984  0.0439  0.0920  0.0458
     * C      0.643   0.268   0.613   0.312
     * </pre>
     */
    @Test
    void the_worked_example_of_its_authors_comes_out_the_same() {
        List<Ranked<String>> ranked = Topsis.rank(
                List.of(
                        aircraft("A1", 2.0, 1_500, 20_000, 5.5, 5, 9),
                        aircraft("A2", 2.5, 2_700, 18_000, 6.5, 3, 5),
                        aircraft("A3", 1.8, 2_000, 21_000, 4.5, 7, 7),
                        aircraft("A4", 2.2, 1_800, 20_000, 5.0, 5, 5)),
                Map.of(SPEED, 0.2, RANGE, 0.1, PAYLOAD, 0.1, PRICE, 0.1, RELIABILITY, 0.2, MANEUVERABILITY, 0.3));

        assertThat(ranked).extracting(r -> r.alternative().key()).containsExactly("A1", "A3", "A4", "A2");
        assertThat(ranked).extracting(Ranked::position).containsExactly(1, 2, 3, 4);
        double[] published = {0.643, 0.613, 0.312, 0.268};
        for (int i = 0; i < published.length; i++) {
            assertThat(ranked.get(i).score()).isCloseTo(published[i], within(0.001));
        }
        assertThat(ranked.get(0).score()).isCloseTo(0.0984 / (0.0984 + 0.0546), within(0.001));
    }

    private static Alternative<String> one(String name, double benefit, double cost) {
        return new Alternative<>(name, Map.of(Criterion.THROUGHPUT, benefit, Criterion.COST, cost));
    }

    private static final Map<Criterion, Double> HALVES = Map.of(Criterion.THROUGHPUT, 0.5, Criterion.COST, 0.5);

    @Test
    void a_single_one_and_all_equals_score_one_and_none_gives_nothing() {
        assertThat(Topsis.rank(List.<Alternative<String>>of(), HALVES)).isEmpty();
        assertThat(Topsis.rank(List.of(one("a", 3, 4)), HALVES))
                .extracting(Ranked::score)
                .containsExactly(1.0);
        assertThat(Topsis.rank(List.of(one("a", 3, 4), one("b", 3, 4)), HALVES))
                .extracting(Ranked::score)
                .containsExactly(1.0, 1.0);
        assertThat(Topsis.rank(List.of(one("a", 0, 0), one("b", 0, 0)), HALVES))
                .extracting(Ranked::score)
                .containsExactly(1.0, 1.0);
    }

    @Test
    void a_column_that_is_the_same_for_all_decides_nothing() {
        List<Ranked<String>> ranked = Topsis.rank(List.of(one("dear", 7, 2), one("cheap", 7, 1)), HALVES);
        assertThat(ranked).extracting(r -> r.alternative().key()).containsExactly("cheap", "dear");
        assertThat(ranked).extracting(Ranked::score).containsExactly(1.0, 0.0);
    }

    @Test
    void very_large_and_very_small_values_neither_overflow_nor_vanish() {
        for (double scale : new double[] {1e300, 1e-300}) {
            List<Ranked<String>> ranked =
                    Topsis.rank(List.of(one("a", 2 * scale, scale), one("b", scale, 2 * scale)), HALVES);
            assertThat(ranked).extracting(Ranked::score).containsExactly(1.0, 0.0);
        }
    }

    @Test
    void weights_that_do_not_sum_to_one_and_missing_values_are_refused() {
        for (Map<Criterion, Double> bad : List.<Map<Criterion, Double>>of(
                Map.of(),
                Map.of(Criterion.COST, 0.9),
                Map.of(Criterion.COST, 1.5, Criterion.LATENCY, -0.5),
                Map.of(Criterion.COST, Double.NaN))) {
            assertThatThrownBy(() -> Topsis.rank(List.of(one("a", 1, 1)), bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weights");
        }
        assertThatThrownBy(() -> Topsis.rank(List.of(one("a", 1, 1)), Map.of(Criterion.ACCURACY, 1.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("accuracy");
        assertThatThrownBy(() -> one("a", Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        Map<Criterion, Double> tenths = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            tenths.put(Criterion.benefit("c" + i), 0.1);
        }
        Map<Criterion, Double> ones = new LinkedHashMap<>();
        tenths.keySet().forEach(c -> ones.put(c, 1.0));
        assertThat(Topsis.rank(List.of(new Alternative<>("a", ones)), tenths)).hasSize(1);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void who_is_better_in_everything_ranks_before_and_scores_stay_between_zero_and_one(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<Alternative<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(new Alternative<>(
                    i,
                    Map.of(
                            Criterion.THROUGHPUT, (double) random.nextInt(1, 20),
                            Criterion.LATENCY, (double) random.nextInt(1, 20),
                            Criterion.COST, (double) random.nextInt(1, 20))));
        }
        Map<Criterion, Double> weights = Map.of(Criterion.THROUGHPUT, 0.5, Criterion.LATENCY, 0.3, Criterion.COST, 0.2);
        List<Ranked<Integer>> ranked = Topsis.rank(all, weights);
        for (int i = 0; i < ranked.size(); i++) {
            assertThat(ranked.get(i).score()).isBetween(0.0, 1.0);
            assertThat(ranked.get(i).position()).isEqualTo(i + 1);
            for (int j = i + 1; j < ranked.size(); j++) {
                assertThat(ParetoFronts.dominates(
                                        ranked.get(j).alternative(),
                                        ranked.get(i).alternative(),
                                        weights.keySet())
                                && ranked.get(i).score() > ranked.get(j).score())
                        .isFalse();
            }
        }
    }
}
