package dev.evalstore.benchmark;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Figures over the evaluations of a run.
 *
 * @param count how many evaluations there are
 * @param score the scores of those that have one
 * @param latencyMs the latencies of those that have one, in milliseconds
 * @param inputTokens the sum over all
 * @param outputTokens the sum over all
 * @param costUsd the sum over all
 */
public record EvaluationSummary(
        long count,
        Distribution score,
        Distribution latencyMs,
        long inputTokens,
        long outputTokens,
        BigDecimal costUsd) {
    /**
     * How values are spread. The percentiles are those of {@code percentile_cont}: interpolated linearly between
     * neighbours.
     *
     * @param count how many values there are
     * @param mean null without values
     * @param stddev the standard deviation of the sample, null below two values
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
