package dev.evalstore.exchange;

/**
 * How an aggregated score is put on a common scale; {@link Aggregation} has the formulas. The scale's constants stand in
 * the version, so no submission moves the scale of another.
 */
public enum Normalization {
    /** It is taken as it is. */
    NONE,
    /** By the distance from {@code min} towards {@code max}. */
    MIN_MAX,
    /** By the distance from {@code mean} in units of {@code stddev}. */
    Z_SCORE
}
