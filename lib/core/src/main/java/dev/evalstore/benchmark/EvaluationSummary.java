package dev.evalstore.benchmark;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Figures over the evaluations of a run.
 *
 * @param count how many there are
 * @param score over those that have a score
 * @param latencyMs over those that have a latency, in milliseconds
 * @param inputTokens in all
 * @param outputTokens in all
 * @param costUsd in all
 */
public record EvaluationSummary(
        long count,
        Distribution score,
        Distribution latencyMs,
        long inputTokens,
        long outputTokens,
        BigDecimal costUsd) {
    /**
     * How values are spread. The percentiles are {@code percentile_cont}'s: interpolated linearly between neighbours.
     *
     * @param count how many values there are
     * @param mean null without values
     * @param stddev the sample's standard deviation, null below two values
     * @param min null without values
     * @param max null without values
     * @param p50 the median, null without values
     * @param p90 null without values
     * @param p99 null without values
     */
    public record Distribution(
            long count,
            @Nullable Double mean,
            @Nullable Double stddev,
            @Nullable Double min,
            @Nullable Double max,
            @Nullable Double p50,
            @Nullable Double p90,
            @Nullable Double p99) {}
}
