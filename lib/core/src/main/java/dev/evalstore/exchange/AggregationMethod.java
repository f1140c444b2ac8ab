package dev.evalstore.exchange;

/** How one score is made of the scores of a version's test cases; {@link Aggregation} has the formulas. */
public enum AggregationMethod {
    /** The sum of the scores by their number. */
    MEAN,
    /** The mean, in which each score counts as its test case's weight. */
    WEIGHTED_MEAN,
    /** The score in the middle, or the mean of the two there. */
    MEDIAN,
    /** The n-th root of the product of n scores. */
    GEOMETRIC_MEAN,
    /** The number of the scores by the sum of their reciprocals. */
    HARMONIC_MEAN,
    /** The lowest score. */
    MIN,
    /** The highest score. */
    MAX,
    /** The score that a given share of the scores does not exceed; see {@link Scoring#percentile}. */
    PERCENTILE,
    /** The share of the test cases that were passed. */
    PASS_RATE
}
