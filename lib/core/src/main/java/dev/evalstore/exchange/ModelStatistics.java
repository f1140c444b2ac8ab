package dev.evalstore.exchange;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Figures over the live public submissions of a model to the definitions of one category, by what they measure: scores
 * of different metrics are never mixed.
 *
 * @param scores their scores; {@code count} is the number of submissions
 * @param bestRank the best rank that the model has on a {@link Board#OVERALL} board of these definitions, or null
 *     without an entry
 * @param scorePerDollar the sum of the scores divided by the cost in US dollars, of the submissions whose every case has
 *     a cost; null where that is none or costs nothing, and where less is better
 * @param computedAt the moment that the figures are of, by the server's clock
 */
public record ModelStatistics(
        ModelSubject subject,
        DefinitionCategory category,
        Metric metric,
        ScoreSummary scores,
        @Nullable Long bestRank,
        @Nullable Double scorePerDollar,
        Instant computedAt) {
    /**
     * What primary metrics have in common whose scores may be compared; see {@link PrimaryMetric}.
     *
     * @param kind such as accuracy or throughput
     * @param unit such as tokens/s, or null
     * @param rangeMin the least value, or null for no bound
     * @param rangeMax the greatest value, or null for no bound
     */
    public record Metric(
            String kind,
            @Nullable String unit,
            boolean higherIsBetter,
            @Nullable Double rangeMin,
            @Nullable Double rangeMax) {}
}
