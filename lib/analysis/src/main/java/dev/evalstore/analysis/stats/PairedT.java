package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.util.Objects;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Student's t test of paired samples (Student 1908): whether the mean of the differences x - y is zero.
 *
 * <p>Assumes that the pairs are independent, and that the mean of the differences is near enough normal: it is for
 * differences of any shape if there are many, and for few only if they are near normal themselves. Items that come in
 * groups, such as questions on one text, are not independent: see {@link ClusteredMean}. Ties and zeros need no rule.
 *
 * <p>If the differences do not vary (beyond rounding, as the package says it) they have no variance to estimate. The
 * interval is their mean alone then; p is 1 if the mean is 0, and not defined if it is not, be it by rounding: a t test
 * does not apply, but {@link SignTest} does. With one pair only the mean is defined. Two samples of no variance at all are
 * not evidence, and are never reported as p = 0.
 *
 * @param mean the mean of the differences, in the unit of the samples
 * @param error the standard error of the mean; NaN for one pair, 0 if nothing varies
 * @param statistic t, the mean over its standard error
 * @param df degrees of freedom, n - 1
 * @param p the p-value; NaN where it is not defined
 * @param interval the confidence interval of the mean, of two sides whatever the hypothesis
 * @param effect Cohen's d<sub>z</sub>: the mean over the standard deviation of the differences (Cohen 1988)
 * @param n how many pairs there are
 * @param zeros how many differences are zero
 */
public record PairedT(
        double mean,
        double error,
        double statistic,
        double df,
        double p,
        Interval interval,
        double effect,
        int n,
        int zeros) {

    /** The test of two sides, with an interval of 95 %; as {@link #of(double[], double[], Hypothesis, double)}. */
    public static PairedT of(double[] x, double[] y) {
        return of(x, y, Hypothesis.TWO_SIDED, 0.95);
    }

    /**
     * Tests paired samples.
     *
     * @param x the first value of each pair
     * @param y the second value of each pair, in the same order
     * @param confidence of the interval, between 0 and 1
     * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or beyond
     *     {@link Samples#MAX_VALUE}, the samples have not the same length, or confidence is out of bounds
     */
    public static PairedT of(double[] x, double[] y, Hypothesis hypothesis, double confidence) {
        Objects.requireNonNull(hypothesis, "hypothesis");
        Inputs.fraction("confidence", confidence);
        double[] differences = Samples.differences(x, y);
        int n = differences.length;
        int zeros = 0;
        for (double difference : differences) {
            zeros += difference == 0 ? 1 : 0;
        }
        double mean = Samples.mean(differences);
        if (n == 1) {
            Interval interval = Interval.around(mean, Double.NaN, confidence);
            return new PairedT(mean, Double.NaN, Double.NaN, 0, Double.NaN, interval, Double.NaN, n, zeros);
        }
        if (Samples.constant(differences, Math.max(Samples.size(x), Samples.size(y)))) {
            boolean none = mean == 0;
            double undefined = none ? 0 : Double.NaN;
            Interval interval = Interval.around(mean, 0, confidence);
            return new PairedT(mean, 0, undefined, n - 1, none ? 1 : Double.NaN, interval, undefined, n, zeros);
        }
        Samples.Squares squares = Samples.squares(differences, mean);
        double deviation = squares.unscaled(Math.sqrt(squares.sum() / (n - 1)));
        double error = deviation / Math.sqrt(n);
        double t = mean / error;
        double p = Tails.p(hypothesis, TDistribution.of(n - 1), t);
        Interval interval = Interval.around(mean, Tails.t(n - 1, (1 - confidence) / 2) * error, confidence);
        return new PairedT(mean, error, t, n - 1, p, interval, mean / deviation, n, zeros);
    }

    /** Whether the test applies: there is a p-value. */
    public boolean defined() {
        return !Double.isNaN(p);
    }
}
