package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * Confidence intervals of a proportion, such as a share of right answers.
 *
 * <p>Assume that the trials are independent, each with the same chance. All are within 0 and 1, and none is of no width
 * for 0 or n successes. {@link #wilson} is the one to take where none is asked for.
 */
public final class Proportion {
    private static final long MAX_TRIALS = 1_000_000_000_000L;

    private Proportion() {}

    /**
     * The score interval (Wilson 1927), without continuity correction: on average it covers what it says, for few trials
     * too.
     *
     * @param successes 0 to n
     * @param n how many trials there were, 1 to 1,000,000,000,000
     * @throws IllegalArgumentException if an argument is out of bounds
     */
    public static Interval wilson(long successes, long n, double confidence) {
        check(successes, n, confidence);
        double z = Tails.z((1 - confidence) / 2);
        double all = n + z * z;
        double centre = (successes + z * z / 2) / all;
        double spread = (double) successes / n * (n - successes) + z * z / 4;
        double half = z * Math.sqrt(spread) / all;
        double low = successes == 0 ? 0 : centre - half;
        double high = successes == n ? 1 : centre + half;
        return new Interval(low, high, confidence).within(0, 1);
    }

    /**
     * The exact interval (Clopper and Pearson 1934): it covers at least what it says, and is wider than needed.
     *
     * @param successes 0 to n
     * @param n how many trials there were, 1 to 1,000,000,000,000
     * @throws IllegalArgumentException if an argument is out of bounds
     */
    public static Interval clopperPearson(long successes, long n, double confidence) {
        check(successes, n, confidence);
        double tail = (1 - confidence) / 2;
        long failures = n - successes;
        double low = successes == 0 ? 0 : share(BetaDistribution.of((double) successes, failures + 1.0), tail, false);
        double high = failures == 0 ? 1 : share(BetaDistribution.of(successes + 1.0, (double) failures), tail, true);
        return new Interval(low, high, confidence);
    }

    /**
     * The adjusted interval (Agresti and Coull 1998): the textbook's one around the centre of Wilson's, cut off at 0 and
     * 1. A little wider than Wilson's.
     *
     * @param successes 0 to n
     * @param n how many trials there were, 1 to 1,000,000,000,000
     * @throws IllegalArgumentException if an argument is out of bounds
     */
    public static Interval agrestiCoull(long successes, long n, double confidence) {
        check(successes, n, confidence);
        double z = Tails.z((1 - confidence) / 2);
        double all = n + z * z;
        double centre = (successes + z * z / 2) / all;
        double half = z * Math.sqrt(centre * (1 - centre) / all);
        return Interval.around(centre, half, confidence).within(0, 1);
    }

    private static void check(long successes, long n, double confidence) {
        Inputs.range("n", n, 1, MAX_TRIALS);
        Inputs.range("successes", successes, 0, n);
        Inputs.fraction("confidence", confidence);
    }

    /** Where the tail of a beta distribution has a probability. The inverse of Commons has nine places, not nine digits. */
    private static double share(BetaDistribution beta, double tail, boolean upper) {
        return upper
                ? Tails.root(share -> tail - beta.survivalProbability(share), 0, 1)
                : Tails.root(share -> beta.cumulativeProbability(share) - tail, 0, 1);
    }
}
