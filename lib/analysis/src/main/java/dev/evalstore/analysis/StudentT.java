package dev.evalstore.analysis;

import dev.evalstore.analysis.stats.ClusteredMean;
import dev.evalstore.analysis.stats.Hypothesis;
import dev.evalstore.analysis.stats.Interval;
import dev.evalstore.analysis.stats.PairedT;
import java.util.Arrays;

/**
 * Student's t of a mean difference: plain, or with an error that is clustered by item.
 *
 * @param error the standard error; NaN of one pair or item, 0 where the differences do not vary beyond rounding
 * @param units how many pairs, or items, there are: one more than the degrees of freedom
 * @param p NaN where the test is not defined
 */
record StudentT(double mean, double error, int units, double p, Interval interval) {
    static StudentT of(PairedT t, double[] x, double[] y) {
        return new StudentT(t.mean(), error(x, y, t), t.n(), t.p(), t.interval());
    }

    /** The mean of values against zero. */
    static StudentT of(double[] values, double confidence) {
        double[] zeros = new double[values.length];
        PairedT t = PairedT.of(values, zeros, Hypothesis.TWO_SIDED, confidence);
        return of(t, values, zeros);
    }

    static StudentT clustered(double[] values, int[] clusters, double confidence) {
        ClusteredMean mean = ClusteredMean.of(values, clusters, confidence);
        return new StudentT(mean.mean(), mean.error(), mean.clusters(), mean.p(), mean.interval());
    }

    boolean isDefined() {
        return !Double.isNaN(p);
    }

    double statistic() {
        return mean == 0 ? 0 : mean / error;
    }

    static double[] differences(double[] x, double[] y) {
        double[] differences = new double[x.length];
        Arrays.setAll(differences, i -> x[i] - y[i]);
        return differences;
    }

    private static double error(double[] x, double[] y, PairedT t) {
        int n = x.length;
        if (n == 1 || !t.defined()) {
            return n == 1 ? Double.NaN : 0;
        }
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double distance = x[i] - y[i] - t.mean();
            squares += distance * distance;
        }
        return Math.sqrt(squares / (n - 1) / n);
    }
}
