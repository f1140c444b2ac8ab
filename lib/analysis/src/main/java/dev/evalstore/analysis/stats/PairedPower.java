package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.util.Objects;

/**
 * How many pairs {@link PairedT} needs to find a difference, and how small a difference so many pairs find. Exact, by
 * the noncentral t distribution.
 *
 * <p>Assumes what the test assumes, and that the differences are normal. The effect is Cohen's d<sub>z</sub>, the mean
 * of the differences over their standard deviation. Ask before the experiment: the power that a result had is its
 * p-value in another form, and says nothing more.
 *
 * <p>Source: J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988, chapter 2, whose tables this formula
 * replaces; of the distribution, N. Johnson, S. Kotz and N. Balakrishnan, Continuous Univariate Distributions 2, 1995,
 * chapter 31.
 */
public final class PairedPower {
    /** The greatest number of pairs that is asked or answered. */
    public static final int MAX_PAIRS = 1_000_000_000;

    private static final double MAX_EFFECT = 1e9;

    private PairedPower() {}

    /**
     * The probability that the test finds an effect that there is.
     *
     * @param effect d<sub>z</sub>, -1,000,000,000 to 1,000,000,000; its sign does not matter if the test is of two sides
     * @param pairs 2 to {@value #MAX_PAIRS}
     * @param alpha the level of the test, above 0 and at most 0.5
     * @return from 0 to 1; alpha if the effect is zero
     * @throws IllegalArgumentException if an argument is out of bounds
     */
    public static double power(double effect, int pairs, double alpha, Hypothesis hypothesis) {
        Inputs.range("pairs", pairs, 2, MAX_PAIRS);
        Inputs.range("effect", effect, -MAX_EFFECT, MAX_EFFECT);
        return new Test(alpha(alpha), hypothesis).power(effect, pairs);
    }

    /**
     * How many pairs it takes to find an effect with a power.
     *
     * @param effect d<sub>z</sub>, above 0 and at most 1,000,000,000; of a test of LESS, how far below zero it is
     * @param power above alpha and below 1, such as 0.8
     * @param alpha the level of the test, above 0 and at most 0.5
     * @return where the power is reached, which is between two whole numbers: the test needs the greater of them; 2 if
     *     two pairs have that power
     * @throws IllegalArgumentException if an argument is out of bounds, or effect is so small that it takes more than
     *     {@value #MAX_PAIRS} pairs
     */
    public static double pairs(double effect, double power, double alpha, Hypothesis hypothesis) {
        if (!(effect > 0 && effect <= MAX_EFFECT)) {
            throw new IllegalArgumentException("effect must be above 0 and at most 1e9");
        }
        Test test = new Test(alpha(alpha), hypothesis);
        checkPower(power, alpha);
        double direction = hypothesis == Hypothesis.LESS ? -effect : effect;
        if (test.power(direction, MAX_PAIRS) < power) {
            throw new IllegalArgumentException("effect must not take more than " + MAX_PAIRS + " pairs to find");
        }
        return Tails.root(pairs -> test.power(direction, pairs) - power, 2, MAX_PAIRS);
    }

    /**
     * The smallest effect that so many pairs find with a power.
     *
     * @param pairs 2 to {@value #MAX_PAIRS}
     * @param power above alpha and below 1, such as 0.8
     * @param alpha the level of the test, above 0 and at most 0.5
     * @return d<sub>z</sub>, above 0; of a test of LESS, how far below zero it is
     * @throws IllegalArgumentException if an argument is out of bounds, or the effect would be above 1,000,000,000
     */
    public static double smallestEffect(int pairs, double power, double alpha, Hypothesis hypothesis) {
        Inputs.range("pairs", pairs, 2, MAX_PAIRS);
        Test test = new Test(alpha(alpha), hypothesis);
        checkPower(power, alpha);
        double sign = hypothesis == Hypothesis.LESS ? -1 : 1;
        double high = 1;
        while (test.power(sign * high, pairs) < power) {
            high *= 4;
            if (high > MAX_EFFECT) {
                throw new IllegalArgumentException("pairs must be more for such an alpha and power");
            }
        }
        return Tails.root(effect -> test.power(sign * effect, pairs) - power, 0, high);
    }

    private static double alpha(double alpha) {
        if (!(alpha > 0 && alpha <= 0.5)) {
            throw new IllegalArgumentException("alpha must be above 0 and at most 0.5");
        }
        return alpha;
    }

    private static void checkPower(double power, double alpha) {
        if (!(power > alpha && power < 1)) {
            throw new IllegalArgumentException("power must be above alpha and below 1");
        }
    }

    /** A test at a level. */
    private record Test(double alpha, Hypothesis hypothesis) {
        Test {
            Objects.requireNonNull(hypothesis, "hypothesis");
        }

        double power(double effect, double pairs) {
            if (effect == 0) {
                return alpha;
            }
            double df = pairs - 1;
            double shift = effect * Math.sqrt(pairs);
            double critical = Tails.t(df, hypothesis == Hypothesis.TWO_SIDED ? alpha / 2 : alpha);
            return switch (hypothesis) {
                case TWO_SIDED -> NoncentralT.above(critical, df, shift) + NoncentralT.above(critical, df, -shift);
                case GREATER -> NoncentralT.above(critical, df, shift);
                case LESS -> NoncentralT.above(critical, df, -shift);
            };
        }
    }
}
