package dev.evalstore.analysis.stats;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.distribution.ContinuousDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/** Tails of distributions, and their ends. */
final class Tails {
    static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    private Tails() {}

    /** The p-value of a statistic whose distribution is symmetric about zero. */
    static double p(Hypothesis hypothesis, ContinuousDistribution distribution, double statistic) {
        return switch (hypothesis) {
            case TWO_SIDED -> Math.min(1, 2 * distribution.survivalProbability(Math.abs(statistic)));
            case LESS -> distribution.cumulativeProbability(statistic);
            case GREATER -> distribution.survivalProbability(statistic);
        };
    }

    /** The p-value of a statistic of which both tails are known, each with the statistic itself. */
    static double p(Hypothesis hypothesis, double lower, double upper) {
        return switch (hypothesis) {
            case TWO_SIDED -> Math.min(1, 2 * Math.min(lower, upper));
            case LESS -> lower;
            case GREATER -> upper;
        };
    }

    /**
     * A distance from what is expected, a multiple of a half, corrected for continuity by a half: towards zero, or against
     * the hypothesis.
     */
    static double towardsZero(double distance, double correction, Hypothesis hypothesis) {
        return switch (hypothesis) {
            case TWO_SIDED -> Math.signum(distance) * (Math.abs(distance) - correction);
            case LESS -> distance + correction;
            case GREATER -> distance - correction;
        };
    }

    /**
     * Beyond which the given share of Student's t distribution lies, at most a half of it. The inverse of Commons
     * Statistics is good to nine places and not to nine digits, so it is not used.
     */
    static double t(double df, double tail) {
        TDistribution distribution = TDistribution.of(df);
        double high = 2;
        while (distribution.survivalProbability(high) > tail) {
            high *= 2;
        }
        return root(t -> tail - distribution.survivalProbability(t), 0, high);
    }

    /** The same of the standard normal distribution. */
    static double z(double tail) {
        return NORMAL.inverseSurvivalProbability(tail);
    }

    /**
     * Where an increasing function is zero, to the last bits, by Chandrupatla's method (1997): bisection, and inverse
     * quadratic interpolation where that is sure to be better. The nearer end if the sign does not change between them.
     */
    static double root(DoubleUnaryOperator increasing, double low, double high) {
        double a = high;
        double fa = increasing.applyAsDouble(high);
        double b = low;
        double fb = increasing.applyAsDouble(low);
        if (fb >= 0 || fa <= 0) {
            return fb >= 0 ? low : high;
        }
        double step = 0.5;
        while (true) {
            double x = a + step * (b - a);
            double fx = increasing.applyAsDouble(x);
            boolean sameSide = fx > 0 == fa > 0;
            double c = sameSide ? a : b;
            double fc = sameSide ? fa : fb;
            if (!sameSide) {
                b = a;
                fb = fa;
            }
            a = x;
            fa = fx;
            double best = Math.abs(fa) < Math.abs(fb) ? a : b;
            double least = Math.ulp(best) / Math.abs(b - a);
            if (fa == 0 || least > 0.5) {
                return best;
            }
            double xi = (a - b) / (c - b);
            double phi = (fa - fb) / (fc - fb);
            boolean interpolate = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi;
            double next = fa / (fb - fa) * (fc / (fb - fc)) + (c - a) / (b - a) * (fa / (fc - fa)) * (fb / (fc - fb));
            step = interpolate ? Math.min(Math.max(next, least), 1 - least) : 0.5;
        }
    }
}
