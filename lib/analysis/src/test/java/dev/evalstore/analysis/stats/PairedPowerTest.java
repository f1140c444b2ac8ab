package dev.evalstore.analysis.stats;

import static dev.evalstore.analysis.stats.Oracle.near;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairedPowerTest {

    @Test
    void the_noncentral_t_distribution() {
        // By mpmath with 30 digits.
        near("a half normal", NoncentralT.above(2, 1, 0), 0.14758361765043327418, 1e-12);
        near("one degree", NoncentralT.above(2, 1, 1.5), 0.50898009848227636223, 1e-12);
        near("one degree", NoncentralT.above(12.7, 1, 16), 0.79086773860966156217, 1e-12);
        near("one degree", NoncentralT.above(636, 1, 815), 0.7999625781579584751, 1e-12);
        near("one degree", NoncentralT.above(6e5, 1, 1.6e6), 0.99233923886473611414, 1e-12);
        near("one degree", NoncentralT.above(6.4e9, 1, 0.5), 8.6993921833108200974e-11, 1e-10);
        near("twenty", NoncentralT.above(2.1, 20, 2.5), 0.65738018164420501131, 1e-12);
        near("twenty", NoncentralT.above(2.1, 20, -1), 0.0017195876161636794372, 1e-12);
        near("many", NoncentralT.above(1.96, 5000, 2.8), 0.79952805763429951947, 1e-12);
        near("far", NoncentralT.above(3, 10, 60), 1, 1e-12);
        near("broken", NoncentralT.above(4, 7.3, 8.9), 0.99959426617496236304, 1e-12);
        near("broken", NoncentralT.above(4, 7.3, 9.1), 0.99974525393049185097, 1e-12);
        near("lower", NoncentralT.above(4, 7.3, -3), 7.4905271516195704133e-8, 1e-10);
    }

    @Test
    void power_by_each_hypothesis() {
        // By statsmodels 0.14.
        near("two", power(0.2, 50, 0.05, Hypothesis.TWO_SIDED), 0.2835924146674735, 1e-9);
        near("greater", power(0.2, 50, 0.05, Hypothesis.GREATER), 0.40122150499319487, 1e-9);
        near("less", power(0.2, 50, 0.05, Hypothesis.LESS), 0.0011835698874889111, 1e-8);
        near("two", power(0.5, 10, 0.01, Hypothesis.TWO_SIDED), 0.1026975095395999, 1e-9);
        near("two", power(1.2, 5, 0.05, Hypothesis.TWO_SIDED), 0.5302212511402787, 1e-9);
        near("greater", power(1.2, 5, 0.05, Hypothesis.GREATER), 0.7119106100631851, 1e-9);
        near("two", power(0.05, 3000, 0.001, Hypothesis.TWO_SIDED), 0.2896575608412558, 1e-9);
        near("two", power(0.02, 100_000, 0.05, Hypothesis.TWO_SIDED), 0.9999936301990402, 1e-9);
        near("sign", power(-0.2, 50, 0.05, Hypothesis.TWO_SIDED), 0.2835924146674735, 1e-9);
        near("mirrored", power(-0.2, 50, 0.05, Hypothesis.LESS), 0.40122150499319487, 1e-9);
    }

    @Test
    void no_effect_is_found_as_often_as_alpha() {
        for (Hypothesis hypothesis : Hypothesis.values()) {
            for (int pairs : new int[] {2, 3, 10, 1000, PairedPower.MAX_PAIRS}) {
                for (double alpha : new double[] {1e-6, 0.01, 0.05, 0.5}) {
                    assertThat(power(0, pairs, alpha, hypothesis)).isEqualTo(alpha);
                    near("alpha", power(1e-12, pairs, alpha, hypothesis), alpha, 1e-6);
                }
            }
        }
        assertThat(power(1e9, 2, 1e-6, Hypothesis.TWO_SIDED)).isCloseTo(1, within(1e-3));
        assertThat(power(100, 1000, 0.05, Hypothesis.TWO_SIDED)).isEqualTo(1);
    }

    @Test
    void effect_pairs_and_power_are_one_equation() {
        // Where mpmath has a power of 0.8 to 17 digits; statsmodels stops at 0.40418299974.
        near("two", PairedPower.smallestEffect(50, 0.8, 0.05, Hypothesis.TWO_SIDED), 0.4041830021360424, 1e-12);
        near("greater", PairedPower.smallestEffect(50, 0.8, 0.05, Hypothesis.GREATER), 0.35659965445056674, 1e-7);
        near("less", PairedPower.smallestEffect(50, 0.8, 0.05, Hypothesis.LESS), 0.35659965445056674, 1e-7);
        for (Hypothesis hypothesis : Hypothesis.values()) {
            for (int pairs : new int[] {2, 3, 7, 40, 900, 123_456}) {
                double effect = PairedPower.smallestEffect(pairs, 0.9, 0.01, hypothesis);
                double direction = hypothesis == Hypothesis.LESS ? -effect : effect;
                near("power", power(direction, pairs, 0.01, hypothesis), 0.9, 1e-9);
                near("pairs", PairedPower.pairs(effect, 0.9, 0.01, hypothesis), pairs, 1e-6);
            }
        }
        assertThat(PairedPower.pairs(1e6, 0.8, 0.05, Hypothesis.TWO_SIDED)).isEqualTo(2);
        assertThat(PairedPower.pairs(0.0005, 0.8, 0.05, Hypothesis.TWO_SIDED)).isGreaterThan(3e7);
    }

    @Test
    void bad_input_is_refused_by_name() {
        refused("pairs must be from 2 to 1000000000", () -> power(0.2, 1, 0.05, Hypothesis.LESS));
        refused("effect must be from", () -> power(Double.NaN, 5, 0.05, Hypothesis.LESS));
        refused("effect must be from", () -> power(Double.POSITIVE_INFINITY, 5, 0.05, Hypothesis.LESS));
        refused("alpha must be above 0", () -> power(0.2, 5, 0, Hypothesis.LESS));
        refused("alpha must be above 0", () -> power(0.2, 5, 0.51, Hypothesis.LESS));
        refused("effect must be above 0", () -> PairedPower.pairs(0, 0.8, 0.05, Hypothesis.LESS));
        refused("power must be above alpha", () -> PairedPower.pairs(0.2, 0.05, 0.05, Hypothesis.LESS));
        refused("power must be above alpha", () -> PairedPower.pairs(0.2, 1, 0.05, Hypothesis.LESS));
        refused("effect must not take more", () -> PairedPower.pairs(1e-6, 0.8, 0.05, Hypothesis.LESS));
        refused("pairs must be from 2", () -> PairedPower.smallestEffect(1, 0.8, 0.05, Hypothesis.LESS));
        refused("pairs must be more", () -> PairedPower.smallestEffect(2, 0.8, 1e-12, Hypothesis.TWO_SIDED));
    }

    private static double power(double effect, int pairs, double alpha, Hypothesis hypothesis) {
        return PairedPower.power(effect, pairs, alpha, hypothesis);
    }

    private static void refused(String message, Runnable call) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageStartingWith(message);
    }
}
