package dev.evalstore.analysis.stats;

import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/**
 * A confidence interval by the bootstrap: the figure is computed again from many samples of the same size, drawn from the
 * values with replacement. Nothing is assumed of how the values are distributed, but that they, or the clusters of them,
 * are independent. With fewer than about 20 values or clusters the interval is too short.
 *
 * <p>With one value, pair or cluster, or one value in either of two samples, nothing is known of the error: {@link
 * #defined} is false, the standard error is NaN and the interval the whole line. If nothing varies (beyond rounding, as the
 * package says it), the standard error is 0 and the interval is the estimate alone; for shares of right answers {@link
 * Proportion} says more then. Of any other figure, the standard error is 0 if that of every resample is the same.
 *
 * <p>Sources: B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 and 14; for more than one
 * sample, A. Davison and D. Hinkley, Bootstrap Methods and Their Application, 1997, chapter 5. Quantiles of the resamples
 * are interpolated (type 7 of Hyndman and Fan). A resample's figure counts as equal to the estimate within 10<sup>-12</sup>
 * of the farthest one's distance, which is rounding.
 *
 * @param estimate the figure of the values themselves
 * @param interval where the true figure is
 * @param standardError the standard deviation of the resamples' figures
 * @param kind the kind of the interval: {@link Kind#PERCENTILE} also where {@link Kind#BCA} was asked for and does not
 *     exist
 * @param size how many values, pairs or clusters were drawn from; of two samples, both
 * @param resampling how
 */
