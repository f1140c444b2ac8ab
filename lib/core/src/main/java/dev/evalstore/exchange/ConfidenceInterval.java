package dev.evalstore.exchange;

import dev.evalstore.internal.Check;

/**
 * The confidence interval of a score.
 *
 * @param low where it begins, -1e300 or more
 * @param high where it ends, at least {@code low} and at most 1e300
 * @param level such as 0.95, above 0 and below 1
 */
public record ConfidenceInterval(double low, double high, double level) {
    public ConfidenceInterval {
        Check.figureOrNull("confidenceInterval low", low);
        Check.figureOrNull("confidenceInterval high", high);
        if (low > high) {
            throw new IllegalArgumentException("confidenceInterval low must be at most its high");
        }
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("confidenceInterval level must be above 0 and below 1");
        }
    }
}
