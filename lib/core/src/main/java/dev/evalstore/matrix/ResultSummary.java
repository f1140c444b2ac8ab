package dev.evalstore.matrix;

import org.jspecify.annotations.Nullable;

/**
 * Statistics over results. Each figure's spread is over the results that measured it.
 *
 * @param count how many results there are
 * @param ttftP90Ms time to the first token, in milliseconds
 * @param tpotP90Ms time for each further token, in milliseconds
 * @param throughputTokensSec tokens a second
 * @param rpsSustained requests a second
 * @param accuracyScore accuracy
 */
public record ResultSummary(
        long count,
        Spread ttftP90Ms,
        Spread tpotP90Ms,
        Spread throughputTokensSec,
        Spread rpsSustained,
        Spread accuracyScore) {
    /**
     * How values are spread. Without values, all but the count are null.
     *
     * @param count how many values there are
     * @param mean the arithmetic mean
     * @param min the minimum
     * @param max the maximum
     * @param median the median, interpolated between the two middle values of an even number
     */
    public record Spread(
            long count,
            @Nullable Double mean,
            @Nullable Double min,
            @Nullable Double max,
            @Nullable Double median) {}
}
