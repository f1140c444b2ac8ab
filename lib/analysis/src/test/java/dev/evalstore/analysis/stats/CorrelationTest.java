package dev.evalstore.analysis.stats;

import static dev.evalstore.analysis.stats.Oracle.near;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Figures without another source are SciPy 1.17's. */
class CorrelationTest {
    private static final double[] X = {3.1, 2.4, 5.0, 4.4, 2.2, 4.0, 3.3, 5.6, 1.9, 4.1};
    private static final double[] Y = {2.9, 2.7, 4.1, 3.9, 2.5, 3.1, 3.8, 4.9, 1.2, 3.0};
    private static final Interval NOTHING = new Interval(-1, 1, 0.95);
    private static final double[] TIED_X = {4, 5, 3, 4, 2, 5, 5, 1, 4, 3, 2, 4};
    private static final double[] TIED_Y = {3, 5, 2, 4, 3, 4, 4, 1, 2, 3, 1, 5};

    @Test
    void pearson_has_a_p_value_and_an_interval() {
        Correlation xy = Correlation.pearson(X, Y);
        near("coefficient", xy.coefficient(), 0.8844248365323073, 1e-12);
        near("p", xy.p(), 0.0006774776508769502, 1e-9);
        near("low", xy.interval().low(), 0.5749805714516528, 1e-9);
        near("high", xy.interval().high(), 0.9725048626251513, 1e-9);
        near("p", Correlation.pearson(TIED_X, TIED_Y).p(), 0.002914358853230391, 1e-9);
    }

    @Test
    void spearman_has_a_p_value_and_an_interval() {
        Correlation xy = Correlation.spearman(X, Y);
        near("coefficient", xy.coefficient(), 0.9515151515151514, 1e-12);
        near("p", xy.p(), 2.279854920641689e-05, 1e-9);
        // The ends are tanh(atanh(r) -+ z sqrt((1 + r^2 / 2) / (n - 3))) by mpmath with 40 digits.
        near("low", xy.interval().low(), 0.74189911747290581, 1e-9);
        near("high", xy.interval().high(), 0.9917029005425031, 1e-9);
        Correlation tied = Correlation.spearman(TIED_X, TIED_Y);
        near("coefficient", tied.coefficient(), 0.7743445148055403, 1e-12);
        near("p", tied.p(), 0.0031100034703041004, 1e-9);
        near("low", tied.interval().low(), 0.27867366402306076, 1e-9);
        near("high", tied.interval().high(), 0.94425610688219407, 1e-9);
    }

    @Test
    void kendall_is_exact_for_few_pairs_without_ties() {
        near("p", Correlation.kendall(X, Y).p(), 0.00011518959435626102, 1e-9);
        assertThat(Correlation.kendall(new double[] {1, 2}, new double[] {5, 9}).p())
                .isEqualTo(1);
        near(
                "p",
                Correlation.kendall(new double[] {1, 2, 3}, new double[] {2, 3, 1})
                        .p(),
                1,
                1e-12);
        double[] five = {2, 4, 1, 0, 3};
        near("p", Correlation.kendall(new double[] {1, 2, 3, 4, 5}, five).p(), 0.8166666666666667, 1e-12);
        Correlation tied = Correlation.kendall(TIED_X, TIED_Y);
        near("coefficient", tied.coefficient(), 0.6608196543914111, 1e-12);
        near("p", tied.p(), 0.007197053266600138, 1e-9);
        // The ends are tanh(atanh(tau) -+ z sqrt(0.437 / (n - 4))) by mpmath with 40 digits.
        near("low", tied.interval().low(), 0.32406697524075916, 1e-9);
        near("high", tied.interval().high(), 0.84894127629330402, 1e-9);
    }

    @Test
    void kendall_of_the_same_order_has_the_smallest_p_value_there_is() {
        double[] up = new double[50];
        double[] down = new double[50];
        double orders = 1;
        for (int i = 0; i < 50; i++) {
            up[i] = i;
            down[i] = -i;
            orders *= i + 1.0;
        }
        near("up", Correlation.kendall(up, up).p() * 1e60, 2e60 / orders, 1e-12);
        near("down", Correlation.kendall(up, down).p() * 1e60, 2e60 / orders, 1e-12);
        assertThat(Correlation.kendall(up, down).coefficient()).isEqualTo(-1);
    }

