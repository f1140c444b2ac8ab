package dev.evalstore.analysis.stats;

import java.util.Arrays;
import java.util.Objects;

/**
 * Wilcoxon's signed-rank test of paired samples (Wilcoxon 1945): whether the differences x - y are symmetric about zero.
 *
 * <p>Assumes that the pairs are independent, and that differences can be compared in size. It needs no normal
 * distribution, but symmetry: of skewed differences it says that they are not symmetric about zero, which is not the
 * same as a median other than zero. For the median ask {@link SignTest}, for the mean {@link PairedT}.
 *
 * <p>Zeros: by {@link Zeros}. Ties in size share the mean of their ranks. The exact p-value is that of all 2<sup>n</sup>
 * ways to give the ranks at hand their signs, so it is exact with ties and zeros too; without them it is the tabled
 * one. {@link Method#AUTO} takes it for up to 50 differences that are not zero, and {@link Method#EXACT} is refused
 * beyond 100. The normal approximation has the correction of its variance for ties (Lehmann 1975) and, unless told
 * otherwise, a continuity correction of a half. If all differences are zero, p is 1.
 *
 * @param positive the sum of the ranks of positive differences
 * @param negative the sum of the ranks of negative differences
 * @param p the p-value, always defined
 * @param method how p was computed, {@link Method#EXACT} or {@link Method#ASYMPTOTIC}
 * @param effect the rank-biserial correlation of matched pairs, the difference of both sums over their total (Kerby
 *     2014): from -1 to 1, 0 if all differences are zero
 * @param n how many differences are not zero
 * @param zeros how many are zero
 * @param ties how many of the n share their size with another
 */
