package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.util.Arrays;
import java.util.Objects;

/**
 * Cohen's kappa: how far two raters agree on the category of the same items, beyond what chance brings about. 1 is full
 * agreement, 0 is that of chance, less than 0 is below it. With {@link Weights}, a miss by one category counts less than
 * a miss by several.
 *
 * <p>Assumes that items are independent, and that each rater judged each item alone. If both raters gave every item the
 * same single category, chance agrees as fully and kappa is not defined: it is NaN, as are z and p, {@link #defined} is
 * false and the interval is from -1 to 1. If one rater gave every item the same category and the other did not, kappa is 0
 * and so is its standard error. The standard error is 0 too where the raters agree on every item, which for few items says
 * little.
 *
 * <p>Sources: J. Cohen, 1960 and 1968; standard errors by J. L. Fleiss, J. Cohen and B. S. Everitt, Large sample standard
 * errors of kappa and weighted kappa, 1969.
 *
 * @param kappa from -1 to 1; NaN where it is not defined
 * @param standardError of kappa
 * @param interval the confidence interval of kappa, cut off at -1 and 1
 * @param z kappa over the standard error that it has if only chance agrees
 * @param p of the test that only chance agrees, two-sided
 * @param observed the share of agreement, weighted if weights are asked for
 * @param expected the share that chance brings about
 * @param n how many items
 */
public record CohenKappa(
        double kappa,
        double standardError,
        Interval interval,
        double z,
        double p,
        double observed,
        double expected,
        long n) {
    /** The maximum number of categories. */
    public static final int MAX_CATEGORIES = 1_000;

    private static final long MAX_ITEMS = 1_000_000_000_000L;

    /** How much a miss counts. */
    public enum Weights {
        /** Every miss alike: for categories without an order. */
        NONE,

        /** By the number of categories between. */
        LINEAR,

        /** By the square of that number: near misses hardly count. */
        QUADRATIC;

        /** By how much two categories differ, from 0 to 1. */
        double miss(int one, int other, int categories) {
            double apart = one == other ? 0 : (double) Math.abs(one - other) / (categories - 1);
            return switch (this) {
                case NONE -> one == other ? 0 : 1;
                case LINEAR -> apart;
                case QUADRATIC -> apart * apart;
            };
        }
    }

    /** Without weights, with an interval of 95 %. */
    public static CohenKappa of(long[][] table) {
        return of(table, Weights.NONE, 0.95);
    }

    /**
     * Of a table of counts.
     *
     * @param table how many items got the category of the row by the first rater and that of the column by the second;
     *     square, categories in their order
     * @param confidence of the interval, between 0 and 1
     * @throws IllegalArgumentException if the table is not square, has no or more than {@value #MAX_CATEGORIES}
     *     categories, a negative count or no item; if confidence is out of bounds
     */
    public static CohenKappa of(long[][] table, Weights weights, double confidence) {
        Objects.requireNonNull(weights, "weights");
        Inputs.fraction("confidence", confidence);
        long n = items(table);
        int size = table.length;
        long[] rows = new long[size];
        long[] columns = new long[size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                rows[i] += table[i][j];
                columns[j] += table[i][j];
            }
        }
        // Misses and not agreement, so that full agreement is 1 to the bit, and rare misses keep their digits.
        double missed = 0;
        double byChance = 0;
        double[] ofRow = new double[size];
        double[] ofColumn = new double[size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double miss = weights.miss(i, j, size);
                missed += miss * table[i][j] / n;
                byChance += miss * rows[i] / n * columns[j] / n;
                ofRow[i] += miss * columns[j] / n;
                ofColumn[j] += miss * rows[i] / n;
            }
        }
        boolean isOneEach = isOne(rows, n) || isOne(columns, n);
        if (isOneEach && missed == 0) {
            Interval unknown = new Interval(-1, 1, confidence);
            double none = Double.NaN;
            return new CohenKappa(none, none, unknown, none, none, 1, 1, n);
        }
        // A rater who gives every item the same category agrees as chance does, whatever rounding says.
        double kappa = isOneEach ? 0 : 1 - missed / byChance;
        double variance = 0;
        double ofChance = 0;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double miss = weights.miss(i, j, size);
                double mean = ofRow[i] + ofColumn[j];
                double distance = miss - mean * (1 - kappa);
                variance += distance * distance * table[i][j] / n;
                ofChance += (miss - mean) * (miss - mean) * rows[i] / n * columns[j] / n;
            }
        }
        double centre = missed - 2 * byChance * (1 - kappa);
        double scale = byChance * Math.sqrt((double) n);
        double error = isOneEach ? 0 : root(variance - centre * centre) / scale;
        double z = isOneEach ? 0 : kappa / (root(ofChance - byChance * byChance) / scale);
        double p = Tails.p(Hypothesis.TWO_SIDED, Tails.NORMAL, z);
        Interval interval = Interval.around(kappa, Tails.z((1 - confidence) / 2) * error, confidence)
                .within(-1, 1);
        return new CohenKappa(kappa, error, interval, z, p, 1 - missed, 1 - byChance, n);
    }

    /**
     * The table of two raters' categories, item by item.
     *
     * @param first the category of each item by the first rater, from 0 on and below {@code categories}
     * @param second that by the second rater, in the same order
     * @throws IllegalArgumentException if a category is out of range, the raters judged different numbers of items, or
     *     there are more than {@value #MAX_CATEGORIES} categories
     */
    public static long[][] table(int[] first, int[] second, int categories) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        Inputs.range("categories", categories, 1, MAX_CATEGORIES);
        if (second.length != first.length) {
            throw new IllegalArgumentException("second must have as many categories as first");
        }
        long[][] table = new long[categories][categories];
        for (int i = 0; i < first.length; i++) {
            Inputs.range("first", first[i], 0, categories - 1);
            Inputs.range("second", second[i], 0, categories - 1);
            table[first[i]][second[i]]++;
        }
        return table;
    }

    /** Whether the items tell anything of kappa. */
    public boolean defined() {
        return !Double.isNaN(kappa);
    }

    private static long items(long[][] table) {
        Objects.requireNonNull(table, "table");
        Inputs.range("the number of table's rows", table.length, 1, MAX_CATEGORIES);
        long n = 0;
        for (long[] row : table) {
            if (Objects.requireNonNull(row, "table").length != table.length) {
                throw new IllegalArgumentException("table must have as many columns as rows");
            }
            for (long count : row) {
                Inputs.range("table", count, 0, MAX_ITEMS);
                n += count;
            }
        }
        Inputs.range("the number of table's items", n, 1, MAX_ITEMS);
        return n;
    }

    private static boolean isOne(long[] counts, long n) {
        return Arrays.stream(counts).anyMatch(count -> count == n);
    }

    /** Rounding may leave a little less than nothing. */
    private static double root(double variance) {
        return Math.sqrt(Math.max(0, variance));
    }
}
