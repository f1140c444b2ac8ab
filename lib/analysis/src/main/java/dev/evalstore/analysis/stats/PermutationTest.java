package dev.evalstore.analysis.stats;

import java.util.Objects;

/**
 * The permutation test of means: how often a difference of means as large as the one that was seen would come about if it
 * did not matter which value belongs to which sample. Nothing is assumed of how the values are distributed.
 *
 * <p>The test is exact where there are at most {@value #MAX_EXACT} ways to assign the values, which is 14 pairs that
 * differ, or two samples of 7: every way is looked at. Otherwise ways are drawn by seed, and the p-value is (1 + those as
 * large) / (1 + resamples), which is never 0 (B. Phipson and G. Smyth, 2010). Differences that are equal but for rounding
 * count as equal: within 10<sup>-12</sup> of the sum of all absolute differences. Two-sided means as far from 0 in either
 * direction.
 *
 * <p>Source: R. A. Fisher, The Design of Experiments, 1935; E. Edgington and P. Onghena, Randomization Tests, 2007.
 *
 * @param difference the mean of x without the mean of y
 * @param p the p-value, never 0; 1 where all values are the same
 * @param exact whether every way was looked at
 * @param ways how many were looked at; that of the values themselves is one of them
 * @param n how many pairs, or values of both samples
 */
public record PermutationTest(double difference, double p, boolean exact, long ways, int n) {
    /** The maximum number of ways that are all looked at, 2<sup>14</sup>. */
    public static final int MAX_EXACT = 1 << 14;

    private static final double ROUNDING = 1e-12;

    /**
     * The test of pairs, by the sign of each pair's difference. Assumes that the differences are spread alike on both
     * sides of their centre. Pairs without a difference do not change it.
     *
     * @throws IllegalArgumentException if a value is NaN or beyond {@link Samples#MAX_VALUE}, there is none, or y has
     *     another number than x
     */
    public static PermutationTest paired(double[] x, double[] y, Hypothesis hypothesis, Resampling resampling) {
        double[] all = Samples.differences(x, y);
        double[] differences = new double[all.length];
        int n = 0;
        double size = 0;
        for (double difference : all) {
            if (difference != 0) {
                differences[n++] = difference;
                size += Math.abs(difference);
            }
        }
        int different = n;
        boolean isExact = different < Integer.numberOfTrailingZeros(MAX_EXACT) + 1;
        Tally tally = new Tally(hypothesis, flipped(differences, different, 0, 0), ROUNDING * size);
        Draws draws = Objects.requireNonNull(resampling, "resampling").draws();
        long ways = isExact ? 1L << different : resampling.resamples();
        for (long way = 0; way < ways; way++) {
            tally.add(isExact ? flipped(differences, different, way, 0) : drawn(differences, different, draws));
        }
        return tally.result(tally.observed / all.length, isExact, all.length);
    }

    /** The sum of the differences, the signs of those flipped whose bits are set; from a number on, at most 64 of them. */
    private static double flipped(double[] differences, int n, long bits, int from) {
        double sum = 0;
        long rest = bits;
        for (int i = from; i < n; i++) {
            // Only the sign bit changes: no branch that the processor would guess wrong half of the time.
            sum += Double.longBitsToDouble(Double.doubleToRawLongBits(differences[i]) ^ (rest << 63));
            rest >>>= 1;
        }
        return sum;
    }

    private static double drawn(double[] differences, int n, Draws draws) {
        double sum = 0;
        for (int from = 0; from < n; from += Long.SIZE) {
            sum += flipped(differences, Math.min(n, from + Long.SIZE), draws.bits(), from);
        }
        return sum;
    }