    @Test
    void a_straight_line_stays_within_one_and_has_no_error_to_estimate() {
        double[] twice = {6.2, 4.8, 10.0, 8.8, 4.4, 8.0, 6.6, 11.2, 3.8, 8.2};
        Correlation line = Correlation.pearson(X, twice);
        assertThat(line.coefficient()).isCloseTo(1, within(1e-15)).isLessThanOrEqualTo(1);
        assertThat(line.p()).isNaN();
        assertThat(line.defined()).isTrue();
        assertThat(line.interval()).isEqualTo(NOTHING);
        double[] half = Arrays.stream(X).map(value -> 3 - value / 2).toArray();
        assertThat(Correlation.pearson(X, half).p()).isNaN();
        half[2] += 1e-6;
        assertThat(Correlation.pearson(X, half).p()).isBetween(1e-60, 1e-20);
        for (Correlation same : new Correlation[] {Correlation.spearman(X, X), Correlation.kendall(X, X)}) {
            assertThat(same.coefficient()).isEqualTo(1);
            assertThat(same.p()).isCloseTo(1.5 / 3628800, within(0.51 / 3628800));
            assertThat(same.interval()).isEqualTo(NOTHING);
        }
    }

    @Test
    void few_pairs_are_never_certain() {
        double[] four = {1, 2, 3, 4};
        near("in order", Correlation.spearman(four, four).p(), 1 / 12.0, 1e-14);
        near("against it", Correlation.spearman(four, new double[] {9, 7, 5, 3}).p(), 1 / 12.0, 1e-14);
        assertThat(Correlation.spearman(four, four).interval()).isEqualTo(NOTHING);
        assertThat(Correlation.pearson(four, four).p()).isNaN();
        double[] right = {0, 0, 0, 1};
        assertThat(Correlation.spearman(right, right).p()).isEqualTo(0.25);
        assertThat(Correlation.pearson(right, right).p()).isNaN();
        // Of many pairs too: which of a thousand is the other one is a matter of chance once in a thousand times.
        double[] other = new double[1000];
        other[17] = 1;
        near("many", Correlation.spearman(other, other).p(), 0.001, 1e-12);
    }

    @Test
    void spearman_is_exact_for_few_pairs() {
        double[] nine = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        near(
                "nine",
                Correlation.spearman(nine, new double[] {2, 1, 5, 3, 6, 4, 9, 8, 7})
                        .p(),
                3000 / 362880.0,
                1e-14);
        double[] ties = {1, 1, 2, 3, 3, 3, 4, 5, 6};
        near(
                "ties",
                Correlation.spearman(ties, new double[] {2, 1, 2, 3, 6, 4, 4, 9, 7})
                        .p(),
                564 / 362880.0,
                1e-14);
        // As tables have it: a coefficient of 0.8 of five pairs.
        double[] five = {1, 2, 3, 4, 5};
        near("five", Correlation.spearman(five, new double[] {2, 1, 3, 5, 4}).p(), 16 / 120.0, 1e-14);
        Random random = new Random(12);
        for (int n = 2; n <= 7; n++) {
            for (int repeat = 0; repeat < 8; repeat++) {
                double[] x = random.ints(n, 0, 2 + repeat).asDoubleStream().toArray();
                double[] y = random.ints(n, 0, 2 + repeat).asDoubleStream().toArray();
                Correlation exact = Correlation.spearman(x, y);
                if (exact.defined()) {
                    int[] counts = new int[2];
                    permute(x, y, 0, Math.abs(exact.coefficient()), counts);
                    near(n + " pairs", exact.p(), (double) counts[0] / counts[1], 1e-14);
                }
            }
        }
    }

    private static void permute(double[] x, double[] y, int from, double far, int[] counts) {
        if (from == x.length) {
            counts[0] += Math.abs(Correlation.spearman(x, y).coefficient()) >= far - 1e-9 ? 1 : 0;
            counts[1]++;
            return;
        }
        for (int i = from; i < y.length; i++) {
            double[] next = y.clone();
            next[from] = y[i];
            next[i] = y[from];
            permute(x, next, from + 1, far, counts);
        }
    }

    @Test
    void a_constant_column_has_no_correlation() {
        double[] constant = new double[10];
        Arrays.fill(constant, 0.1);
        for (Correlation none : new Correlation[] {
            Correlation.pearson(X, constant),
            Correlation.pearson(constant, Y),
            Correlation.spearman(X, constant),
            Correlation.spearman(constant, Y),
            Correlation.kendall(X, constant),
            Correlation.kendall(constant, constant)
        }) {
            assertThat(none).isEqualTo(new Correlation(Double.NaN, Double.NaN, new Interval(-1, 1, 0.95), 10));
            assertThat(none.defined()).isFalse();
        }
    }

