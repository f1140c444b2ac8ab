package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.analysis.stats.Bootstrap.Kind;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not vary, beyond rounding, is one rule for all statistics that have an error. */
class ConstantSamplesTest {
    private static final Resampling RESAMPLING = new Resampling(7, 200);

    @ParameterizedTest
    @EnumSource(Kind.class)
    void two_constant_samples_have_a_bootstrap_of_no_width(Kind kind) {
        Bootstrap of = Bootstrap.difference(new double[] {1, 1, 1}, new double[] {2, 2, 2}, 0.95, kind, RESAMPLING);

        assertThat(of).isEqualTo(new Bootstrap(-1, new Interval(-1, -1, 0.95), 0, Kind.PERCENTILE, 6, RESAMPLING));
        assertThat(of.defined()).isTrue();
    }

    /** Doubles near 1e16 are 2 apart: a range of 8 is four units in the last place, and 10 is more. */
    @Test
    void four_units_in_the_last_place_are_rounding() {
        double[] y = {1e16, 1e16, 1e16};
        double[] x = {1e16, 1e16 + 2, 1e16 + 4};
        Interval two = new Interval(2, 2, 0.95);
        assertThat(PairedT.of(x, y)).isEqualTo(new PairedT(2, 0, Double.NaN, 2, Double.NaN, two, Double.NaN, 3, 1));
        assertThat(Welch.of(x, y))
                .isEqualTo(new Welch(2, 0, Double.NaN, Double.NaN, Double.NaN, two, Double.NaN, 3, 3));
        Bootstrap none = new Bootstrap(2, two, 0, Kind.PERCENTILE, 3, RESAMPLING);
        assertThat(Bootstrap.pairedDifference(x, y, 0.95, Kind.BCA, RESAMPLING)).isEqualTo(none);
        assertThat(Bootstrap.difference(x, y, 0.95, Kind.BCA, RESAMPLING))
                .isEqualTo(new Bootstrap(2, two, 0, Kind.PERCENTILE, 6, RESAMPLING));

        double[] far = {1e16, 1e16 + 2, 1e16 + 10};
        assertThat(PairedT.of(far, y).error()).isPositive();
        assertThat(Welch.of(far, y).error()).isPositive();
        assertThat(Bootstrap.pairedDifference(far, y, 0.95, Kind.BCA, RESAMPLING)
                        .standardError())
                .isPositive();
        assertThat(Bootstrap.difference(far, y, 0.95, Kind.BCA, RESAMPLING).standardError())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 50})
    void all_statistics_agree_on_what_varies(int n) {
        int[] each = IntStream.range(0, n).toArray();
        int[] twice = IntStream.range(0, n).map(i -> i / 2).toArray();
        double[] zeros = new double[n];
        for (double level : new double[] {0.1, 1, 0.75, 1e16, 1e-130}) {
            for (int units = 0; units < 9; units++) {
                double[] x = new double[n];
                Arrays.fill(x, level);
                // The first cluster of two, so that the range of their means is that of the values.
                x[0] += units * Math.ulp(level);
                x[1] += units * Math.ulp(level);
                boolean varies = n > 2 && units > 4;
                String as = n + " of " + level + " and " + units;
                assertThat(PairedT.of(x, zeros).error() > 0).as(as).isEqualTo(varies);
                assertThat(Welch.of(x, zeros).error() > 0).as(as).isEqualTo(varies);
                assertThat(ClusteredMean.of(x, each, 0.95).error() > 0).as(as).isEqualTo(varies);
                for (Bootstrap of : new Bootstrap[] {
                    Bootstrap.mean(x, 0.95, Kind.BCA, RESAMPLING),
                    Bootstrap.pairedDifference(x, zeros, 0.95, Kind.BCA, RESAMPLING),
                    Bootstrap.difference(zeros, x, 0.95, Kind.BCA, RESAMPLING),
                    Bootstrap.clusteredMean(x, each, 0.95, Kind.BCA, RESAMPLING)
                }) {
                    assertThat(of.standardError() > 0).as(as).isEqualTo(varies);
                    assertThat(of.defined()).as(as).isTrue();
                    assertThat(varies || of.interval().contains(of.estimate()))
                            .as(as)
                            .isTrue();
                }
                if (n > 2) {
                    assertThat(ClusteredMean.of(x, twice, 0.95).error() > 0)
                            .as(as)
                            .isEqualTo(varies);
                    assertThat(Bootstrap.clusteredMean(x, twice, 0.95, Kind.BCA, RESAMPLING)
                                            .standardError()
                                    > 0)
                            .as(as)
                            .isEqualTo(varies);
                }
            }
        }
    }

    @Test
    void a_difference_that_does_not_vary_has_a_p_value_only_if_it_is_zero() {
        for (double level : new double[] {0.1, 0.3, 1e16, 1e-130}) {
            double[] x = {level, level, level};
            double[] y = {level, level, level, level, level, level, level};
            assertThat(PairedT.of(x, x).p()).isEqualTo(1);
            assertThat(Welch.of(x, y).p()).isEqualTo(1);
            assertThat(Welch.of(x, y).interval()).isEqualTo(new Interval(0, 0, 0.95));
            for (int units = 1; units < 9; units++) {
                double above = level + units * Math.ulp(level);
                double[] more = {above, above, above};
                PairedT paired = PairedT.of(more, x);
                assertThat(paired.error()).isZero();
                assertThat(paired.defined()).isFalse();
                Welch welch = Welch.of(more, y);
                assertThat(welch.error()).isZero();
                assertThat(welch.defined()).isFalse();
                assertThat(welch.difference()).isEqualTo(paired.mean());
                assertThat(welch.interval()).isEqualTo(paired.interval());
            }
        }
    }

    @Test
    void the_mean_of_equal_values_is_that_value() {
        for (int n = 1; n < 200; n++) {
            double[] tenths = new double[n];
            Arrays.fill(tenths, 0.1);
            assertThat(Samples.mean(tenths)).isEqualTo(0.1);
        }
    }

    /** Each cluster holds the same values in another order, so that plain sums of them would differ in their last bits. */
    @Test
    void clusters_of_one_mean_have_no_error() {
        int size = 997;
        double[] one = IntStream.range(0, size).mapToDouble(i -> 0.1 * (i % 7)).toArray();
        double[] values = new double[3 * size];
        int[] clusters = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            clusters[i] = i / size;
            values[i] = one[(i * (1 + 5 * clusters[i])) % size];
        }
        assertThat(ClusteredMean.of(values, clusters, 0.95).error()).isZero();
        Bootstrap of = Bootstrap.clusteredMean(values, clusters, 0.95, Kind.BCA, RESAMPLING);
        assertThat(of.standardError()).isZero();
        assertThat(of.interval()).isEqualTo(new Interval(of.estimate(), of.estimate(), 0.95));
    }

    @Test
    void a_statistic_that_is_the_same_for_every_resample_has_an_error_of_zero() {
        double[] values = {0.1, 0.2, 0.3};
        Bootstrap of = Bootstrap.of(values, x -> 0.1, 0.95, Kind.PERCENTILE, RESAMPLING);
        assertThat(of).isEqualTo(new Bootstrap(0.1, new Interval(0.1, 0.1, 0.95), 0, Kind.PERCENTILE, 3, RESAMPLING));
    }
}
