package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;

/**
 * How two players differ.
 *
 * @param difference the first's log strength without the second's
 * @param standardError of the difference
 * @param z the difference in standard errors
 * @param p of Wald's test that both are equally strong, two-sided
 * @param winProbability of the first in a battle of the two
 */
public record StrengthDifference(double difference, double standardError, double z, double p, double winProbability) {
    /**
     * Where the difference is.
     *
     * @param confidence between 0 and 1
     * @throws IllegalArgumentException if confidence is out of bounds
     */
    public Interval interval(double confidence) {
        Inputs.fraction("confidence", confidence);
        return Interval.around(difference, Tails.z((1 - confidence) / 2) * standardError, confidence);
    }
}
