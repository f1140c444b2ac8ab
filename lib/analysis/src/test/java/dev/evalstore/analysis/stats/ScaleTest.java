package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Figures in another unit are the same figures: a power of two changes no digit. */
class ScaleTest {
    private static final int N = 40;
    private static final double[] X = new SplittableRandom(1).doubles(N).toArray();
    private static final double[] Y = Arrays.stream(
                    new SplittableRandom(2).doubles(N).toArray())
            .map(y -> 1.3 * y)
            .toArray();
    private static final int[] CLUSTERS = new int[N];

    static {
        RandomGenerator random = new SplittableRandom(3);
        Arrays.setAll(CLUSTERS, i -> random.nextInt(9));
    }

    private static double[] scaled(double[] values, int exponent) {
        return Arrays.stream(values).map(value -> Math.scalb(value, exponent)).toArray();
    }

    private static Interval scaled(Interval interval, int exponent) {
        return new Interval(
                Math.scalb(interval.low(), exponent), Math.scalb(interval.high(), exponent), interval.confidence());
    }

    @ParameterizedTest
    @ValueSource(ints = {-900, -700, -540, -1, 300, 460})
    void a_power_of_two_changes_no_bit_of_what_has_no_unit(int e) {
        double[] x = scaled(X, e);
        double[] y = scaled(Y, e);

        PairedT t = PairedT.of(X, Y);
        assertThat(PairedT.of(x, y))
                .isEqualTo(new PairedT(
                        Math.scalb(t.mean(), e),
                        Math.scalb(t.error(), e),
                        t.statistic(),
                        t.df(),
                        t.p(),
                        scaled(t.interval(), e),
                        t.effect(),
                        t.n(),
                        t.zeros()));
        Welch w = Welch.of(X, Y);
        assertThat(Welch.of(x, y))
                .isEqualTo(new Welch(
                        Math.scalb(w.difference(), e),
                        Math.scalb(w.error(), e),
                        w.statistic(),
                        w.df(),
                        w.p(),
                        scaled(w.interval(), e),
                        w.effect(),
                        w.nx(),
                        w.ny()));
        ClusteredMean m = ClusteredMean.of(X, CLUSTERS, 0.95);
        assertThat(ClusteredMean.of(x, CLUSTERS, 0.95))
                .isEqualTo(new ClusteredMean(
                        Math.scalb(m.mean(), e),
                        Math.scalb(m.plainError(), e),
                        Math.scalb(m.clusterError(), e),
                        Math.scalb(m.error(), e),
                        m.p(),
                        scaled(m.interval(), e),
                        m.n(),
                        m.clusters()));
        assertThat(Correlation.pearson(x, y)).isEqualTo(Correlation.pearson(X, Y));
        assertThat(Correlation.pearson(x, Y)).isEqualTo(Correlation.pearson(X, Y));
    }

    @ParameterizedTest
    @ValueSource(ints = {-900, -700, -540, 300, 460})
    void nor_of_a_bootstrap(int e) {
        Resampling resampling = new Resampling(1, 200);
        for (Bootstrap.Kind kind : Bootstrap.Kind.values()) {
            same(
                    Bootstrap.pairedDifference(X, Y, 0.95, kind, resampling),
                    Bootstrap.pairedDifference(scaled(X, e), scaled(Y, e), 0.95, kind, resampling),
                    e);
            same(
                    Bootstrap.difference(X, Y, 0.95, kind, resampling),
                    Bootstrap.difference(scaled(X, e), scaled(Y, e), 0.95, kind, resampling),
                    e);
            same(
                    Bootstrap.clusteredMean(X, CLUSTERS, 0.95, kind, resampling),
                    Bootstrap.clusteredMean(scaled(X, e), CLUSTERS, 0.95, kind, resampling),
                    e);
        }
    }

    private static void same(Bootstrap of, Bootstrap scaled, int e) {
        assertThat(scaled)
                .isEqualTo(new Bootstrap(
                        Math.scalb(of.estimate(), e),
                        scaled(of.interval(), e),
                        Math.scalb(of.standardError(), e),
                        of.kind(),
                        of.size(),
                        of.resampling()));
    }

    @Test
    void what_differs_by_less_than_doubles_have_digits_for_does_not_vary() {
        double[] zeros = new double[N];
        for (int e : new int[] {-980, -1030, -1070}) {
            double[] x = scaled(X, e);
            assertThat(PairedT.of(x, zeros).defined()).as("t").isFalse();
            assertThat(PairedT.of(x, zeros).error()).isZero();
            assertThat(Welch.of(x, zeros).defined()).as("Welch").isFalse();
            assertThat(ClusteredMean.of(x, CLUSTERS, 0.95).defined())
                    .as("clusters")
                    .isFalse();
            assertThat(Correlation.pearson(x, Y).defined()).as("Pearson").isFalse();
        }
    }
}
