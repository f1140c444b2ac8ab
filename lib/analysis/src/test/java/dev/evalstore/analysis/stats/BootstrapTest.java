package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.analysis.stats.Bootstrap.Kind;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BootstrapTest {
    private static final Resampling RESAMPLING = new Resampling(42, 2_000);
    private static final double[] X = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
    private static final double[] Y = {2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5};

    /** The state is filled by SplitMix64 and the output is that of the published algorithms, written here once more. */
    @Test
    void a_seed_means_the_numbers_of_the_published_generator() {
        long seed = -42;
        long[] state = {splitMix(seed + 0x9e3779b97f4a7c15L), splitMix(seed + 0x3c6ef372fe94f82aL)};
        Draws draws = new Draws(seed);
        for (int i = 0; i < 1_000; i++) {
            assertThat(draws.bits()).isEqualTo(next(state));
        }
        for (int i = 0; i < 1_000; i++) {
            // Of the second kind, one draw in four is refused.
            int bound = i % 3 == 0 ? Integer.MAX_VALUE - i : i % 3 == 1 ? (3 << 29) + i : 1 + i;
            long product = (next(state) >>> 32) * bound;
            while (Long.remainderUnsigned(product, 1L << 32) < (1L << 32) % bound) {
                product = (next(state) >>> 32) * bound;
            }
            assertThat(draws.below(bound)).isEqualTo((int) (product >> 32)).isBetween(0, bound - 1);
        }
    }

    private static long splitMix(long state) {
        long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    private static long next(long[] state) {
        long s0 = state[0];
        long s1 = state[1] ^ s0;
        long result = Long.rotateLeft(s0 + state[1], 17) + s0;
        state[0] = Long.rotateLeft(s0, 49) ^ s1 ^ s1 << 21;
        state[1] = Long.rotateLeft(s1, 28);
        return result;
    }

    /** Against figures that were computed once, so a seed means the same in every release too. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void the_same_seed_gives_the_same_interval_to_the_bit(Kind kind) {
        Bootstrap first = Bootstrap.mean(X, 0.95, kind, RESAMPLING);

        assertThat(Bootstrap.mean(X.clone(), 0.95, kind, RESAMPLING)).isEqualTo(first);
        assertThat(Bootstrap.mean(X, 0.95, kind, new Resampling(43, 2_000)).interval())
                .isNotEqualTo(first.interval());
        assertThat(first.kind()).isEqualTo(kind);
        assertThat(first.estimate()).isCloseTo(52.0 / 12, Offset.offset(1e-15));
        assertThat(first.size()).isEqualTo(12);
        assertThat(first.interval().low()).isCloseTo(37 / 12.0, Offset.offset(1e-14));
        assertThat(first.interval().high()).isCloseTo(69 / 12.0, Offset.offset(1e-14));
        assertThat(first.standardError()).isCloseTo(0.6922591026140577, Offset.offset(1e-14));
        assertThat(first.resampling()).isEqualTo(RESAMPLING);
        assertThat(first.defined()).isTrue();
    }

    /** The percentile interval and the correction, computed from the resamples by another way. */
    @Test
    void intervals_are_those_of_the_book() {
        double[] figures = new double[2_000];
        Draws draws = new Draws(42);
        for (int i = 0; i < figures.length; i++) {
            double sum = 0;
            for (int k = 0; k < X.length; k++) {
                sum += X[draws.below(X.length)];
            }
            figures[i] = sum / X.length;
        }
        Arrays.sort(figures);
        Interval percentile =
                Bootstrap.mean(X, 0.9, Kind.PERCENTILE, RESAMPLING).interval();
        assertThat(percentile.low()).isCloseTo(at(figures, 0.05), Offset.offset(1e-14));
        assertThat(percentile.high()).isCloseTo(at(figures, 0.95), Offset.offset(1e-14));
        assertThat(percentile.confidence()).isEqualTo(0.9);

        NormalDistribution normal = NormalDistribution.of(0, 1);
        double mean = 52.0 / 12;
        double below = Arrays.stream(figures)
                .map(f -> f < mean - 1e-12 ? 1 : f > mean + 1e-12 ? 0 : 0.5)
                .average()
                .orElseThrow();
        double z0 = normal.inverseCumulativeProbability(below);
        double cubes = Arrays.stream(X).map(x -> Math.pow(x - mean, 3)).sum();
        double squares = Arrays.stream(X).map(x -> Math.pow(x - mean, 2)).sum();
        double a = cubes / (6 * Math.pow(squares, 1.5));
        Interval bca = Bootstrap.mean(X, 0.9, Kind.BCA, RESAMPLING).interval();
        for (double tail : new double[] {0.05, 0.95}) {
            double z = z0 + normal.inverseCumulativeProbability(tail);
            double expected = at(figures, normal.cumulativeProbability(z0 + z / (1 - a * z)));
            assertThat(tail < 0.5 ? bca.low() : bca.high()).isCloseTo(expected, Offset.offset(1e-9));
        }
        assertThat(bca).isNotEqualTo(percentile);
    }

    private static double at(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
    }

    @Test
    void the_general_figure_agrees_with_the_mean() {
        Bootstrap mean = Bootstrap.mean(X, 0.95, Kind.BCA, RESAMPLING);
        Bootstrap any = Bootstrap.of(X, BootstrapTest::mean, 0.95, Kind.BCA, RESAMPLING);
        assertClose(any, mean);
        assertThat(any.kind()).isEqualTo(Kind.BCA);

        Bootstrap paired = Bootstrap.pairedDifference(X, Y, 0.95, Kind.BCA, RESAMPLING);
        assertClose(Bootstrap.ofPairs(X, Y, (x, y) -> mean(x) - mean(y), 0.95, Kind.BCA, RESAMPLING), paired);
        double[] differences =
                IntStream.range(0, X.length).mapToDouble(i -> X[i] - Y[i]).toArray();
        assertThat(Bootstrap.mean(differences, 0.95, Kind.BCA, RESAMPLING)).isEqualTo(paired);
    }

    /** A median sorts the array that it is given: a resample must not be the next one's source. */
    @Test
    void a_statistic_may_sort_its_array() {
        double[] before = X.clone();
        Bootstrap median = Bootstrap.of(X, BootstrapTest::median, 0.95, Kind.BCA, RESAMPLING);

        assertThat(X).isEqualTo(before);
        assertThat(median.estimate()).isEqualTo(4.5);
        assertThat(median.interval().low()).isBetween(1.0, 4.0);
        assertThat(median.interval().high()).isBetween(5.0, 8.0);
    }

    @Test
    void clusters_of_one_value_each_are_a_mean_and_equal_clusters_are_fewer_values() {
        int[] each = IntStream.range(0, X.length).toArray();
        assertClose(
                Bootstrap.clusteredMean(X, each, 0.95, Kind.BCA, RESAMPLING),
                Bootstrap.mean(X, 0.95, Kind.BCA, RESAMPLING));

        double[] thrice =
                IntStream.range(0, 3 * X.length).mapToDouble(i -> X[i / 3]).toArray();
        int[] clusters = IntStream.range(0, 3 * X.length).map(i -> -i / 3).toArray();
        Bootstrap clustered = Bootstrap.clusteredMean(thrice, clusters, 0.95, Kind.BCA, RESAMPLING);
        assertClose(clustered, Bootstrap.mean(X, 0.95, Kind.BCA, RESAMPLING));
        assertThat(clustered.size()).isEqualTo(12);
        assertThat(Bootstrap.mean(thrice, 0.95, Kind.BCA, RESAMPLING).standardError())
                .isLessThan(0.7 * clustered.standardError());
    }

    @Test
    void two_samples_are_drawn_by_themselves() {
        double[] y = Arrays.copyOf(Y, 5);
        Bootstrap difference = Bootstrap.difference(X, y, 0.95, Kind.BCA, RESAMPLING);

        assertThat(difference.estimate()).isCloseTo(mean(X) - mean(y), Offset.offset(1e-12));
        double error = Math.sqrt(variance(X) / X.length + variance(y) / y.length);
        assertThat(difference.standardError()).isCloseTo(error, Offset.offset(0.05 * error));
        assertThat(difference.size()).isEqualTo(17);
        Bootstrap turned = Bootstrap.difference(y, X, 0.95, Kind.BCA, RESAMPLING);
        assertThat(turned.interval().low()).isCloseTo(-difference.interval().high(), Offset.offset(0.4));
    }

    @Test
    void of_one_value_or_cluster_nothing_is_known() {
        double[] one = {0.5};
        for (Bootstrap unknown : new Bootstrap[] {
            Bootstrap.mean(one, 0.95, Kind.BCA, RESAMPLING),
            Bootstrap.pairedDifference(one, new double[] {0}, 0.95, Kind.PERCENTILE, RESAMPLING),
            Bootstrap.difference(one, new double[] {0, 0}, 0.95, Kind.BCA, RESAMPLING),
            Bootstrap.difference(new double[] {0.5, 0.5}, new double[] {0}, 0.95, Kind.BCA, RESAMPLING),
            Bootstrap.clusteredMean(new double[] {0, 1}, new int[] {4, 4}, 0.95, Kind.BCA, RESAMPLING),
            Bootstrap.of(one, BootstrapTest::mean, 0.95, Kind.BCA, RESAMPLING)
        }) {
            assertThat(unknown.defined()).isFalse();
            assertThat(unknown.estimate()).isEqualTo(0.5);
            assertThat(unknown.standardError()).isNaN();
            assertThat(unknown.interval())
                    .isEqualTo(new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0.95));
        }
    }

    @Test
    void a_constant_column_has_no_width_and_says_that_nothing_is_corrected() {
        double[] same = new double[30];
        Arrays.fill(same, 0.1);
        for (Bootstrap constant : new Bootstrap[] {
            Bootstrap.mean(same, 0.95, Kind.BCA, RESAMPLING),
            Bootstrap.pairedDifference(same, new double[30], 0.95, Kind.BCA, RESAMPLING),
            Bootstrap.clusteredMean(same, IntStream.range(0, 30).toArray(), 0.95, Kind.BCA, RESAMPLING)
        }) {
            assertThat(constant.estimate()).isEqualTo(0.1);
            assertThat(constant.interval()).isEqualTo(new Interval(0.1, 0.1, 0.95));
            assertThat(constant.standardError()).isZero();
            assertThat(constant.kind()).isEqualTo(Kind.PERCENTILE);
            assertThat(constant.defined()).isTrue();
        }
        Bootstrap zeros = Bootstrap.pairedDifference(X, X, 0.95, Kind.BCA, RESAMPLING);
        assertThat(zeros.interval()).isEqualTo(new Interval(0, 0, 0.95));
        assertThat(zeros.kind()).isEqualTo(Kind.PERCENTILE);
        // The greatest value is never exceeded by a resample's, so there is no bias to correct.
        double[] distinct = new Random(1).doubles(40).toArray();
        Bootstrap greatest = Bootstrap.of(
                distinct, values -> Arrays.stream(values).max().orElseThrow() * 2, 0.95, Kind.BCA, RESAMPLING);
        assertThat(greatest.interval().high()).isEqualTo(greatest.estimate());
    }

    @Test
    void bad_input_is_refused_by_name() {
        assertBad(() -> Bootstrap.mean(new double[0], 0.95, Kind.BCA, RESAMPLING), "values must not be empty");
        assertBad(
                () -> Bootstrap.mean(new double[] {1, Double.NaN}, 0.95, Kind.BCA, RESAMPLING),
                "values must not hold NaN");
        assertBad(() -> Bootstrap.mean(X, 1, Kind.BCA, RESAMPLING), "confidence must be between 0 and 1");
        assertBad(
                () -> Bootstrap.pairedDifference(X, new double[1], 0.95, Kind.BCA, RESAMPLING), "y must have as many");
        assertBad(
                () -> Bootstrap.difference(new double[] {Double.NaN}, X, 0.95, Kind.BCA, RESAMPLING),
                "x must not hold NaN");
        assertBad(() -> Bootstrap.difference(X, new double[0], 0.95, Kind.BCA, RESAMPLING), "y must not be empty");
        assertBad(
                () -> Bootstrap.clusteredMean(X, new int[1], 0.95, Kind.BCA, RESAMPLING),
                "clusters must have as many entries as values");
        assertBad(
                () -> Bootstrap.of(X, x -> Double.NaN, 0.95, Kind.BCA, RESAMPLING),
                "statistic must be a finite number");
        assertBad(
                () -> Bootstrap.of(X, x -> x[0] > 5 ? -1e308 : 1e308, 0.95, Kind.BCA, RESAMPLING),
                "statistic must be a finite number, and not beyond 1e140");
        assertBad(() -> new Resampling(1, 99), "resamples must be from 100 to 1000000");
        assertBad(() -> Resampling.seeded(1).resamples(1_000_001), "resamples must be from 100 to 1000000");
        assertThat(Resampling.seeded(9)).isEqualTo(new Resampling(9, 10_000));
    }

    private static void assertBad(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static void assertClose(Bootstrap actual, Bootstrap expected) {
        Offset<Double> close = Offset.offset(1e-9);
        assertThat(actual.estimate()).isCloseTo(expected.estimate(), close);
        assertThat(actual.standardError()).isCloseTo(expected.standardError(), close);
        assertThat(actual.interval().low()).isCloseTo(expected.interval().low(), close);
        assertThat(actual.interval().high()).isCloseTo(expected.interval().high(), close);
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
    }
}
