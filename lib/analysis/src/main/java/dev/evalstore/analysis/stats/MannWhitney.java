package dev.evalstore.analysis.stats;

import java.util.Objects;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;

/**
 * The Mann-Whitney U test of two independent samples (Mann and Whitney 1947), which is Wilcoxon's rank-sum test: whether
 * a value of x is as likely above a value of y as below it.
 *
 * <p>Assumes that all values are independent of each other, in each sample and between them. Answers of two models to
 * the same items are not: use {@link Wilcoxon} for them. It compares distributions, and medians only where both have the
 * same shape.
 *
 * <p>Ties share the mean of their ranks. The exact p-value needs samples of fewer than 50 values and no ties, and is
 * then the one of {@link Method#AUTO}; otherwise that is the normal approximation, its variance corrected for ties
 * (Lehmann 1975) and, unless told otherwise, with a continuity correction of a half. If all values are equal, p is 1.
 *
 * @param statistic U of x: how many pairs of a value of x and a value of y have the greater value in x, ties as a half
 * @param p the p-value, always defined
 * @param method how p was computed, {@link Method#EXACT} or {@link Method#ASYMPTOTIC}
 * @param effect the rank-biserial correlation, which is {@link CliffsDelta}: from -1 to 1
 * @param nx how many values x has
 * @param ny how many values y has
 * @param ties how many values equal another one, of either sample
 */
public record MannWhitney(double statistic, double p, Method method, double effect, int nx, int ny, int ties) {
    private static final int EXACT_BELOW = 50;

    /** The test of two sides, {@link Method#AUTO}, with continuity correction. */
    public static MannWhitney of(double[] x, double[] y) {
        return of(x, y, Hypothesis.TWO_SIDED, Method.AUTO, true);
    }

    /**
     * Tests independent samples.
     *
     * @param continuity whether the normal approximation is corrected for continuity; the exact p-value never is
     * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or beyond
     *     {@link Samples#MAX_VALUE}, or method is EXACT and there are ties or 50 values in a sample
     */
    public static MannWhitney of(double[] x, double[] y, Hypothesis hypothesis, Method method, boolean continuity) {
        Objects.requireNonNull(hypothesis, "hypothesis");
        Objects.requireNonNull(method, "method");
        double[] first = Order.sorted(Samples.sample("x", x));
        double[] second = Order.sorted(Samples.sample("y", y));
        Ranks ranks = new Ranks();
        Groups.walk(first, second, ranks);
        boolean possible = ranks.ties == 0 && Math.max(x.length, y.length) < EXACT_BELOW;
        if (method == Method.EXACT && !possible) {
            throw new IllegalArgumentException(
                    "method must not be EXACT with ties, or for samples of " + EXACT_BELOW + " values or more");
        }
        double pairs = (double) x.length * y.length;
        double u = ranks.doubled / 2.0;
        double effect = (ranks.doubled - pairs) / pairs;
        boolean exact = possible && method != Method.ASYMPTOTIC;
        double p = exact ? exact(first, second, hypothesis) : ranks.asymptotic(u, pairs, hypothesis, continuity);
        Method used = exact ? Method.EXACT : Method.ASYMPTOTIC;
        return new MannWhitney(u, p, used, effect, x.length, y.length, ranks.ties);
    }

    private static double exact(double[] x, double[] y, Hypothesis hypothesis) {
        AlternativeHypothesis alternative = switch (hypothesis) {
            case TWO_SIDED -> AlternativeHypothesis.TWO_SIDED;
            case LESS -> AlternativeHypothesis.LESS_THAN;
            case GREATER -> AlternativeHypothesis.GREATER_THAN;
        };
        return MannWhitneyUTest.withDefaults()
                .with(alternative)
                .with(PValueMethod.EXACT)
                .test(x, y)
                .getPValue();
    }

    /** U and the ties of two sorted samples. Commons Statistics sorts objects, which takes several times as long. */
    private static final class Ranks implements Groups.Visitor {
        private long doubled;
        private double tieTerm;
        private double n;
        private int ties;

        @Override
        public void visit(int lowerX, int inX, int lowerY, int inY) {
            int size = inX + inY;
            doubled += (long) inX * (2L * lowerY + inY);
            tieTerm += Groups.ties(size);
            ties += size > 1 ? size : 0;
            n += size;
        }

        double asymptotic(double u, double pairs, Hypothesis hypothesis, boolean continuity) {
            double variance = pairs / 12 * (n + 1 - tieTerm / (n * (n - 1)));
            if (!(variance > 0)) {
                return 1;
            }
            double distance = Tails.towardsZero(u - pairs / 2, continuity ? 0.5 : 0, hypothesis);
            return Tails.p(hypothesis, Tails.NORMAL, distance / Math.sqrt(variance));
        }
    }
}
