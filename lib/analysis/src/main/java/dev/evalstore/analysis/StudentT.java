package dev.evalstore.analysis;

import dev.evalstore.analysis.stats.ClusteredMean;
import dev.evalstore.analysis.stats.Hypothesis;
import dev.evalstore.analysis.stats.Interval;
import dev.evalstore.analysis.stats.PairedT;

/**
 * Student's t of a mean difference: plain, or with an error that is clustered by item.
 *
 * @param error the standard error; NaN of one pair or item, 0 where the differences do not vary beyond rounding
 * @param units how many pairs, or items, there are: one more than the degrees of freedom
 * @param p NaN where the test is not defined
 */
record StudentT(double mean, double error, int units, double p, Interval interval) {
    static StudentT of(PairedT t) {
        return new StudentT(t.mean(), t.error(), t.n(), t.p(), t.interval());
    }

    /** The mean of values against zero. */
    static StudentT of(double[] values, double confidence) {
        double[] zeros = new double[values.length];
        return of(PairedT.of(values, zeros, Hypothesis.TWO_SIDED, confidence));
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
}
