package dev.evalstore.exchange;

import org.jspecify.annotations.Nullable;

/**
 * How scores of one metric are spread. The percentiles are those of {@code percentile_cont}: interpolated linearly
 * between neighbours.
 *
 * @param count how many scores there are
 * @param min null without scores
 * @param max null without scores
 * @param mean the arithmetic mean, null without scores
 * @param median null without scores
 * @param p75 the 75th percentile, null without scores
 * @param p95 the 95th percentile, null without scores
 * @param stddev the standard deviation of the sample, null below two scores
 */
public record ScoreSummary(
        long count,
        @Nullable Double min,
        @Nullable Double max,
        @Nullable Double mean,
        @Nullable Double median,
        @Nullable Double p75,
        @Nullable Double p95,
        @Nullable Double stddev) {}