    @Test
    void a_column_that_varies_by_rounding_alone_is_constant() {
        double[] rounding = new double[10];
        for (int i = 0; i < 10; i++) {
            rounding[i] = i % 2 == 0 ? 0.3 : 0.1 + 0.2;
        }
        assertThat(rounding[0]).isNotEqualTo(rounding[1]);
        assertThat(Correlation.pearson(rounding, Y).defined()).isFalse();
        assertThat(Correlation.pearson(X, rounding).defined()).isFalse();
    }

    @Test
    void too_few_pairs_know_nothing() {
        double[] one = {1};
        assertThat(Correlation.pearson(one, one).defined()).isFalse();
        assertThat(Correlation.spearman(one, one).defined()).isFalse();
        assertThat(Correlation.kendall(one, one).defined()).isFalse();
        double[] two = {1, 2};
        double[] three = {1, 2, 4};
        assertThat(Correlation.pearson(two, two)).isEqualTo(new Correlation(1, 1, new Interval(-1, 1, 0.95), 2));
        assertThat(Correlation.spearman(three, three).interval()).isEqualTo(new Interval(-1, 1, 0.95));
    }

    @Test
    void large_samples_and_figures_keep_their_digits() {
        double[] x = new double[10];
        double[] y = new double[10];
        for (int i = 0; i < 10; i++) {
            x[i] = 1e-130 * X[i];
            y[i] = 1e130 * Y[i];
        }
        near("scaled", Correlation.pearson(x, y).coefficient(), 0.8844248365323073, 1e-12);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {31, 32, 33, 34})
    void kendall_equals_every_two_pairs_compared(long seed) {
        Random random = new Random(seed);
        int n = 150;
        double[] x =
                random.ints(n, 0, (int) (3 + seed % 4 * 20)).asDoubleStream().toArray();
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            y[i] = x[i] + random.nextInt(30);
        }
        long concordant = 0;
        long discordant = 0;
        long untiedX = 0;
        long untiedY = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double product = Math.signum(x[i] - x[j]) * Math.signum(y[i] - y[j]);
                concordant += product > 0 ? 1 : 0;
                discordant += product < 0 ? 1 : 0;
                untiedX += x[i] != x[j] ? 1 : 0;
                untiedY += y[i] != y[j] ? 1 : 0;
            }
        }
        double expected = (concordant - discordant) / Math.sqrt((double) untiedX * untiedY);
        near("coefficient", Correlation.kendall(x, y).coefficient(), expected, 1e-12);
    }

    @Test
    void kendall_with_many_ties_in_both_columns() {
        double[] x = {
            2, 3, 4, 5, 0, 0, 4, 5, 1, 1, 5, 2, 1, 4, 1, 2, 3, 3, 0, 0, 5, 4, 5, 3, 4, 1, 2, 4, 0, 1, 0, 2, 5, 0, 2, 2,
            5, 1, 3, 1, 0, 4, 0, 1, 2, 2, 0, 5, 4, 5, 0, 4, 1, 3, 5, 1, 4, 0, 1, 5
        };
        double[] y = {
            4, 5, 5, 5, 2, 3, 6, 8, 2, 4, 8, 6, 3, 4, 4, 4, 7, 5, 1, 0, 7, 7, 8, 7, 5, 3, 6, 5, 1, 5, 2, 4, 8, 2, 6, 5,
            5, 1, 5, 5, 0, 7, 3, 4, 6, 2, 2, 9, 5, 5, 2, 4, 2, 7, 8, 5, 8, 4, 2, 7
        };
        near("kendall", Correlation.kendall(x, y).coefficient(), 0.6834959890462298, 1e-12);
        near("kendall", Correlation.kendall(x, y).p(), 9.173415873585257e-12, 1e-9);
        near("spearman", Correlation.spearman(x, y).coefficient(), 0.8088781665930065, 1e-12);
        near("spearman", Correlation.spearman(x, y).p(), 5.365291177649594e-15, 1e-9);
        near("pearson", Correlation.pearson(x, y).coefficient(), 0.7983885019371523, 1e-12);
        near("pearson", Correlation.pearson(x, y).p(), 2.1611169255738463e-14, 1e-9);
    }
}
