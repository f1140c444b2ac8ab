package dev.evalstore.tracking;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Figures over evaluations. What no evaluation has is null.
 *
 * @param count how many evaluations there are
 * @param scored how many have a score
 * @param meanScore the arithmetic mean of the scores
 * @param rated how many have a rating, which is the mean of their feedback
 * @param meanRating the arithmetic mean of the ratings, each evaluation's counted once
 * @param latencyMs the latencies in milliseconds
 * @param inputTokens the sum over all
 * @param outputTokens the sum over all
 * @param costUsd the sum over all, in US dollars, exact
 */
public record EvaluationFigures(
        long count,
        long scored,
        @Nullable Double meanScore,
        long rated,
        @Nullable Double meanRating,
        Latency latencyMs,
        long inputTokens,
        long outputTokens,
        BigDecimal costUsd) {
    /**
     * Percentiles of latencies: those of {@code percentile_cont}, interpolated linearly between neighbours; null without values.
     *
     * @param count how many evaluations have a latency
     * @param p50 the median
     */
    public record Latency(
            long count,
            @Nullable Double p50,
            @Nullable Double p90,
            @Nullable Double p99) {}
}
