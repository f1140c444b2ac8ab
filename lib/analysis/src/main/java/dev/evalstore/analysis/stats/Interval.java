package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;

/**
 * A confidence interval. Its ends may be infinite where nothing is known.
 *
 * @param low the lower end, not above {@code high}
 * @param high the upper end
 * @param confidence the share of such intervals that hold the true value, between 0 and 1, such as 0.95
 */
public record Interval(double low, double high, double confidence) {
    /** @throws IllegalArgumentException if an end is NaN, the ends are in the wrong order, or confidence is not in (0, 1) */
    public Interval {
        if (Double.isNaN(low) || Double.isNaN(high) || low > high) {
            throw new IllegalArgumentException("low must be a number, and not above high");
        }
        Inputs.fraction("confidence", confidence);
    }

    /**
     * Whether a value lies within, the ends included.
     *
     * @throws IllegalArgumentException if the value is NaN
     */
    public boolean contains(double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("value must be a number");
        }
        return low <= value && value <= high;
    }

    /** The interval around a centre; the whole line if the half of its width is unknown, and NaN therefore. */
    static Interval around(double centre, double half, double confidence) {
        return Double.isNaN(half)
                ? new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, confidence)
                : new Interval(centre - half, centre + half, confidence);
    }

    /** This interval without what lies outside a range. */
    Interval within(double least, double greatest) {
        return new Interval(
                Math.min(Math.max(low, least), greatest), Math.max(Math.min(high, greatest), least), confidence);
    }
}
