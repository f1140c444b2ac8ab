package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.util.Objects;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Welch's t test of two independent samples (Welch 1947): whether their means are the same, whatever their variances.
 *
 * <p>Assumes that all values are independent of each other, in each sample and between them. Answers of two models to
 * the same items are not: use {@link PairedT} for them, which is far surer of the same difference. The means must be
 * near enough normal, as they are for many values of any shape. Ties need no rule.
 *
 * <p>If neither sample varies (beyond rounding, as the package says it), there is no variance to estimate: the interval is
 * the one difference, p is 1 if it is 0, and not defined if it is not, be it by rounding, as for {@link PairedT}. If a
 * sample has one value, only the difference is defined.
 *
 * @param difference the mean of x less the mean of y, in the unit of the samples
 * @param error the standard error of the difference; NaN if a sample has one value, 0 if neither varies
 * @param statistic t, the difference over its standard error
 * @param df degrees of freedom by Welch and Satterthwaite, seldom whole; NaN where nothing varies
 * @param p the p-value; NaN where it is not defined
 * @param interval the confidence interval of the difference, of two sides whatever the hypothesis
 * @param effect the difference over the square root of the mean of both variances (Bonett 2008)
 * @param nx how many values x has
 * @param ny how many values y has
 */
public record Welch(
        double difference,
        double error,
        double statistic,
        double df,
        double p,
        Interval interval,
        double effect,
        int nx,
        int ny) {

    /** The test of two sides, with an interval of 95 %; as {@link #of(double[], double[], Hypothesis, double)}. */
    public static Welch of(double[] x, double[] y) {
        return of(x, y, Hypothesis.TWO_SIDED, 0.95);
    }

    /**
     * Tests independent samples.
     *
     * @param confidence of the interval, between 0 and 1
     * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or beyond
     *     {@link Samples#MAX_VALUE}, or confidence is out of bounds
     */
    public static Welch of(double[] x, double[] y, Hypothesis hypothesis, double confidence) {
        Objects.requireNonNull(hypothesis, "hypothesis");
        Inputs.fraction("confidence", confidence);
        Samples.sample("x", x);
        Samples.sample("y", y);
        int nx = x.length;
        int ny = y.length;
        double meanX = Samples.mean(x);
        double meanY = Samples.mean(y);
        double difference = meanX - meanY;
        if (nx == 1 || ny == 1) {
            Interval interval = Interval.around(difference, Double.NaN, confidence);
            return new Welch(difference, Double.NaN, Double.NaN, Double.NaN, Double.NaN, interval, Double.NaN, nx, ny);
        }
        double size = Math.max(Samples.size(x), Samples.size(y));
        if (Samples.constant(x, size) && Samples.constant(y, size)) {
            boolean none = difference == 0;
            double undefined = none ? 0 : Double.NaN;
            Interval interval = Interval.around(difference, 0, confidence);
            return new Welch(difference, 0, undefined, Double.NaN, none ? 1 : Double.NaN, interval, undefined, nx, ny);
        }
        int exponent = Math.max(Samples.exponent(x, meanX), Samples.exponent(y, meanY));
        Samples.Squares squaresX = Samples.squares(x, meanX, exponent);
        double varianceX = squaresX.sum() / (nx - 1);
        double varianceY = Samples.squares(y, meanY, exponent).sum() / (ny - 1);
        double squareX = varianceX / nx;
        double squareY = varianceY / ny;
        double square = squareX + squareY;
        double shareX = squareX / square;
        double shareY = squareY / square;
        double df = 1 / (shareX * shareX / (nx - 1) + shareY * shareY / (ny - 1));
        double error = squaresX.unscaled(Math.sqrt(square));
        double t = difference / error;
        double p = Tails.p(hypothesis, TDistribution.of(df), t);
        Interval interval = Interval.around(difference, Tails.t(df, (1 - confidence) / 2) * error, confidence);
        double effect = difference / squaresX.unscaled(Math.sqrt((varianceX + varianceY) / 2));
        return new Welch(difference, error, t, df, p, interval, effect, nx, ny);
    }

    /** Whether the test applies: there is a p-value. */
    public boolean defined() {
        return !Double.isNaN(p);
    }
}
