package dev.evalstore.analysis.stats;

import static dev.evalstore.analysis.stats.Oracle.near;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusteredMeanTest {
    private static final Interval UNKNOWN = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0.95);

    @Test
    void interval_and_p_value_are_those_of_a_regression_on_nothing() {
        // statsmodels 0.14: OLS on a constant, robust covariance "cluster" with use_t.
        double[] values = Arrays.stream(new double[] {.2, .4, .9, .3, .8, .7, .1, .5, .6, .35, .95})
                .map(value -> value - 0.3)
                .toArray();
        List<String> texts = List.of("a", "a", "a", "b", "b", "c", "c", "c", "d", "d", "e");
        ClusteredMean mean = ClusteredMean.of(values, texts, 0.9);
        near("mean", mean.mean(), 0.22727272727272727, 1e-9);
        near("error", mean.error(), 0.053571794470244356, 1e-9);
        near("p", mean.p(), 0.013238194443005162, 1e-9);
        near("low", mean.interval().low(), 0.11306586939358507, 1e-9);
        near("high", mean.interval().high(), 0.3414795851518695, 1e-9);
        assertThat(mean.n()).isEqualTo(11);
        assertThat(mean.clusters()).isEqualTo(5);
    }

    @Test
    void each_value_its_own_cluster_is_the_plain_t_test() {
        double[] x = {3.1, 2.4, 5.0, 4.4, 2.2};
        double[] y = {2.9, 2.7, 4.1, 3.9, 2.5};
        PairedT test = PairedT.of(x, y);
        double[] differences = Samples.differences(x, y);
        int[] own = {7, -3, Integer.MAX_VALUE, 0, Integer.MIN_VALUE};
        ClusteredMean mean = ClusteredMean.of(differences, own, 0.95);
        near("p", mean.p(), test.p(), 1e-12);
        near("low", mean.interval().low(), test.interval().low(), 1e-12);
        near("plain", mean.plainError(), mean.error(), 1e-12);
    }

    @Test
    void repeated_values_tell_nothing_new() {
        double[] once = {0.1, 0.9, 0.4, 0.7, 0.3, 0.5};
        double[] tenfold = IntStream.range(0, 60).mapToDouble(i -> once[i / 10]).toArray();
        int[] clusters = IntStream.range(0, 60).map(i -> i / 10).toArray();
        ClusteredMean mean = ClusteredMean.of(tenfold, clusters, 0.95);
        near(
                "error",
                mean.error(),
                ClusteredMean.of(once, new int[] {1, 2, 3, 4, 5, 6}, 0.95).error(),
                1e-12);
        assertThat(mean.plainError()).isLessThan(mean.error() / 2);
    }

    @Test
    void one_cluster_knows_nothing_of_its_error() {
        ClusteredMean mean = ClusteredMean.of(new double[] {0.2, 0.6}, new int[] {1, 1}, 0.95);
        assertThat(mean.mean()).isCloseTo(0.4, within(1e-15));
        assertThat(mean.plainError()).isCloseTo(0.2, within(1e-15));
        assertThat(mean.clusterError()).isNaN();
        assertThat(mean.error()).isNaN();
        assertThat(mean.defined()).isFalse();
        assertThat(mean.interval()).isEqualTo(UNKNOWN);
        ClusteredMean one = ClusteredMean.of(new double[] {0.2}, new int[] {1}, 0.95);
        assertThat(one.plainError()).isNaN();
        assertThat(one.interval()).isEqualTo(UNKNOWN);
    }

    @Test
    void clusters_of_the_same_mean_have_no_p_value() {
        double[] thirds = {0.1, 0.2, 0.9, 0.9, 0.1, 0.2, 0.2, 0.9, 0.1};
        ClusteredMean mean = ClusteredMean.of(thirds, new int[] {1, 1, 1, 2, 2, 2, 3, 3, 3}, 0.95);
        assertThat(mean.error()).isZero();
        assertThat(mean.clusterError()).isZero();
        assertThat(mean.plainError()).isPositive();
        assertThat(mean.defined()).isFalse();
        ClusteredMean zero = ClusteredMean.of(new double[4], new int[] {1, 1, 2, 2}, 0.95);
        assertThat(zero).isEqualTo(new ClusteredMean(0, 0, 0, 0, 1, new Interval(0, 0, 0.95), 4, 2));
    }

    /** 10,000 values in clusters of 4: how many there are does not make a cluster's mean vary by rounding alone. */
    @Test
    void many_values_far_from_zero_keep_their_error() {
        double[] near = new Random(4).ints(10_000, 0, 2).asDoubleStream().toArray();
        int[] four = IntStream.range(0, near.length).map(i -> i / 4).toArray();
        int[] thousand = IntStream.range(0, near.length).map(i -> i / 1_000).toArray();
        for (double far : new double[] {1e12, 1e13}) {
            double[] moved = Arrays.stream(near).map(value -> far + value).toArray();
            for (int[] clusters : List.of(four, thousand)) {
                ClusteredMean expected = ClusteredMean.of(near, clusters, 0.95);
                ClusteredMean actual = ClusteredMean.of(moved, clusters, 0.95);
                near("error", actual.error(), expected.error(), 1e-9);
                near("plain", actual.plainError(), expected.plainError(), 1e-9);
                assertThat(actual.defined()).isTrue();
            }
        }
    }

    @Test
    void bad_input_is_refused_by_name() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusteredMean.of(new double[] {1, 2}, new int[] {1}, 0.95))
                .withMessage("clusters must have as many entries as values");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusteredMean.of(new double[] {1, Double.NaN}, new int[] {1, 2}, 0.95))
                .withMessageStartingWith("values must not hold NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusteredMean.of(new double[0], new int[0], 0.95))
                .withMessage("values must not be empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusteredMean.of(new double[] {1}, new int[] {1}, 0))
                .withMessageStartingWith("confidence must be");
        assertThatNullPointerException()
                .isThrownBy(() -> ClusteredMean.of(new double[] {1}, Arrays.asList((String) null), 0.95))
                .withMessage("clusters");
    }
}