public record Wilcoxon(
        double positive, double negative, double p, Method method, double effect, int n, int zeros, int ties) {
    private static final int AUTO_EXACT = 50;
    private static final int MAX_EXACT = 100;

    /** The test of two sides, {@link Zeros#WILCOX}, {@link Method#AUTO}, with continuity correction. */
    public static Wilcoxon of(double[] x, double[] y) {
        return of(x, y, Zeros.WILCOX, Hypothesis.TWO_SIDED, Method.AUTO, true);
    }

    /**
     * Tests paired samples.
     *
     * <p>Ties and zeros are those of doubles: 0.9 - 0.8 and 0.2 - 0.1 differ in their last bit and are no tie, though both
     * are 0.1 on paper. If scores have few decimals, give them as whole numbers, such as {@code Math.rint(100 * score)}:
     * these have exact differences, and the test is the same in any unit.
     *
     * @param x the first value of each pair
     * @param y the second value of each pair, in the same order
     * @param continuity whether the normal approximation is corrected for continuity; the exact p-value never is
     * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or beyond
     *     {@link Samples#MAX_VALUE}, the samples have not the same length, or method is EXACT and more than 100
     *     differences are not zero
     */
    public static Wilcoxon of(
            double[] x, double[] y, Zeros zeros, Hypothesis hypothesis, Method method, boolean continuity) {
        Objects.requireNonNull(zeros, "zeros");
        Objects.requireNonNull(hypothesis, "hypothesis");
        Objects.requireNonNull(method, "method");
        SignedRanks ranks = new SignedRanks(Samples.differences(x, y), zeros);
        int n = ranks.doubled.length;
        if (method == Method.EXACT && n > MAX_EXACT) {
            throw new IllegalArgumentException(
                    "method must not be EXACT for more than " + MAX_EXACT + " differences that are not zero");
        }
        boolean exact = method == Method.EXACT || method == Method.AUTO && n <= AUTO_EXACT;
        double p = n == 0 ? 1 : exact ? ranks.exact(hypothesis) : ranks.asymptotic(hypothesis, continuity);
        double total = ranks.positive + ranks.negative;
        double effect = n == 0 ? 0 : (ranks.positive - ranks.negative) / total;
        Method used = exact ? Method.EXACT : Method.ASYMPTOTIC;
        return new Wilcoxon(ranks.positive, ranks.negative, p, used, effect, n, ranks.zeroCount, ranks.ties);
    }

    /** W, the smaller of both sums, whatever the hypothesis. */
    public double statistic() {
        return Math.min(positive, negative);
    }

    /** The differences by size, and what comes of it. */
    private static final class SignedRanks implements Groups.Visitor {
        private final Zeros zeros;
        private final int zeroCount;

        /** Twice the rank of each difference that is not zero, not counting zeros below it: a whole number. */
        private final int[] doubled;

        private int filled;
        private int positives;
        private double doubledPositive;
        private double positive;
        private double negative;
        private double tieTerm;
        private int ties;

        SignedRanks(double[] differences, Zeros zeros) {
            double[] above = ofSign(differences, 1);
            double[] below = ofSign(differences, -1);
            this.zeros = zeros;
            this.doubled = new int[above.length + below.length];
            this.zeroCount = differences.length - doubled.length;
            Groups.walk(above, below, this);
            double half = zeros == Zeros.SPLIT ? zeroCount * (zeroCount + 1.0) / 4 : 0;
            positive += half;
            negative += half;
        }

        @Override
        public void visit(int lowerAbove, int above, int lowerBelow, int below) {
            int size = above + below;
            int twice = 2 * (lowerAbove + lowerBelow) + size + 1;
            Arrays.fill(doubled, filled, filled + size, twice);
            filled += size;
            positives += above;
            doubledPositive += (double) above * twice;
            double rank = twice / 2.0 + (zeros == Zeros.WILCOX ? 0 : zeroCount);
            positive += above * rank;
            negative += below * rank;
            tieTerm += Groups.ties(size);
            ties += size > 1 ? size : 0;
        }

        /** The differences of a sign, without it, sorted. */
        private static double[] ofSign(double[] differences, int sign) {
            double[] found = new double[differences.length];
            int count = 0;
            for (double difference : differences) {
                if (sign * difference > 0) {
                    found[count++] = sign * difference;
                }
            }
            return Order.sorted(Arrays.copyOf(found, count));
        }

        double asymptotic(Hypothesis hypothesis, boolean continuity) {
            double all = zeros == Zeros.WILCOX ? doubled.length : (double) doubled.length + zeroCount;
            double mean = all * (all + 1) / 4;
            double variance = all * (all + 1) * (2 * all + 1);
            double zero = zeroCount;
            if (zeros == Zeros.PRATT) {
                mean -= zero * (zero + 1) / 4;
                variance -= zero * (zero + 1) * (2 * zero + 1);
            }
            double tied = tieTerm + (zeros == Zeros.SPLIT ? Groups.ties(zero) : 0);
            double deviation = Math.sqrt((variance - tied / 2) / 24);
            double z = Tails.towardsZero(positive - mean, continuity ? 0.5 : 0, hypothesis) / deviation;
            return Tails.p(hypothesis, Tails.NORMAL, z);
        }

        /**
         * The probabilities of all sums of ranks, one rank after the other. Zeros below lift each rank by their number;
         * to lift by more than the sum of all ranks does not change which sums are greater, and is not done.
         */
        double exact(Hypothesis hypothesis) {
            int n = doubled.length;
            int below = zeros == Zeros.WILCOX ? 0 : Math.min(zeroCount, n * (n + 1) / 2 + 1);
            int greatest = n * (n + 1) + 2 * below * n;
            double[] probability = new double[greatest + 1];
            probability[0] = 1;
            int reached = 0;
            for (int rank : doubled) {
                int weight = rank + 2 * below;
                reached += weight;
                for (int sum = reached; sum >= 0; sum--) {
                    double with = sum >= weight ? probability[sum - weight] : 0;
                    probability[sum] = (probability[sum] + with) / 2;
                }
            }
            int observed = (int) doubledPositive + 2 * below * positives;
            double lower = 0;
            for (int sum = 0; sum <= observed; sum++) {
                lower += probability[sum];
            }
            double upper = 0;
            for (int sum = greatest; sum >= observed; sum--) {
                upper += probability[sum];
            }
            return Tails.p(hypothesis, Math.min(1, lower), Math.min(1, upper));
        }
    }
}
