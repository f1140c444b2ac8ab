package dev.evalstore.analysis.stats;

import java.util.Arrays;
import java.util.Objects;

/**
 * How the p-values of several tests are adjusted, so that many tests together err no more often than asked. An adjusted
 * p-value is compared with the level as a single p-value is. No adjusted p-value is smaller than the raw one, or greater
 * than 1; equal p-values stay equal.
 *
 * <p>The first group bounds the probability of one false finding or more (the family-wise error rate), the second the
 * expected share of false findings among all findings (the false discovery rate). Holm never finds less than Bonferroni
 * and needs no assumption either, so it is the one to take where nothing is known.
 *
 * <p>Sources: Y. Hochberg and A. Tamhane, Multiple Comparison Procedures, 1987; S. P. Wright, Adjusted P-values for
 * simultaneous inference, Biometrics 48, 1992.
 */
public enum Correction {
    /** No correction: the p-values as they are. */
    NONE {
        @Override
        double[] adjustSorted(double[] p) {
            return p.clone();
        }
    },

    /** Each p-value times their number. Family-wise, under any dependence. */
    BONFERRONI {
        @Override
        double[] adjustSorted(double[] p) {
            double[] adjusted = new double[p.length];
            for (int i = 0; i < p.length; i++) {
                adjusted[i] = p.length * p[i];
            }
            return adjusted;
        }
    },

    /** One minus (1 - p) to the power of their number. Family-wise, for independent tests. */
    SIDAK {
        @Override
        double[] adjustSorted(double[] p) {
            double[] adjusted = new double[p.length];
            for (int i = 0; i < p.length; i++) {
                // By logarithms, which keep the digits of small p-values. A single test stays as it is, to the bit.
                adjusted[i] = p.length == 1 ? p[i] : -StrictMath.expm1(p.length * StrictMath.log1p(-p[i]));
            }
            return adjusted;
        }
    },

    /** Bonferroni step by step from the smallest p-value. Family-wise, under any dependence. */
    HOLM {
        @Override
        double[] adjustSorted(double[] p) {
            double[] adjusted = new double[p.length];
            double highest = 0;
            for (int i = 0; i < p.length; i++) {
                highest = Math.max(highest, (p.length - i) * p[i]);
                adjusted[i] = highest;
            }
            return adjusted;
        }
    },

    /** Holm's factors step by step from the greatest p-value. Family-wise, for independent or positively dependent tests. */
    HOCHBERG {
        @Override
        double[] adjustSorted(double[] p) {
            return fromTheGreatest(p, (rank, count) -> count - rank + 1.0);
        }
    },

    /**
     * Simes' test of every set of hypotheses. Family-wise, for independent or positively dependent tests; finds at least
     * what Hochberg finds. The time grows with the square of the number of p-values, {@value #MAX_HOMMEL} at most.
     */
    HOMMEL {
        @Override
        double[] adjustSorted(double[] p) {
            return hommel(p);
        }
    },

    /** False discovery rate, for independent or positively dependent tests (Benjamini and Hochberg, 1995). */
    BENJAMINI_HOCHBERG {
        @Override
        double[] adjustSorted(double[] p) {
            return fromTheGreatest(p, (rank, count) -> (double) count / rank);
        }
    },

    /** False discovery rate, under any dependence (Benjamini and Yekutieli, 2001). */
    BENJAMINI_YEKUTIELI {
        @Override
        double[] adjustSorted(double[] p) {
            double harmonic = 0;
            for (int i = p.length; i >= 1; i--) {
                harmonic += 1.0 / i;
            }
            double sum = harmonic;
            return fromTheGreatest(p, (rank, count) -> sum * count / rank);
        }
    };

    /** How many p-values {@link #HOMMEL} takes. */
    public static final int MAX_HOMMEL = 20_000;

    /**
     * The adjusted p-values, in the order of the given ones. Empty when none is given. The array is not changed.
     *
     * @throws IllegalArgumentException if a p-value is NaN or not from 0 to 1; if more than {@value #MAX_HOMMEL} are given
     *     to {@link #HOMMEL}
     */
    public double[] adjust(double... p) {
        Objects.requireNonNull(p, "p");
        for (int i = 0; i < p.length; i++) {
            if (!(p[i] >= 0 && p[i] <= 1)) {
                throw new IllegalArgumentException("p must be from 0 to 1, and is not at index " + i);
            }
        }
        if (this == HOMMEL && p.length > MAX_HOMMEL) {
            throw new IllegalArgumentException("p must have at most " + MAX_HOMMEL + " values for " + this);
        }
        double[] sorted = p.clone();
        Arrays.sort(sorted);
        double[] adjusted = adjustSorted(sorted);
        double[] result = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            // Of equal p-values, any: the steps below gave all of them the same.
            double value = adjusted[Arrays.binarySearch(sorted, p[i])];
            result[i] = Math.max(p[i], Math.min(1, value));
        }
        return result;
    }

    /** Of p-values in ascending order; what is above 1 is cut by the caller. */
    abstract double[] adjustSorted(double[] p);

    private static double[] fromTheGreatest(double[] p, Factor factor) {
        double[] adjusted = new double[p.length];
        double lowest = 1;
        for (int i = p.length - 1; i >= 0; i--) {
            lowest = Math.min(lowest, factor.at(i + 1, p.length) * p[i]);
            adjusted[i] = lowest;
        }
        return adjusted;
    }

    /** Wright's algorithm, 1992, in which {@code m} is the size of the sets of hypotheses under test. */
    private static double[] hommel(double[] p) {
        int n = p.length;
        double[] adjusted = new double[n];
        double simes = 1;
        for (int i = 0; i < n; i++) {
            simes = Math.min(simes, n * p[i] / (i + 1));
        }
        Arrays.fill(adjusted, simes);
        for (int m = n - 1; m >= 2; m--) {
            int small = n - m + 1;
            double least = Double.POSITIVE_INFINITY;
            for (int k = 2; k <= m; k++) {
                least = Math.min(least, m * p[small + k - 2] / k);
            }
            double last = Math.min(m * p[small - 1], least);
            for (int i = 0; i < n; i++) {
                adjusted[i] = Math.max(adjusted[i], i < small ? Math.min(m * p[i], least) : last);
            }
        }
        return adjusted;
    }

    /** What the p-value at a rank from 1 on is multiplied with. */
    @FunctionalInterface
    private interface Factor {
        double at(int rank, int count);
    }
}
