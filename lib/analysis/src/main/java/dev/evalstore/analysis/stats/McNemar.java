package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * McNemar's test of paired yes-or-no results (McNemar 1947), such as right and wrong answers of two models to the same
 * items: whether both are right equally often. It asks only of the pairs in which they differ.
 *
 * <p>Assumes that the pairs are independent. The four p-values are of two sides; a one-sided exact test is
 * {@link SignTest} of the same columns. Take {@link #midP} where one is to be taken: the exact test is sure to keep its
 * level and finds too little, the mid-p test keeps it as well in practice and finds more, and the χ² tests are for many
 * pairs that differ (Fagerland, Lydersen and Laake 2013). If no pair differs, each p is 1 and each statistic 0.
 *
 * @param both the pairs in which both are 1
 * @param onlyX b: the pairs in which x alone is 1
 * @param onlyY c: the pairs in which y alone is 1
 * @param neither the pairs in which both are 0
 * @param exactP the exact p-value, by the binomial distribution of b of b + c
 * @param midP the exact p-value less the probability of what was observed; where b = c, 1 less half of that probability
 * @param plain (b - c)² / (b + c), and its p-value by χ² with one degree of freedom
 * @param corrected the same with Edwards' continuity correction (1948): (|b - c| - 1)², and 0 where b = c
 */
public record McNemar(
        int both, int onlyX, int onlyY, int neither, double exactP, double midP, ChiSquare plain, ChiSquare corrected) {

    /** A statistic and its p-value. */
    public record ChiSquare(double statistic, double p) {
        private static ChiSquare of(double statistic) {
            return new ChiSquare(statistic, ChiSquaredDistribution.of(1).survivalProbability(statistic));
        }
    }

    /**
     * Tests paired samples of zeros and ones.
     *
     * @throws IllegalArgumentException if a sample is empty or has another value, or the samples have not the same length
     */
    public static McNemar of(double[] x, double[] y) {
        Samples.paired(x, y);
        int[] counts = new int[4];
        for (int i = 0; i < x.length; i++) {
            counts[2 * bit("x", x[i]) + bit("y", y[i])]++;
        }
        return ofCounts(counts[3], counts[2], counts[1], counts[0]);
    }

    /**
     * Tests the counts of a table of two by two.
     *
     * @param both the pairs in which both are 1
     * @param onlyX the pairs in which the first alone is 1
     * @param onlyY the pairs in which the second alone is 1
     * @param neither the pairs in which both are 0
     * @throws IllegalArgumentException if a count is negative, or all together are not 1 to 2,147,483,647
     */
    public static McNemar ofCounts(int both, int onlyX, int onlyY, int neither) {
        Inputs.range("both", both, 0, Integer.MAX_VALUE);
        Inputs.range("onlyX", onlyX, 0, Integer.MAX_VALUE);
        Inputs.range("onlyY", onlyY, 0, Integer.MAX_VALUE);
        Inputs.range("neither", neither, 0, Integer.MAX_VALUE);
        Inputs.range("the sum of the counts", (long) both + onlyX + onlyY + neither, 1, Integer.MAX_VALUE);
        int differ = onlyX + onlyY;
        if (differ == 0) {
            ChiSquare none = new ChiSquare(0, 1);
            return new McNemar(both, 0, 0, neither, 1, 1, none, none);
        }
        double exact = SignTest.p(onlyX, onlyY, Hypothesis.TWO_SIDED);
        double observed = BinomialDistribution.of(differ, 0.5).probability(onlyX);
        double mid = onlyX == onlyY ? 1 - observed / 2 : exact - observed;
        double distance = Math.abs((double) onlyX - onlyY);
        double shortened = Math.max(0, distance - 1);
        ChiSquare plain = ChiSquare.of(distance * distance / differ);
        ChiSquare corrected = ChiSquare.of(shortened * shortened / differ);
        return new McNemar(both, onlyX, onlyY, neither, exact, mid, plain, corrected);
    }

    /** How many pairs there are. */
    public int n() {
        return both + onlyX + onlyY + neither;
    }

    /** The share of ones in x less the share of ones in y, from -1 to 1. */
    public double difference() {
        return ((double) onlyX - onlyY) / n();
    }

    /**
     * The confidence interval of {@link #difference}, by Agresti and Min (2005): the usual interval after adding a half
     * to each count, which makes it good for few pairs too, and for none that differ.
     *
     * @throws IllegalArgumentException if confidence is not between 0 and 1
     */
    public Interval interval(double confidence) {
        Inputs.fraction("confidence", confidence);
        double all = n() + 2.0;
        double mean = ((double) onlyX - onlyY) / all;
        double variance = ((double) onlyX + onlyY + 1) / all - mean * mean;
        double half = Tails.z((1 - confidence) / 2) * Math.sqrt(variance / all);
        return Interval.around(mean, half, confidence).within(-1, 1);
    }

    private static int bit(String name, double value) {
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException(name + " must hold zeros and ones alone");
        }
        return (int) value;
    }
}