public record Bootstrap(
        double estimate, Interval interval, double standardError, Kind kind, int size, Resampling resampling) {
    /** Which interval. */
    public enum Kind {
        /** The quantiles of the resamples' figures. */
        PERCENTILE,

        /**
         * Quantiles that are corrected for bias and for a spread that changes with the figure, by the jackknife. It does
         * not exist where every resample is on one side of the estimate, or leaving out a value never changes the figure;
         * nor where the confidence is so near 1 that the correction has no end, which skewed values bring about.
         */
        BCA
    }

    /** Whether the values tell anything of the interval. */
    public boolean defined() {
        return !Double.isNaN(standardError);
    }

    /**
     * Of a mean.
     *
     * @param values at least one; those of one item each
     * @param confidence between 0 and 1
     * @throws IllegalArgumentException if a value is NaN or beyond {@link Samples#MAX_VALUE}, there is none, or
     *     confidence is out of range
     */
    public static Bootstrap mean(double[] values, double confidence, Kind kind, Resampling resampling) {
        Samples.sample("values", values);
        return mean(values, Samples.size(values), new Resamples(confidence, kind, resampling));
    }

    /**
     * Of the mean of what x has more than y, pair by pair.
     *
     * @throws IllegalArgumentException if a value is NaN or beyond {@link Samples#MAX_VALUE}, there is none, or y has
     *     another number than x
     */
    public static Bootstrap pairedDifference(
            double[] x, double[] y, double confidence, Kind kind, Resampling resampling) {
        double[] differences = Samples.differences(x, y);
        double size = Math.max(Samples.size(x), Samples.size(y));
        return mean(differences, size, new Resamples(confidence, kind, resampling));
    }

    /** @param size of the figures that the values are, or are differences of */
    private static Bootstrap mean(double[] values, double size, Resamples resamples) {
        int n = values.length;
        double mean = Samples.mean(values);
        if (n == 1) {
            return resamples.unknown(mean, n);
        }
        if (Samples.constant(values, size)) {
            return resamples.constant(mean, n);
        }
        double[] distances = Samples.distances(values, mean);
        double[] figures = resamples.draw(draws -> sum(distances, draws) / n);
        return resamples.around(mean, figures, n, Resamples.acceleration(distances));
    }

    /**
     * Of the mean of x without the mean of y, where the samples are of different items. Each is drawn from by itself.
     *
     * @throws IllegalArgumentException if a value is NaN or beyond {@link Samples#MAX_VALUE}, or a sample is empty
     */
    public static Bootstrap difference(double[] x, double[] y, double confidence, Kind kind, Resampling resampling) {
        Samples.sample("x", x);
        Samples.sample("y", y);
        Resamples resamples = new Resamples(confidence, kind, resampling);
        double meanX = Samples.mean(x);
        double meanY = Samples.mean(y);
        int n = x.length + y.length;
        // Of one value alone nothing is known, and it would seem to be known exactly.
        if (x.length == 1 || y.length == 1) {
            return resamples.unknown(meanX - meanY, n);
        }
        double size = Math.max(Samples.size(x), Samples.size(y));
        if (Samples.constant(x, size) && Samples.constant(y, size)) {
            return resamples.constant(meanX - meanY, n);
        }
        double[] fromX = Samples.distances(x, meanX);
        double[] fromY = Samples.distances(y, meanY);
        double[] figures = resamples.draw(draws -> sum(fromX, draws) / x.length - sum(fromY, draws) / y.length);
        double[] influence = new double[n];
        for (int i = 0; i < n; i++) {
            influence[i] = i < x.length ? fromX[i] / x.length : -fromY[i - x.length] / y.length;
        }
        return resamples.around(meanX - meanY, figures, n, Resamples.acceleration(influence));
    }

    /**
     * Of the mean of all values, where those of one cluster hang together, as the questions on one text do. Clusters are
     * drawn, each with all its values.
     *
     * @param clusters the number of each value's cluster, any numbers
     * @throws IllegalArgumentException if a value is NaN or beyond {@link Samples#MAX_VALUE}, there is none, or
     *     clusters has another length
     */
    public static Bootstrap clusteredMean(
            double[] values, int[] clusters, double confidence, Kind kind, Resampling resampling) {
        Samples.sample("values", values);
        Resamples resamples = new Resamples(confidence, kind, resampling);
        double mean = Samples.mean(values);
        Clusters sums = Clusters.of(Samples.distances(values, mean), clusters);
        int n = sums.size();
        if (n == 1) {
            return resamples.unknown(mean, n);
        }
        if (sums.constant(Samples.size(values))) {
            return resamples.constant(mean, n);
        }
        double[] figures = resamples.draw(sums::drawMean);
        return resamples.around(mean, figures, n, Resamples.acceleration(sums.influence()));
    }

    /**
     * Of any figure of a sample.
     *
     * @param statistic computes it, the same for the same values in the same order. It must not keep the array, and may
     *     sort it. For {@link Kind#BCA} it is called once more for each value
     * @throws IllegalArgumentException if a value is NaN or beyond {@link Samples#MAX_VALUE}, there is none, or the
     *     statistic is so for a resample
     */
    public static Bootstrap of(
            double[] values,
            ToDoubleFunction<double[]> statistic,
            double confidence,
            Kind kind,
            Resampling resampling) {
        Objects.requireNonNull(statistic, "statistic");
        Samples.sample("values", values);
        // One column is a pair with itself; the second copy costs less than a second implementation.
        return ofPairs(values, values, (x, y) -> statistic.applyAsDouble(x), confidence, kind, resampling);
    }

    /**
     * Of any figure of pairs, such as a correlation or the ratio of two means. Pairs stay together.
     *
     * @param statistic computes it, as for {@link #of}
     * @throws IllegalArgumentException if a value is NaN or beyond {@link Samples#MAX_VALUE}, there is none, y has
     *     another number than x, or the statistic is so for a resample
     */
    public static Bootstrap ofPairs(
            double[] x,
            double[] y,
            ToDoubleBiFunction<double[], double[]> statistic,
            double confidence,
            Kind kind,
            Resampling resampling) {
        Objects.requireNonNull(statistic, "statistic");
        Samples.paired(x, y);
        Resamples resamples = new Resamples(confidence, kind, resampling);
        int n = x.length;
        double estimate = Resamples.figure(statistic.applyAsDouble(x.clone(), y.clone()));
        if (n == 1) {
            return resamples.unknown(estimate, n);
        }
        double[] drawnX = new double[n];
        double[] drawnY = new double[n];
        double[] figures = resamples.draw(draws -> {
            for (int i = 0; i < n; i++) {
                int drawn = draws.below(n);
                drawnX[i] = x[drawn];
                drawnY[i] = y[drawn];
            }
            return Resamples.figure(statistic.applyAsDouble(drawnX, drawnY));
        });
        double acceleration = kind == Kind.BCA ? Resamples.acceleration(Resamples.jackknife(x, y, statistic)) : 0;
        return resamples.interval(estimate, figures, n, acceleration);
    }

    private static double sum(double[] values, Draws draws) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[draws.below(values.length)];
        }
        return sum;
    }
}
