package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.analysis.stats.Bootstrap.Kind;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What rounding does to intervals by the bootstrap, and where a confidence leaves no room for one. */
class BootstrapDigitsTest {
    private static final Resampling RESAMPLING = new Resampling(42, 2_000);

    @Test
    void what_varies_by_rounding_alone_is_constant() {
        // Each difference is 0.1 on paper.
        double[] x = {0.3, 0.4, 0.5, 0.7, 1.1};
        double[] y = {0.2, 0.3, 0.4, 0.6, 1.0};
        // Each cluster has the mean 0.2 on paper.
        double[] values = {0.1, 0.3, 0.3, 0.1, 0.2, 0.2, 0.15, 0.25};
        for (Bootstrap constant : new Bootstrap[] {
            Bootstrap.pairedDifference(x, y, 0.95, Kind.BCA, RESAMPLING),
            Bootstrap.clusteredMean(values, new int[] {1, 1, 2, 2, 3, 3, 4, 4}, 0.95, Kind.BCA, RESAMPLING)
        }) {
            assertThat(constant.standardError()).isZero();
            assertThat(constant.interval()).isEqualTo(new Interval(constant.estimate(), constant.estimate(), 0.95));
        }
    }

    /** A mean far from zero has the same interval as one near zero, but for where it is. */
    @ParameterizedTest
    @ValueSource(doubles = {1e12, 1e13, -1e15})
    void values_far_from_zero_keep_their_digits(double far) {
        double[] near = new Random(4).ints(2_000, 0, 2).asDoubleStream().toArray();
        double[] moved = Arrays.stream(near).map(value -> far + value).toArray();
        int[] clusters = IntStream.range(0, near.length).map(i -> i / 4).toArray();
        double[] other = {0, 1, 0, 0, 1, 1, 1};
        double[] otherMoved = Arrays.stream(other).map(value -> far + value).toArray();
        Resampling few = new Resampling(42, 200);
        for (Kind kind : Kind.values()) {
            assertMoved(Bootstrap.mean(moved, 0.95, kind, few), Bootstrap.mean(near, 0.95, kind, few), far);
            assertMoved(
                    Bootstrap.pairedDifference(moved, new double[near.length], 0.95, kind, few),
                    Bootstrap.pairedDifference(near, new double[near.length], 0.95, kind, few),
                    far);
            assertMoved(
                    Bootstrap.clusteredMean(moved, clusters, 0.95, kind, few),
                    Bootstrap.clusteredMean(near, clusters, 0.95, kind, few),
                    far);
            assertMoved(
                    Bootstrap.difference(moved, other, 0.95, kind, few),
                    Bootstrap.difference(near, other, 0.95, kind, few),
                    far);
            assertMoved(
                    Bootstrap.difference(near, otherMoved, 0.95, kind, few),
                    Bootstrap.difference(near, other, 0.95, kind, few),
                    -far);
        }
    }

    private static void assertMoved(Bootstrap moved, Bootstrap near, double by) {
        Offset<Double> lastBits = Offset.offset(2.5 * Math.ulp(by));
        assertThat(moved.estimate()).isCloseTo(by + near.estimate(), lastBits);
        assertThat(moved.interval().low()).isCloseTo(by + near.interval().low(), lastBits);
        assertThat(moved.interval().high()).isCloseTo(by + near.interval().high(), lastBits);
        assertThat(moved.interval().contains(moved.estimate())).isTrue();
        Oracle.near("error", moved.standardError(), near.standardError(), 1e-9);
        assertThat(moved.kind()).isEqualTo(near.kind());
    }

    /** Sums of decimals in another order differ in their last bits; half of such resamples are below the estimate. */
    @Test
    void a_resample_that_equals_the_estimate_but_for_rounding_equals_it() {
        double[] whole = new Random(9).ints(40, 0, 3).asDoubleStream().toArray();
        double[] decimal = Arrays.stream(whole).map(value -> 0.7 * value).toArray();
        Interval expected = Bootstrap.mean(whole, 0.9, Kind.BCA, RESAMPLING).interval();
        Interval actual = Bootstrap.mean(decimal, 0.9, Kind.BCA, RESAMPLING).interval();
        Oracle.near("low", actual.low(), 0.7 * expected.low(), 1e-9);
        Oracle.near("high", actual.high(), 0.7 * expected.high(), 1e-9);
        Interval general = Bootstrap.of(decimal, BootstrapTest::mean, 0.9, Kind.BCA, RESAMPLING)
                .interval();
        Oracle.near("low", general.low(), 0.7 * expected.low(), 1e-9);
        Oracle.near("high", general.high(), 0.7 * expected.high(), 1e-9);
    }

    /** Beyond the pole of the correction the ends would change places. */
    @Test
    void a_confidence_too_near_to_one_for_the_correction_has_the_percentile_interval() {
        double[] skewed = new double[20];
        for (int i = 0; i < 19; i++) {
            skewed[i] = i * 1e-3;
        }
        skewed[19] = -1;
        double[] turned = Arrays.stream(skewed).map(value -> -value).toArray();
        for (double[] values : new double[][] {skewed, turned}) {
            Bootstrap wide = Bootstrap.mean(values, 1 - 1e-10, Kind.BCA, RESAMPLING);
            assertThat(wide).isEqualTo(Bootstrap.mean(values, 1 - 1e-10, Kind.PERCENTILE, RESAMPLING));
            assertThat(wide.kind()).isEqualTo(Kind.PERCENTILE);
            assertThat(Bootstrap.mean(values, 0.95, Kind.BCA, RESAMPLING).kind())
                    .isEqualTo(Kind.BCA);
        }
        double last = Math.nextDown(1.0);
        Bootstrap widest = Bootstrap.mean(new double[] {1, 2, 3, 4}, last, Kind.BCA, RESAMPLING);
        assertThat(widest.interval()).isEqualTo(new Interval(1, 4, last));
        Bootstrap narrowest = Bootstrap.mean(new double[] {3, 1, 4, 1, 5}, Double.MIN_VALUE, Kind.BCA, RESAMPLING);
        assertThat(narrowest.interval().high()).isEqualTo(narrowest.interval().low());
    }
}
