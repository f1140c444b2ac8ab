package dev.evalstore.analysis.stats;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The pairs of items that two columns put in the same order, less those that they put in opposite orders.
 *
 * @param surplus the concordant pairs less the discordant ones
 */
record Concordance(long surplus, Ranking x, Ranking y) {
    private static final int MAX_EXACT = 50;

    /** Counts in n log n: the items are sorted by x, and each asks how many before it have a lower y. */
    static Concordance of(Ranking x, Ranking y) {
        int n = x.order.length;
        int[] order = new int[n];
        int[] next = x.sizes.clone();
        Order.starts(next);
        for (int place : y.order) {
            order[next[x.numbers[place]]++] = place;
        }
        Tree tree = new Tree(y.sizes.length);
        long surplus = 0;
        int start = 0;
        while (start < n) {
            int end = start;
            while (end < n && x.numbers[order[end]] == x.numbers[order[start]]) {
                surplus += tree.lowerLessHigher(y.numbers[order[end]]);
                end++;
            }
            // Only now, since items of equal x are neither in the same order nor in opposite ones.
            for (; start < end; start++) {
                tree.add(y.numbers[order[start]]);
            }
        }
        return new Concordance(surplus, x, y);
    }

    /** Kendall's tau-b; NaN if a column is constant. */
    double coefficient() {
        double untiedX = pairs() - sum(x.sizes, t -> t * (t - 1) / 2);
        double untiedY = pairs() - sum(y.sizes, t -> t * (t - 1) / 2);
        if (untiedX == 0 || untiedY == 0) {
            return Double.NaN;
        }
        // One root of both keeps the coefficient of a column with itself at 1.
        return Math.max(-1, Math.min(1, surplus / Math.sqrt(untiedX * untiedY)));
    }

    double p() {
        if (x.sizes.length == 1 || y.sizes.length == 1) {
            return Double.NaN;
        }
        return !x.tied() && !y.tied() && n() <= MAX_EXACT ? exact() : asymptotic();
    }

    /** The share of all orders of n items with as large a surplus, by their numbers of inversions. */
    private double exact() {
        int most = (int) pairs();
        double[] probability = new double[most + 1];
        probability[0] = 1;
        for (int items = 2; items <= n(); items++) {
            double[] next = new double[most + 1];
            double window = 0;
            for (int inversions = 0; inversions <= most; inversions++) {
                window += probability[inversions] - (inversions >= items ? probability[inversions - items] : 0);
                next[inversions] = Math.max(0, window / items);
            }
            probability = next;
        }
        int fewest = (int) ((most - Math.abs(surplus)) / 2);
        double tail = 0;
        for (int inversions = 0; inversions <= fewest; inversions++) {
            tail += probability[inversions];
        }
        return Math.min(1, 2 * tail);
    }

    /** The variance of the surplus is that of Kendall, Rank Correlation Methods (1970), with ties in both columns. */
    private double asymptotic() {
        double n = n();
        double twice = n * (n - 1);
        double variance = (twice * (2 * n + 5)
                                - sum(x.sizes, t -> t * (t - 1) * (2 * t + 5))
                                - sum(y.sizes, t -> t * (t - 1) * (2 * t + 5)))
                        / 18
                + sum(x.sizes, t -> t * (t - 1)) * sum(y.sizes, t -> t * (t - 1)) / (2 * twice);
        if (n > 2) {
            variance += sum(x.sizes, t -> t * (t - 1) * (t - 2))
                    * sum(y.sizes, t -> t * (t - 1) * (t - 2))
                    / (9 * twice * (n - 2));
        }
        return Tails.p(Hypothesis.TWO_SIDED, Tails.NORMAL, surplus / Math.sqrt(variance));
    }

    private int n() {
        return x.numbers.length;
    }

    private double pairs() {
        return n() * (n() - 1.0) / 2;
    }

    private static double sum(int[] sizes, DoubleUnaryOperator term) {
        return Arrays.stream(sizes).asDoubleStream().map(term).sum();
    }

    /** How many items have which y, as a binary indexed tree (Fenwick 1994). */
    private static final class Tree {
        private final int[] counts;
        private final int[] equal;
        private int all;

        Tree(int different) {
            counts = new int[different + 1];
            equal = new int[different];
        }

        void add(int number) {
            for (int i = number + 1; i < counts.length; i += i & -i) {
                counts[i]++;
            }
            equal[number]++;
            all++;
        }

        long lowerLessHigher(int number) {
            int lower = 0;
            for (int i = number; i > 0; i -= i & -i) {
                lower += counts[i];
            }
            return 2L * lower + equal[number] - all;
        }
    }
}
