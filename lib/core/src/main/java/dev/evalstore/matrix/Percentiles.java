package dev.evalstore.matrix;

import dev.evalstore.internal.Check;

/**
 * Percentiles of a time, in milliseconds: from 0 to 1e300, and none below the one before.
 *
 * @param p50 the median
 * @param p90 90 in a hundred were no slower
 * @param p99 99 in a hundred were no slower
 */
public record Percentiles(double p50, double p90, double p99) {
    public Percentiles {
        if (!(p50 >= 0 && p50 <= p90 && p90 <= p99 && p99 <= Check.MAX_FIGURE)) {
            throw new IllegalArgumentException("p50, p90 and p99 must be from 0 to 1e300, in rising order");
        }
    }
}
