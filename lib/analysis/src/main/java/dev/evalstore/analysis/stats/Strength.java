package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;

/**
 * How strong a player is.
 *
 * @param player its name
 * @param logStrength the logarithm of its strength; the mean of all players is 0
 * @param standardError of the log strength, beside the mean of all players. Of a difference, ask {@link
 *     Strengths#difference}: the errors of two players hang together
 * @param score its wins, a tie as half a win
 * @param battles its battles
 */
public record Strength(String player, double logStrength, double standardError, double score, double battles) {
    /** Points on Elo's scale for one unit of log strength. */
    public static final double ELO = 400 / StrictMath.log(10);

    /**
     * Where the log strength is, beside the mean of all players.
     *
     * @param confidence between 0 and 1
     * @throws IllegalArgumentException if confidence is out of bounds
     */
    public Interval interval(double confidence) {
        Inputs.fraction("confidence", confidence);
        return Interval.around(logStrength, Tails.z((1 - confidence) / 2) * standardError, confidence);
    }

    /** The log strength on Elo's scale, where 400 points are odds of 10 to 1; the mean of all players is 0. */
    public double eloPoints() {
        return ELO * logStrength;
    }

    /** The standard error of {@link #eloPoints}. */
    public double eloStandardError() {
        return ELO * standardError;
    }
}
