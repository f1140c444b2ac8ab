package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PermutationTestTest {
    private static final Resampling RESAMPLING = Resampling.seeded(5);

    @Test
    void all_exact_cases_of_the_oracle() {
        int checked = 0;
        for (JsonNode one : Oracle.cases("paired")) {
            JsonNode expected = one.get("sign_flip_permutation_exact");
            if (expected != null) {
                double[] x = Oracle.doubles(one.get("x"));
                double[] y = Oracle.doubles(one.get("y"));
                PermutationTest test = PermutationTest.paired(x, y, Hypothesis.TWO_SIDED, RESAMPLING);
                Oracle.same(one.get("name").asString(), test.p(), expected.get("p"));
                assertThat(test.exact()).isTrue();
                checked++;
            }
        }
        assertThat(checked).isGreaterThanOrEqualTo(6);
    }

    @Test
    void pairs_by_hand() {
        double[] x = {3, 2, 5};
        double[] y = {1, 1, 1};
        PermutationTest test = PermutationTest.paired(x, y, Hypothesis.GREATER, RESAMPLING);

        assertThat(test.difference()).isCloseTo(7.0 / 3, Offset.offset(1e-15));
        assertThat(test.p()).isEqualTo(1.0 / 8);
        assertThat(test.ways()).isEqualTo(8);
        assertThat(test.n()).isEqualTo(3);
        assertThat(PermutationTest.paired(x, y, Hypothesis.TWO_SIDED, RESAMPLING)
                        .p())
                .isEqualTo(2.0 / 8);
        assertThat(PermutationTest.paired(x, y, Hypothesis.LESS, RESAMPLING).p())
                .isEqualTo(1);
        assertThat(PermutationTest.paired(y, x, Hypothesis.LESS, RESAMPLING).p())
                .isEqualTo(1.0 / 8);
    }

    /** 0.1 + 0.2 is not 0.3 for a double, and the two assignments are equal all the same. */
    @Test
    void differences_that_are_equal_but_for_rounding_are_equal() {
        double[] x = {0.1, 0.2, 0.3};
        PermutationTest test = PermutationTest.paired(x, new double[3], Hypothesis.GREATER, RESAMPLING);
        assertThat(test.p()).isEqualTo(1.0 / 8);

        double[] balanced = {0.1, 0.2, -0.3};
        assertThat(PermutationTest.paired(balanced, new double[3], Hypothesis.GREATER, RESAMPLING)
                        .p())
                .isEqualTo(5.0 / 8);
    }

    /** The same of two samples: 0.1 + 0.2 and 0.3 + 0.0 are equal, and so are many more such sums. */
    @Test
    void sums_of_two_samples_that_are_equal_but_for_rounding_are_equal() {
        double[][] samples = {{0.1, 0.2}, {0.3, 0.0}, {0.3, 0.0, 0.6}, {0.7, 0.1, 0.4, 0.3}, {0.2, 0.6, 0.5, 0.9}};
        for (double[] x : samples) {
            for (double[] y : samples) {
                for (Hypothesis hypothesis : Hypothesis.values()) {
                    assertThat(PermutationTest.twoSample(x, y, hypothesis, RESAMPLING)
                                    .p())
                            .as("%s, %s, %s", Arrays.toString(x), Arrays.toString(y), hypothesis)
                            .isCloseTo(byHand(x, y, hypothesis), Offset.offset(1e-12));
                }
            }
        }
        assertThat(PermutationTest.twoSample(samples[0], samples[1], Hypothesis.GREATER, RESAMPLING)
                        .p())
                .isEqualTo(4.0 / 6);
        // Drawn ways: of tenths and of the whole numbers that are ten times as large, by the same seed.
        double[] whole = new Random(7).ints(60, 0, 10).asDoubleStream().toArray();
        double[] tenths = Arrays.stream(whole).map(value -> value / 10).toArray();
        PermutationTest expected = PermutationTest.twoSample(
                Arrays.copyOf(whole, 30), Arrays.copyOfRange(whole, 30, 60), Hypothesis.TWO_SIDED, RESAMPLING);
        PermutationTest drawn = PermutationTest.twoSample(
                Arrays.copyOf(tenths, 30), Arrays.copyOfRange(tenths, 30, 60), Hypothesis.TWO_SIDED, RESAMPLING);
        assertThat(drawn.exact()).isFalse();
        assertThat(drawn.p()).isEqualTo(expected.p());
    }

    @Test
    void fourteen_pairs_are_exact_and_fifteen_are_drawn() {
        double[] x = new Random(2).doubles(15).toArray();
        PermutationTest fourteen =
                PermutationTest.paired(Arrays.copyOf(x, 14), new double[14], Hypothesis.TWO_SIDED, RESAMPLING);
        assertThat(fourteen.exact()).isTrue();
        assertThat(fourteen.ways()).isEqualTo(16_384);
        assertThat(fourteen.p()).isEqualTo(2.0 / 16_384);

        PermutationTest fifteen = PermutationTest.paired(x, new double[15], Hypothesis.TWO_SIDED, RESAMPLING);
        assertThat(fifteen.exact()).isFalse();
        assertThat(fifteen.ways()).isEqualTo(10_001);
        assertThat(fifteen.p()).isGreaterThanOrEqualTo(1.0 / 10_001).isLessThan(5.0 / 10_001);
        assertThat(PermutationTest.paired(x, new double[15], Hypothesis.TWO_SIDED, RESAMPLING))
                .isEqualTo(fifteen);
        double[] close = x.clone();
        for (int i = 0; i < 7; i++) {
            close[i] = -close[i];
        }
        assertThat(PermutationTest.paired(close, new double[15], Hypothesis.TWO_SIDED, RESAMPLING)
                        .p())
                .isNotEqualTo(PermutationTest.paired(close, new double[15], Hypothesis.TWO_SIDED, Resampling.seeded(6))
                        .p());
    }

    @Test
    void pairs_without_a_difference_change_nothing() {
        double[] x = Arrays.copyOf(new double[] {1, 2, 3, -0.5}, 200);
        PermutationTest test = PermutationTest.paired(x, new double[200], Hypothesis.TWO_SIDED, RESAMPLING);

        assertThat(test.exact()).isTrue();
        assertThat(test.ways()).isEqualTo(16);
        assertThat(test.n()).isEqualTo(200);
        assertThat(test.difference()).isCloseTo(5.5 / 200, Offset.offset(1e-15));
        assertThat(test.p()).isEqualTo(4.0 / 16);
    }

    @Test
    void drawn_ways_come_near_the_exact_answer() {
        Random random = new Random(8);
        double[] x = random.doubles(14).map(v -> v - 0.35).toArray();
        double exact = PermutationTest.paired(x, new double[14], Hypothesis.TWO_SIDED, RESAMPLING)
                .p();
        // A fifteenth difference too small to matter: the same answer, but drawn.
        double[] fifteen = Arrays.copyOf(x, 15);
        fifteen[14] = 1e-12;
        PermutationTest drawn =
                PermutationTest.paired(fifteen, new double[15], Hypothesis.TWO_SIDED, new Resampling(1, 200_000));
        assertThat(drawn.p()).isCloseTo(exact, Offset.offset(0.005));

        double[] a = random.doubles(6).toArray();
        double[] b = random.doubles(6).map(v -> v + 0.25).toArray();
        for (Hypothesis hypothesis : Hypothesis.values()) {
            PermutationTest all = PermutationTest.twoSample(a, b, hypothesis, RESAMPLING);
            assertThat(all.exact()).isTrue();
            assertThat(all.ways()).isEqualTo(924);
            assertThat(all.p()).isCloseTo(byHand(a, b, hypothesis), Offset.offset(1e-12));
        }
    }

    /** Every subset of the pool of the right size, by bits. */
    private static double byHand(double[] x, double[] y, Hypothesis hypothesis) {
        double[] pool = Arrays.copyOf(x, x.length + y.length);
        System.arraycopy(y, 0, pool, x.length, y.length);
        double observed = mean(x) - mean(y);
        double ways = 0;
        double asLarge = 0;
        for (int set = 0; set < 1 << pool.length; set++) {
            if (Integer.bitCount(set) != x.length) {
                continue;
            }
            double inside = 0;
            double outside = 0;
            for (int i = 0; i < pool.length; i++) {
                inside += (set >> i & 1) * pool[i] / x.length;
                outside += (1 - (set >> i & 1)) * pool[i] / y.length;
            }
            double difference = inside - outside;
            boolean isAsLarge = switch (hypothesis) {
                case TWO_SIDED -> Math.abs(difference) >= Math.abs(observed) - 1e-9;
                case LESS -> difference <= observed + 1e-9;
                case GREATER -> difference >= observed - 1e-9;
            };
            asLarge += isAsLarge ? 1 : 0;
            ways++;
        }
        return asLarge / ways;
    }

    @Test
    void two_samples_of_unlike_sizes_in_either_order() {
        double[] few = {10.5, 11};
        double[] many = {1, 2, 3, 4, 5, 6, 7};
        for (Hypothesis hypothesis : Hypothesis.values()) {
            assertThat(PermutationTest.twoSample(few, many, hypothesis, RESAMPLING)
                            .p())
                    .isCloseTo(byHand(few, many, hypothesis), Offset.offset(1e-12));
            assertThat(PermutationTest.twoSample(many, few, hypothesis, RESAMPLING)
                            .p())
                    .isCloseTo(byHand(many, few, hypothesis), Offset.offset(1e-12));
        }
        PermutationTest test = PermutationTest.twoSample(few, many, Hypothesis.GREATER, RESAMPLING);
        assertThat(test.difference()).isEqualTo(6.75);
        assertThat(test.p()).isEqualTo(1.0 / 36);
        assertThat(test.n()).isEqualTo(9);
    }

    @Test
    void large_samples_are_drawn_by_seed() {
        Random random = new Random(3);
        double[] x = random.doubles(300).toArray();
        double[] y = random.doubles(200).map(v -> v + 0.08).toArray();
        PermutationTest test = PermutationTest.twoSample(x, y, Hypothesis.TWO_SIDED, RESAMPLING);

        assertThat(test.exact()).isFalse();
        assertThat(PermutationTest.twoSample(x, y, Hypothesis.TWO_SIDED, RESAMPLING))
                .isEqualTo(test);
        assertThat(test.p()).isCloseTo(Welch.of(x, y).p(), Offset.offset(0.01));
        assertThat(PermutationTest.twoSample(x, y, Hypothesis.LESS, RESAMPLING).p())
                .isCloseTo(test.p() / 2, Offset.offset(0.01));
    }

    @Test
    void nothing_that_varies_is_no_evidence() {
        double[] same = {0.3, 0.3, 0.3};
        for (Hypothesis hypothesis : Hypothesis.values()) {
            assertThat(PermutationTest.paired(same, same, hypothesis, RESAMPLING)
                            .p())
                    .isEqualTo(1);
            assertThat(PermutationTest.twoSample(same, same, hypothesis, RESAMPLING)
                            .p())
                    .isEqualTo(1);
            assertThat(PermutationTest.twoSample(new double[200], new double[100], hypothesis, RESAMPLING)
                            .p())
                    .isEqualTo(1);
        }
        assertThat(PermutationTest.paired(new double[] {1}, new double[1], Hypothesis.TWO_SIDED, RESAMPLING)
                        .p())
                .isEqualTo(1);
        assertThat(PermutationTest.twoSample(new double[] {1}, new double[1], Hypothesis.GREATER, RESAMPLING)
                        .p())
                .isEqualTo(0.5);
    }

    @Test
    void bad_input_is_refused_by_name() {
        double[] fine = {1, 2};
        double[] bad = {1, Double.NaN};
        assertBad(() -> PermutationTest.paired(bad, fine, Hypothesis.LESS, RESAMPLING), "x must not hold NaN");
        assertBad(() -> PermutationTest.paired(fine, bad, Hypothesis.LESS, RESAMPLING), "y must not hold NaN");
        assertBad(
                () -> PermutationTest.paired(fine, new double[1], Hypothesis.LESS, RESAMPLING), "y must have as many");
        assertBad(
                () -> PermutationTest.twoSample(new double[0], fine, Hypothesis.LESS, RESAMPLING),
                "x must not be empty");
        assertBad(() -> PermutationTest.twoSample(fine, bad, Hypothesis.LESS, RESAMPLING), "y must not hold NaN");
    }

    private static void assertBad(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
