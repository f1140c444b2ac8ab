package dev.evalstore.analysis.stats;

import org.apache.commons.numbers.core.Sum;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How strongly two columns of the same items go together, from -1 to 1. p-values are of two sides, and of no relation.
 *
 * <p>Assume that the pairs are independent. If a column is constant there is no correlation: coefficient and p are NaN.
 * So they are for one pair. For two pairs p is 1. Intervals are by Fisher's transformation (1921); they are from -1 to 1
 * where the pairs are too few for it.
 *
 * @param coefficient the correlation, from -1 to 1; NaN where it is not defined
 * @param p the p-value; NaN where it is not defined
 * @param interval the confidence interval of 95 %, approximate
 * @param n how many pairs there are
 */
public record Correlation(double coefficient, double p, Interval interval, int n) {
    private static final double CONFIDENCE = 0.95;

    /**
     * Pearson's correlation: how near the pairs are to a straight line. p is by Student's t with n - 2 degrees of
     * freedom, which assumes that both are normal; so does the interval.
     *
     * @throws IllegalArgumentException if a sample is empty or has a value that is not finite, or the samples have not
     *     the same length
     */
    public static Correlation pearson(double[] x, double[] y) {
        Samples.paired(x, y);
        return of(product(x, y), x.length, 1 / (x.length - 3.0));
    }

    /**
     * Spearman's rank correlation: how near the pairs are to going up together, in whatever steps. It is Pearson's of
     * the ranks, ties sharing the mean of theirs. p is by Student's t with n - 2 degrees of freedom, a good
     * approximation from about ten pairs; the interval by the variance of Bonett and Wright (2000).
     *
     * @throws IllegalArgumentException if a sample is empty or has a value that is not finite, or the samples have not
     *     the same length
     */
    public static Correlation spearman(double[] x, double[] y) {
        Samples.paired(x, y);
        double coefficient = product(new Ranking(x).means(), new Ranking(y).means());
        return of(coefficient, x.length, (1 + coefficient * coefficient / 2) / (x.length - 3.0));
    }

    /**
     * Kendall's τ<sub>b</sub>: how many more pairs of items are in the same order in both columns than in opposite
     * orders, over what ties leave possible (Kendall 1945). In n log n, by the method of Knight (1966). p is exact for up
     * to 50 pairs without ties, else by the normal approximation with the variance for ties; the interval by the
     * variance of Fieller, Hartley and Pearson (1957).
     *
     * @throws IllegalArgumentException if a sample is empty or has a value that is not finite, or the samples have not
     *     the same length
     */
    public static Correlation kendall(double[] x, double[] y) {
        Samples.paired(x, y);
        Concordance concordance = Concordance.of(new Ranking(x), new Ranking(y));
        double coefficient = concordance.coefficient();
        Interval interval = interval(coefficient, x.length > 4 ? 0.437 / (x.length - 4.0) : Double.NaN);
        return new Correlation(coefficient, concordance.p(), interval, x.length);
    }

    /** Whether there is a correlation: neither column is constant. */
    public boolean defined() {
        return !Double.isNaN(coefficient);
    }

    private static Correlation of(double coefficient, int n, double variance) {
        Interval interval = interval(coefficient, n > 3 ? variance : Double.NaN);
        if (Double.isNaN(coefficient)) {
            return new Correlation(Double.NaN, Double.NaN, interval, n);
        }
        double p = n == 2 ? 1 : Tails.p(Hypothesis.TWO_SIDED, TDistribution.of(n - 2), t(coefficient, n - 2));
        return new Correlation(coefficient, p, interval, n);
    }

    private static double t(double coefficient, double df) {
        return coefficient * Math.sqrt(df / ((1 - coefficient) * (1 + coefficient)));
    }

    private static Interval interval(double coefficient, double variance) {
        if (Double.isNaN(coefficient) || Double.isNaN(variance)) {
            return new Interval(-1, 1, CONFIDENCE);
        }
        double centre = (StrictMath.log1p(coefficient) - StrictMath.log1p(-coefficient)) / 2;
        double half = Tails.z((1 - CONFIDENCE) / 2) * Math.sqrt(variance);
        return new Interval(StrictMath.tanh(centre - half), StrictMath.tanh(centre + half), CONFIDENCE);
    }

    /** The product-moment correlation; NaN if a column is constant. */
    private static double product(double[] x, double[] y) {
        if (Samples.constant(x, Samples.size(x)) || Samples.constant(y, Samples.size(y))) {
            return Double.NaN;
        }
        double[] fromX = Samples.distances(x, Samples.mean(x));
        double[] fromY = Samples.distances(y, Samples.mean(y));
        Samples.Squares squaresX = Samples.squares(fromX, 0);
        Samples.Squares squaresY = Samples.squares(fromY, 0);
        Sum products = Sum.create();
        for (int i = 0; i < x.length; i++) {
            products.addProduct(Math.scalb(fromX[i], -squaresX.exponent()), Math.scalb(fromY[i], -squaresY.exponent()));
        }
        // One root of both keeps the correlation of a column with itself at 1.
        double sizes = Math.sqrt(squaresX.sum() * squaresY.sum());
        return Math.max(-1, Math.min(1, products.getAsDouble() / sizes));
    }
}
