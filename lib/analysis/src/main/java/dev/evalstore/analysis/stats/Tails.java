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

    /** A distance from what is expected, corrected for continuity: towards zero, or against the hypothesis. */
    static double towardsZero(double distance, double correction, Hypothesis hypothesis) {
        return switch (hypothesis) {
            case TWO_SIDED -> Math.signum(distance) * Math.max(0, Math.abs(distance) - correction);
            case LESS -> distance + correction;
            case GREATER -> distance - correction;
        };
    }

    /**
     * Beyond which the given share of Student's t distribution lies, at most a half of it. The inverse of Commons
     * Statistics is good to nine places, and is the beginning of a search for the rest.
     */
    static double t(double df, double tail) {
        TDistribution distribution = TDistribution.of(df);
        double near = distribution.inverseSurvivalProbability(tail);
        double low = near > 1e-6 ? near * (1 - 1e-6) : 0;
        double high = near * (1 + 1e-6) + 1e-6;
        return root(t -> tail - distribution.survivalProbability(t), low, high);
    }

    /** The same of the standard normal distribution. */
    static double z(double tail) {
        return NORMAL.inverseSurvivalProbability(tail);
    }

    /**
     * Where an increasing function is zero, to the last bits. If the sign does not change between the ends, the end that
     * is nearer to zero.
     */
    static double root(DoubleUnaryOperator increasing, double low, double high) {
        double below = low;
        double above = high;
        while (true) {
            double middle = below + (above - below) / 2;
            if (middle <= below || middle >= above) {
                return middle;
            }
            if (increasing.applyAsDouble(middle) < 0) {
                below = middle;
            } else {
                above = middle;
            }
        }
    }
}