    /**
     * The test of two samples of different items. Assumes that both are spread alike where they do not differ.
     *
     * @throws IllegalArgumentException if a value is NaN or beyond {@link Samples#MAX_VALUE}, or a sample is empty
     */
    public static PermutationTest twoSample(double[] x, double[] y, Hypothesis hypothesis, Resampling resampling) {
        Samples.sample("x", x);
        Samples.sample("y", y);
        // The smaller sample in front: its sum says all, since that of all values stays the same.
        boolean isSwapped = y.length < x.length;
        double[] front = isSwapped ? y : x;
        double[] rest = isSwapped ? x : y;
        double[] pool = new double[x.length + y.length];
        System.arraycopy(front, 0, pool, 0, front.length);
        System.arraycopy(rest, 0, pool, front.length, rest.length);
        double mean = Samples.mean(pool);
        double total = 0;
        double size = 0;
        for (int i = 0; i < pool.length; i++) {
            pool[i] -= mean;
            total += pool[i];
            size += Math.abs(pool[i]);
        }
        Means means = new Means(pool.length, front.length, total, isSwapped ? -1 : 1);
        double perSum = 1.0 / front.length + 1.0 / rest.length;
        double sum = 0;
        for (int i = 0; i < front.length; i++) {
            sum += pool[i];
        }
        Tally tally = new Tally(hypothesis, means.difference(sum), ROUNDING * size * perSum);
        Objects.requireNonNull(resampling, "resampling");
        boolean isExact = ways(pool.length, front.length) <= MAX_EXACT;
        if (isExact) {
            combine(pool, front.length, means, tally);
        } else {
            Draws draws = resampling.draws();
            for (int i = 0; i < resampling.resamples(); i++) {
                tally.add(means.difference(drawnSum(pool, front.length, draws)));
            }
        }
        return tally.result(Samples.mean(x) - Samples.mean(y), isExact, pool.length);
    }

    /** The sum of so many drawn values, which are moved to the front. */
    private static double drawnSum(double[] pool, int count, Draws draws) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            int drawn = i + draws.below(pool.length - i);
            double value = pool[drawn];
            pool[drawn] = pool[i];
            pool[i] = value;
            sum += value;
        }
        return sum;
    }

    /** In how many ways so many can be chosen; a number above the maximum for more than that. */
    private static long ways(int all, int chosen) {
        long ways = 1;
        for (int i = 1; i <= chosen && ways <= MAX_EXACT; i++) {
            ways = ways * (all - chosen + i) / i;
        }
        return ways;
    }

    /** Adds every choice of so many values, each summed anew so that rounding does not pile up. */
    private static void combine(double[] pool, int count, Means means, Tally tally) {
        int[] chosen = new int[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = i;
        }
        while (true) {
            double sum = 0;
            for (int i : chosen) {
                sum += pool[i];
            }
            tally.add(means.difference(sum));
            int last = count - 1;
            while (last >= 0 && chosen[last] == pool.length - count + last) {
                last--;
            }
            if (last < 0) {
                return;
            }
            chosen[last]++;
            for (int i = last + 1; i < count; i++) {
                chosen[i] = chosen[i - 1] + 1;
            }
        }
    }

    /** The difference of the means of x and y, by the sum of the sample in front. */
    private record Means(int all, int front, double total, int sign) {
        double difference(double sum) {
            return sign * (sum / front - (total - sum) / (all - front));
        }
    }

    /** Counts what is as large as what was seen. */
    private static final class Tally {
        private final Hypothesis hypothesis;
        private final double observed;
        private final double rounding;
        private long asLarge;
        private long ways;

        Tally(Hypothesis hypothesis, double observed, double rounding) {
            this.hypothesis = Objects.requireNonNull(hypothesis, "hypothesis");
            this.observed = observed;
            this.rounding = rounding;
        }

        void add(double value) {
            boolean isAsLarge = switch (hypothesis) {
                case TWO_SIDED -> Math.abs(value) >= Math.abs(observed) - rounding;
                case LESS -> value <= observed + rounding;
                case GREATER -> value >= observed - rounding;
            };
            asLarge += isAsLarge ? 1 : 0;
            ways++;
        }

        PermutationTest result(double difference, boolean isExact, int n) {
            double p = isExact ? (double) asLarge / ways : (1.0 + asLarge) / (1.0 + ways);
            return new PermutationTest(difference, p, isExact, isExact ? ways : ways + 1, n);
        }
    }
}
