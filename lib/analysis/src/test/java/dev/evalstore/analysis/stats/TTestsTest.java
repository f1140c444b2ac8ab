package dev.evalstore.analysis.stats;

import static dev.evalstore.analysis.stats.Oracle.near;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TTestsTest {
    private static final double[] X = {3.1, 2.4, 5.0, 4.4, 2.2, 4.0, 3.3, 5.6, 1.9, 4.1};
    private static final double[] Y = {2.9, 2.7, 4.1, 3.9, 2.5, 3.1, 3.8, 4.9, 1.2, 3.0};

    private static final int[] TEN = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    @Test
    void each_hypothesis_has_its_p_value() {
        near("two", PairedT.of(X, Y).p(), 0.061727686265259346, 1e-9);
        near("less", PairedT.of(X, Y, Hypothesis.LESS, 0.95).p(), 0.9691361568673703, 1e-9);
        near("greater", PairedT.of(X, Y, Hypothesis.GREATER, 0.95).p(), 0.030863843132629673, 1e-9);
        near("two", Welch.of(X, Y).p(), 0.45143132191333146, 1e-9);
        near("less", Welch.of(X, Y, Hypothesis.LESS, 0.95).p(), 0.7742843390433343, 1e-9);
        near("greater", Welch.of(X, Y, Hypothesis.GREATER, 0.95).p(), 0.22571566095666573, 1e-9);
    }

    @Test
    void intervals_have_the_confidence_that_is_asked_for() {
        Interval paired = PairedT.of(X, Y, Hypothesis.GREATER, 0.99).interval();
        near("low", paired.low(), -0.20422541571745795, 1e-9);
        near("high", paired.high(), 0.9842254157174579, 1e-9);
        assertThat(paired.confidence()).isEqualTo(0.99);
        near(
                "error",
                PairedT.of(X, Y).error(),
                ClusteredMean.of(Samples.differences(X, Y), TEN, 0.95).error(),
                1e-12);
        Welch welch = Welch.of(X, Y, Hypothesis.TWO_SIDED, 0.9);
        near("statistic", welch.statistic(), 0.7703205383786259, 1e-9);
        near("error", welch.error(), 0.39 / 0.7703205383786259, 1e-9);
        near("df", welch.df(), 17.419569322456635, 1e-9);
        near("low", welch.interval().low(), -0.4895140465244652, 1e-9);
        near("high", welch.interval().high(), 1.2695140465244659, 1e-9);
    }

    @Test
    void quantiles_are_exact_far_out_and_for_few_degrees_of_freedom() {
        near("Cauchy", Tails.t(1, 1e-12), 1 / StrictMath.tan(Math.PI * 1e-12), 1e-12);
        near("two", Tails.t(2, 0.025), 4.302652729749464, 1e-13);
        near("sixty-four", Tails.t(64, 0.025), 1.997729654317693, 1e-14);
        assertThat(Tails.t(5, 0.5)).isCloseTo(0, within(1e-15));
        near("close to half", Tails.t(5, 0.5 - 1e-9), 1e-9 / 0.3796066898224944, 1e-6);
    }

    @Test
    void paired_data_is_much_surer_than_the_same_data_unpaired() {
        double[] y = new double[40];
        double[] x = new double[40];
        for (int i = 0; i < 40; i++) {
            y[i] = i * 0.1;
            x[i] = i * 0.1 + 0.02 * (i % 3);
        }
        assertThat(PairedT.of(x, y).p()).isLessThan(1e-6);
        assertThat(Welch.of(x, y).p()).isGreaterThan(0.9);
    }

    @Test
    void all_differences_zero_are_no_evidence() {
        PairedT test = PairedT.of(X, X);
        assertThat(test).isEqualTo(new PairedT(0, 0, 0, 9, 1, new Interval(0, 0, 0.95), 0, 10, 10));
        assertThat(test.defined()).isTrue();
    }

    @Test
    void a_constant_difference_has_no_p_value_and_is_never_certain() {
        double[] shifted = Arrays.stream(X).map(value -> value + 0.1).toArray();
        PairedT test = PairedT.of(shifted, X);
        assertThat(test.defined()).isFalse();
        assertThat(test.p()).isNaN();
        assertThat(test.statistic()).isNaN();
        assertThat(test.effect()).isNaN();
        assertThat(test.mean()).isCloseTo(0.1, within(1e-15));
        assertThat(test.interval().high()).isEqualTo(test.interval().low());
        assertThat(SignTest.of(shifted, X).p()).isEqualTo(2 / 1024.0);
    }

    @Test
    void one_pair_has_a_mean_and_nothing_else() {
        PairedT test = PairedT.of(new double[] {0.7}, new double[] {0.5});
        assertThat(test.mean()).isCloseTo(0.2, within(1e-15));
        assertThat(test.df()).isZero();
        assertThat(test.defined()).isFalse();
        assertThat(test.interval()).isEqualTo(new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0.95));
        assertThat(test.n()).isEqualTo(1);
    }

    @Test
    void two_constant_columns_that_are_not_paired() {
        double[] tenth = {0.1, 0.1, 0.1};
        Welch same = Welch.of(tenth, new double[] {0.1, 0.1});
        assertThat(same.p()).isEqualTo(1);
        assertThat(same.statistic()).isZero();
        Welch different = Welch.of(tenth, new double[] {0.3, 0.3});
        assertThat(different.defined()).isFalse();
        assertThat(different.difference()).isCloseTo(-0.2, within(1e-15));
        assertThat(Welch.of(tenth, new double[] {0.3}).defined()).isFalse();
        assertThat(Welch.of(tenth, new double[] {0.3, 0.4}).defined()).isTrue();
    }

    @Test
    void large_and_small_figures_keep_their_digits() {
        double[] x = Arrays.stream(X).map(value -> 1e9 + value).toArray();
        double[] y = Arrays.stream(Y).map(value -> 1e9 + value).toArray();
        near("shifted", PairedT.of(x, y).p(), 0.061727686265259346, 1e-5);
        for (double scale : new double[] {1e-130, 1e130}) {
            double[] sx = Arrays.stream(X).map(value -> scale * value).toArray();
            double[] sy = Arrays.stream(Y).map(value -> scale * value).toArray();
            near("scaled", PairedT.of(sx, sy).p(), 0.061727686265259346, 1e-9);
            near("scaled", Welch.of(sx, sy).p(), 0.45143132191333146, 1e-9);
        }
    }
}
