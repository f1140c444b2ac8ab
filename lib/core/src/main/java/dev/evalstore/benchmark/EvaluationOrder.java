package dev.evalstore.benchmark;

/**
 * In which order evaluations are listed. What has no value to order by comes last in each of them, and equal values go by
 * id in the same direction.
 */
public enum EvaluationOrder {
    /** By the time of storing, the last first: the order of every other list. */
    NEWEST,
    OLDEST,
    HIGHEST_SCORE,
    LOWEST_SCORE,
    /** By latency, the greatest first. */
    SLOWEST,
    FASTEST,
    /** By cost, the greatest first. */
    DEAREST,
    CHEAPEST,
    BEST_RATED,
    WORST_RATED
}
