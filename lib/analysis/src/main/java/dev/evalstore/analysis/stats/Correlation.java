package dev.evalstore.analysis.stats;

import java.util.Arrays;
import org.apache.commons.numbers.core.Sum;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How strongly two columns of the same items go together, from -1 to 1. p-values are of two sides, and of no relation.
 *
 * <p>Assume that the pairs are independent. If a column does not vary (beyond rounding, as the package says it) there is no
 * correlation: coefficient and p are NaN. So they are for one pair. For two pairs p is 1.
 *
 * <p>Intervals are by Fisher's transformation (1921). It needs four pairs (of Kendall five), and does not exist for a
 * coefficient of 1 or -1: the interval is from -1 to 1 then, which says that nothing is known of it.
 *
 * @param coefficient the correlation, from -1 to 1; NaN where it is not defined
 * @param p the p-value; NaN where it is not defined
 * @param interval the confidence interval of 95 %, approximate
 * @param n how many pairs there are
 */
public record Correlation(double coefficient, double p, Interval interval, int n) {
    private static final double CONFIDENCE = 0.95;
    private static final int MAX_EXACT = 9;

    /**
     * Pearson's correlation (1896): how near the pairs are to a straight line. p is by Student's t with n - 2 degrees of
     * freedom (Fisher 1915), which assumes that both are normal; so does the interval.
     *
     * <p>If three or more pairs lie on a line, within rounding, nothing is left over of which an error could be estimated:
     * p is NaN, as {@link PairedT} has it, and never 0. Of columns of few different values, such as right and wrong, such
     * a line is no rare chance; {@link #spearman} has a p-value for it.
     *
     * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or beyond
     *     {@link Samples#MAX_VALUE}, or the samples have not the same length
     */
    public static Correlation pearson(double[] x, double[] y) {
        Samples.paired(x, y);
        int n = x.length;
        double coefficient = product(x, y);
        double p = n > 2 && line(coefficient) ? Double.NaN : p(coefficient, n);
        return new Correlation(coefficient, p, interval(coefficient, n > 3 ? 1 / (n - 3.0) : Double.NaN), n);
    }

    /**
     * Spearman's rank correlation (1904): how near the pairs are to going up together, in whatever steps. It is Pearson's
     * of the ranks, ties sharing the mean of theirs; the interval by the variance of Bonett and Wright (2000).
     *
     * <p>p is exact for up to 9 pairs, with ties too: the share of all orders of one column whose coefficient is as far
     * from 0, in about a million additions for 9. For more pairs it is by Student's t with n - 2 degrees of freedom. Far
     * out that makes p too small, so p is never below the share of a column's orders that leave it as it is, which is
     * 1 / n! without ties.
     *
     * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or beyond
     *     {@link Samples#MAX_VALUE}, or the samples have not the same length
     */
    public static Correlation spearman(double[] x, double[] y) {
        Samples.paired(x, y);
        Ranking rankingX = new Ranking(x);
        Ranking rankingY = new Ranking(y);
        double[] ranksX = rankingX.means();
        double[] ranksY = rankingY.means();
        int n = x.length;
        double coefficient = product(ranksX, ranksY);
        double least = Math.max(rankingX.share(), rankingY.share());
        double p =
                n > MAX_EXACT || Double.isNaN(coefficient) ? Math.max(least, p(coefficient, n)) : exact(ranksX, ranksY);
        double variance = n > 3 ? (1 + coefficient * coefficient / 2) / (n - 3.0) : Double.NaN;
        return new Correlation(coefficient, p, interval(coefficient, variance), n);
    }

    /**
     * Kendall's τ<sub>b</sub>: how many more pairs of items are in the same order in both columns than in opposite
     * orders, over what ties leave possible (Kendall 1945). In n log n, by the method of Knight (1966). p is exact for up
     * to 50 pairs without ties, else by the normal approximation with the variance for ties; the interval by the
     * variance of Fieller, Hartley and Pearson (1957).
     *
     * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or beyond
     *     {@link Samples#MAX_VALUE}, or the samples have not the same length
     */
    public static Correlation kendall(double[] x, double[] y) {
        Samples.paired(x, y);
        Concordance concordance = Concordance.of(new Ranking(x), new Ranking(y));
        double coefficient = concordance.coefficient();
        Interval interval = interval(coefficient, x.length > 4 ? 0.437 / (x.length - 4.0) : Double.NaN);
        return new Correlation(coefficient, concordance.p(), interval, x.length);
    }

    /** Whether there is a correlation: neither column is constant. The p-value of {@link #pearson} may still be NaN. */
    public boolean defined() {
        return !Double.isNaN(coefficient);
    }

    /** By Student's t; 0 for a coefficient of 1 or -1. */
    private static double p(double coefficient, int n) {
        if (Double.isNaN(coefficient)) {
            return Double.NaN;
        }
        if (n == 2) {
            return 1;
        }
        double df = n - 2;
        double t = coefficient * Math.sqrt(df / ((1 - coefficient) * (1 + coefficient)));
        return Tails.p(Hypothesis.TWO_SIDED, TDistribution.of(df), t);
    }

    /** The share of all orders of y whose sum of products with x is as far from that of no relation. */
    private static double exact(double[] x, double[] y) {
        int n = x.length;
        int[] fromX = fromMean(x);
        int[] fromY = fromMean(y);
        // No sum is greater than that of the squares, which is this without ties and less with them.
        int most = n * (n * n - 1) / 3;
        // In how many orders the first values of x, and those of y whose bits are set, come to a sum.
        int[][] ways = new int[1 << n][2 * most + 1];
        ways[0][most] = 1;
        for (int set = 1; set < ways.length; set++) {
            int last = fromX[Integer.bitCount(set) - 1];
            for (int i = 0; i < n; i++) {
                if ((set >> i & 1) == 1) {
                    add(ways[set], ways[set ^ 1 << i], last * fromY[i]);
                }
            }
        }
        int seen = 0;
        for (int i = 0; i < n; i++) {
            seen += fromX[i] * fromY[i];
        }
        double asFar = 0;
        double all = 0;
        for (int sum = -most; sum <= most; sum++) {
            int count = ways[ways.length - 1][most + sum];
            all += count;
            asFar += Math.abs(sum) >= Math.abs(seen) ? count : 0;
        }
        return asFar / all;
    }

    /** How far ranks are from their mean, doubled: whole numbers. */
    private static int[] fromMean(double[] ranks) {
        return Arrays.stream(ranks)
                .mapToInt(rank -> (int) (2 * rank) - ranks.length - 1)
                .toArray();
    }

    private static void add(int[] ways, int[] fewer, int product) {
        int end = Math.min(ways.length, ways.length + product);
        for (int at = Math.max(0, product); at < end; at++) {
            ways[at] += fewer[at - product];
        }
    }

    /** Whether the coefficient is 1 or -1 within rounding. */
    private static boolean line(double coefficient) {
        return Samples.isRounding(1 - Math.abs(coefficient), 1);
    }

    private static Interval interval(double coefficient, double variance) {
        if (Double.isNaN(coefficient) || Double.isNaN(variance) || line(coefficient)) {
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
