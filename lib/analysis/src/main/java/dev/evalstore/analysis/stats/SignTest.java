package dev.evalstore.analysis.stats;

import java.util.Objects;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * The sign test of paired samples (Arbuthnott 1710): whether a difference is as often positive as negative. Exact, by
 * the binomial distribution.
 *
 * <p>Assumes that the pairs are independent, and nothing of the differences: it asks of their signs alone, and is
 * therefore the least sure of the paired tests. Differences of zero are left out, and counted. If all are zero, p is 1.
 *
 * @param positive the pairs of which x is greater
 * @param negative the pairs of which x is less
 * @param zeros the pairs of equal values, left out
 * @param p the p-value, always defined
 */
public record SignTest(int positive, int negative, int zeros, double p) {

    /** The test of two sides. */
    public static SignTest of(double[] x, double[] y) {
        return of(x, y, Hypothesis.TWO_SIDED);
    }

    /**
     * Tests paired samples.
     *
     * <p>Values are compared as doubles: 0.1 + 0.2 is above 0.3 by its last bit, and such a pair counts as positive, though
     * both are the same on paper. Round values that were computed, such as by {@code Math.rint(1e9 * score)}, before they
     * are compared.
     *
     * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or beyond
     *     {@link Samples#MAX_VALUE}, or the samples have not the same length
     */
    public static SignTest of(double[] x, double[] y, Hypothesis hypothesis) {
        Objects.requireNonNull(hypothesis, "hypothesis");
        Samples.paired(x, y);
        int positive = 0;
        int negative = 0;
        for (int i = 0; i < x.length; i++) {
            positive += x[i] > y[i] ? 1 : 0;
            negative += x[i] < y[i] ? 1 : 0;
        }
        return new SignTest(positive, negative, x.length - positive - negative, p(positive, negative, hypothesis));
    }

    /** How often x is greater, of the pairs that differ, less how often it is less: from -1 to 1, 0 if none differ. */
    public double effect() {
        int n = positive + negative;
        return n == 0 ? 0 : ((double) positive - negative) / n;
    }

    /** The exact p-value of so many positive and negative signs. Both tails are equal at a probability of a half. */
    static double p(int positive, int negative, Hypothesis hypothesis) {
        BinomialDistribution binomial = BinomialDistribution.of(positive + negative, 0.5);
        double lower = binomial.cumulativeProbability(positive);
        double upper = binomial.survivalProbability(positive - 1);
        return Tails.p(hypothesis, lower, upper);
    }
}
