package dev.evalstore.matrix;

import org.jspecify.annotations.Nullable;

/**
 * Figures over results, each over those that measured it.
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
     * How values are spread; all null without values.
     *
     * @param count how many values there are
     * @param mean the mean
     * @param min the least
     * @param max the most
     * @param median the median
     */
    public record Spread(
            long count,
            @Nullable Double mean,
            @Nullable Double min,
            @Nullable Double max,
            @Nullable Double median) {}
}
