package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What all statistics of two samples have in common. */
class SamplesTest {
    private static final Map<String, BiFunction<double[], double[], Object>> PAIRED = new TreeMap<>(Map.of(
            "PairedT", PairedT::of,
            "Wilcoxon", Wilcoxon::of,
            "SignTest", SignTest::of,
            "McNemar", McNemar::of,
            "Pearson", Correlation::pearson,
            "Spearman", Correlation::spearman,
            "Kendall", Correlation::kendall));

    private static final Map<String, BiFunction<double[], double[], Object>> INDEPENDENT = new TreeMap<>(Map.of(
            "Welch", Welch::of,
            "MannWhitney", MannWhitney::of,
            "CliffsDelta", CliffsDelta::of));

    @Test
    void values_that_are_not_finite_are_refused_by_the_name_of_the_argument() {
        double[] good = {1, 0};
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e141}) {
            all().forEach((name, test) -> {
                assertThatIllegalArgumentException()
                        .as(name)
                        .isThrownBy(() -> test.apply(new double[] {1, bad}, good))
                        .withMessageStartingWith("x must not hold NaN");
                assertThatIllegalArgumentException()
                        .as(name)
                        .isThrownBy(() -> test.apply(good, new double[] {bad, 1}))
                        .withMessageStartingWith("y must not hold NaN");
            });
        }
    }

    @Test
    void empty_and_missing_samples_are_refused() {
        double[] good = {1, 0};
        all().forEach((name, test) -> {
            assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> test.apply(new double[0], good))
                    .withMessage("x must not be empty");
            assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> test.apply(good, new double[0]))
                    .withMessage("y must not be empty");
            assertThatNullPointerException()
                    .as(name)
                    .isThrownBy(() -> test.apply(null, good))
                    .withMessage("x");
            assertThatNullPointerException()
                    .as(name)
                    .isThrownBy(() -> test.apply(good, null))
                    .withMessage("y");
        });
    }

    @Test
    void a_missing_choice_is_refused_by_name() {
        double[] x = {1, 0};
        List<ThrowingCallable> calls = List.of(
                () -> PairedT.of(x, x, null, 0.95),
                () -> Welch.of(x, x, null, 0.95),
                () -> SignTest.of(x, x, null),
                () -> Wilcoxon.of(x, x, Zeros.PRATT, null, Method.AUTO, true),
                () -> MannWhitney.of(x, x, null, Method.AUTO, true),
                () -> PairedPower.power(0.2, 9, 0.05, null));
        calls.forEach(call -> assertThatNullPointerException().isThrownBy(call).withMessage("hypothesis"));
        assertThatNullPointerException()
                .isThrownBy(() -> Wilcoxon.of(x, x, null, Hypothesis.LESS, Method.AUTO, true))
                .withMessage("zeros");
        assertThatNullPointerException()
                .isThrownBy(() -> Wilcoxon.of(x, x, Zeros.PRATT, Hypothesis.LESS, null, true))
                .withMessage("method");
    }

    @Test
    void paired_samples_have_one_length_and_others_need_not() {
        double[] two = {1, 0};
        double[] three = {1, 0, 1};
        PAIRED.forEach((name, test) -> assertThatIllegalArgumentException()
                .as(name)
                .isThrownBy(() -> test.apply(two, three))
                .withMessage("y must have as many values as x"));
        INDEPENDENT.forEach((name, test) -> assertThat(test.apply(two, three)).isNotNull());
    }

    @Test
    void input_is_not_changed_and_the_answer_is_the_same_twice() {
        double[] x = {1, 0, 0, 1, 1, 0, 1};
        double[] y = {0, -0.0, 1, 1, 0, 0, 0};
        all().forEach((name, test) -> {
            double[] first = x.clone();
            double[] second = y.clone();
            assertThat(test.apply(first, second)).as(name).isEqualTo(test.apply(x, y));
            assertThat(first).containsExactly(x);
            assertThat(second).containsExactly(y);
            assertThat(Double.doubleToRawLongBits(second[1])).isEqualTo(Double.doubleToRawLongBits(-0.0));
        });
    }

    @Test
    void values_that_are_equal_on_paper_alone_are_no_ties() {
        double[] x = {0.9, 0.2};
        double[] y = {0.8, 0.1};
        assertThat(Wilcoxon.of(x, y).ties()).isZero();
        assertThat(Wilcoxon.of(rounded(x, 100), rounded(y, 100)).ties()).isEqualTo(2);
        double[] sum = {0.1 + 0.2};
        double[] third = {0.3};
        assertThat(SignTest.of(sum, third).positive()).isEqualTo(1);
        assertThat(SignTest.of(rounded(sum, 1e9), rounded(third, 1e9)).zeros()).isEqualTo(1);
    }

    private static double[] rounded(double[] values, double scale) {
        return Arrays.stream(values).map(value -> Math.rint(scale * value)).toArray();
    }

    @Test
    void exchanged_samples_have_the_same_p_value() {
        Random random = new Random(3);
        for (int n : new int[] {3, 5, 30, 100}) {
            double[] x = random.ints(n, 0, 8).asDoubleStream().toArray();
            double[] y = random.ints(n, 0, 8).asDoubleStream().toArray();
            assertThat(PairedT.of(x, y).p()).isEqualTo(PairedT.of(y, x).p());
            assertThat(Wilcoxon.of(x, y).p()).isEqualTo(Wilcoxon.of(y, x).p());
            assertThat(SignTest.of(x, y).p()).isEqualTo(SignTest.of(y, x).p());
            assertThat(Welch.of(x, y).p()).isEqualTo(Welch.of(y, x).p());
            assertThat(MannWhitney.of(x, y).p()).isEqualTo(MannWhitney.of(y, x).p());
            assertThat(CliffsDelta.of(x, y).delta())
                    .isEqualTo(-CliffsDelta.of(y, x).delta());
            assertThat(Correlation.kendall(x, y).p())
                    .isEqualTo(Correlation.kendall(y, x).p());
        }
    }

    /** The mean of values far from zero is rounded by more than a millionth of their spread. */
    @Test
    void values_far_from_zero_keep_the_digits_of_their_spread() {
        Random random = new Random(8);
        double[] x = random.ints(1_000, 0, 3).asDoubleStream().toArray();
        double[] y = Arrays.stream(x).map(value -> value + random.nextInt(3)).toArray();
        double[] farX = Arrays.stream(x).map(value -> 1e13 + value).toArray();
        double[] farY = Arrays.stream(y).map(value -> -1e13 + value).toArray();
        double[] zero = new double[1_000];
        Oracle.near(
                "paired", PairedT.of(farX, zero).error(), PairedT.of(x, zero).error(), 1e-12);
        double expected = Correlation.pearson(x, y).coefficient();
        Oracle.near("pearson", Correlation.pearson(farX, farY).coefficient(), expected, 1e-12);
        Oracle.near("welch", Welch.of(farX, farY).df(), Welch.of(x, y).df(), 1e-12);
    }

    /** Every two values of 600,000 compared, as many times as here, are minutes of work; sorted, they are a second. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void many_pairs_are_sorted_and_not_compared_with_each_other() {
        Random random = new Random(4);
        double[] x = random.doubles(300_000).toArray();
        double[] y = Arrays.stream(x)
                .map(value -> value + random.nextDouble() - 0.499)
                .toArray();
        assertThat(PairedT.of(x, y).n()).isEqualTo(300_000);
        assertThat(Welch.of(x, y).nx()).isEqualTo(300_000);
        assertThat(Wilcoxon.of(x, y).n()).isEqualTo(300_000);
        assertThat(SignTest.of(x, y).positive()).isBetween(100_000, 200_000);
        assertThat(MannWhitney.of(x, y).effect()).isEqualTo(CliffsDelta.of(x, y).delta());
        assertThat(Correlation.pearson(x, y).coefficient()).isBetween(0.6, 0.8);
        assertThat(Correlation.spearman(x, y).coefficient()).isBetween(0.6, 0.8);
        assertThat(Correlation.kendall(x, y).coefficient()).isBetween(0.4, 0.6);
        // All equal but for two values: the longest of ties.
        double[] flat = new double[300_000];
        double[] nearlyFlat = new double[300_000];
        nearlyFlat[7] = 1;
        flat[8] = 1;
        assertThat(MannWhitney.of(flat, nearlyFlat).p()).isEqualTo(1);
        assertThat(Correlation.kendall(flat, nearlyFlat).coefficient()).isNegative();
    }

    @Test
    void order_is_that_of_the_numbers() {
        Random random = new Random(6);
        for (int n : new int[] {0, 1, 2, 3, 50, 3000}) {
            double[] values = new double[n];
            for (int i = 0; i < n; i++) {
                double any = Double.longBitsToDouble(random.nextLong() & ~(1L << 62));
                values[i] = i % 4 > 0 ? any : random.nextBoolean() ? 0.0 : -0.0;
            }
            double[] expected =
                    Arrays.stream(values).map(value -> value + 0.0).sorted().toArray();
            assertThat(Order.sorted(values)).containsExactly(expected);
            int[] order = Order.of(values);
            for (int i = 1; i < n; i++) {
                assertThat(values[order[i]] != values[order[i - 1]] || order[i] > order[i - 1])
                        .isTrue();
            }
        }
    }

    private static Map<String, BiFunction<double[], double[], Object>> all() {
        Map<String, BiFunction<double[], double[], Object>> all = new TreeMap<>(PAIRED);
        all.putAll(INDEPENDENT);
        return all;
    }
}
