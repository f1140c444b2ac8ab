package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A mean of values that come in clusters, such as questions about the same text, or repeated answers to one question,
 * and how sure it is. Values of a cluster resemble each other, so they tell less than as many independent ones: the
 * plain standard error is too small for them.
 *
 * <p>Assumes that the clusters are independent of each other, and nothing of the values within. For two models on the
 * same items take the mean of the differences: {@link #p} is of a mean of zero. The formula is the sandwich of Liang and
 * Zeger (1986) for a mean: the residuals are summed within each cluster, then squared, and summed. Miller (2024,
 * "Adding error bars to evals") recommends it for evaluations.
 *
 * <p>With few clusters, say less than 30, even the corrected error is somewhat too small. With one cluster nothing is
 * known of the error: both clustered errors and p are NaN, and the interval is the whole line. The same holds for the
 * plain error of one value. If the means of the clusters do not vary (beyond rounding, as the package says it), which tells
 * nothing of how clusters vary, both clustered errors are 0, the interval is the mean alone, and p is 1 if the mean is 0 and
 * NaN if it is not.
 *
 * @param mean the mean of all values, each with the same weight
 * @param plainError the standard error as if all values were independent
 * @param clusterError the clustered standard error, uncorrected
 * @param error the clustered standard error times √(G / (G - 1)), where G is the number of clusters
 * @param p the two-sided p-value of a mean of zero, by {@code error} and Student's t with G - 1 degrees of freedom
 * @param interval the confidence interval of the mean, by the same
 * @param n how many values there are
 * @param clusters how many clusters there are
 */
public record ClusteredMean(
        double mean,
        double plainError,
        double clusterError,
        double error,
        double p,
        Interval interval,
        int n,
        int clusters) {

    /**
     * The mean with an interval.
     *
     * @param values the values
     * @param clusters the cluster of each value, in the same order: equal names are the same cluster
     * @param confidence of the interval, between 0 and 1
     * @throws IllegalArgumentException if values is empty or has one that is NaN or beyond {@link Samples#MAX_VALUE},
     *     clusters has not the same length, or confidence is out of bounds
     */
    public static ClusteredMean of(double[] values, List<String> clusters, double confidence) {
        Map<String, Integer> numbers = new HashMap<>();
        int[] numbered = Objects.requireNonNull(clusters, "clusters").stream()
                .mapToInt(
                        name -> numbers.computeIfAbsent(Objects.requireNonNull(name, "clusters"), x -> numbers.size()))
                .toArray();
        return of(values, numbered, confidence);
    }

    /**
     * The mean with an interval, of clusters that have numbers.
     *
     * @param values the values
     * @param clusters the cluster of each value, in the same order: any numbers, equal ones are the same cluster
     * @param confidence of the interval, between 0 and 1
     * @throws IllegalArgumentException if values is empty or has one that is NaN or beyond {@link Samples#MAX_VALUE},
     *     clusters has not the same length, or confidence is out of bounds
     */
    public static ClusteredMean of(double[] values, int[] clusters, double confidence) {
        Inputs.fraction("confidence", confidence);
        Samples.sample("values", values);
        int n = values.length;
        double mean = Samples.mean(values);
        Clusters residuals = Clusters.of(Samples.distances(values, mean), clusters);
        int count = residuals.size();
        Samples.Squares squares = Samples.squares(values, mean);
        double plain = n == 1 ? Double.NaN : squares.unscaled(Math.sqrt(squares.sum() / (n - 1.0) / n));
        if (count == 1) {
            Interval unknown = Interval.around(mean, Double.NaN, confidence);
            return new ClusteredMean(mean, plain, Double.NaN, Double.NaN, Double.NaN, unknown, n, 1);
        }
        if (residuals.constant(Samples.size(values))) {
            double p = mean == 0 ? 1 : Double.NaN;
            return new ClusteredMean(mean, plain, 0, 0, p, Interval.around(mean, 0, confidence), n, count);
        }
        Samples.Squares clusterSquares = Samples.squares(residuals.sums(), 0);
        double clustered = clusterSquares.unscaled(Math.sqrt(clusterSquares.sum())) / n;
        double error = clustered * Math.sqrt(count / (count - 1.0));
        double p = Tails.p(Hypothesis.TWO_SIDED, TDistribution.of(count - 1), mean / error);
        double half = Tails.t(count - 1, (1 - confidence) / 2) * error;
        return new ClusteredMean(mean, plain, clustered, error, p, Interval.around(mean, half, confidence), n, count);
    }

    /** Whether there is a p-value. */
    public boolean defined() {
        return !Double.isNaN(p);
    }
}
