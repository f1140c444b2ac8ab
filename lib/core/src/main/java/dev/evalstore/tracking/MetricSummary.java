package dev.evalstore.tracking;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the points of a metric of an experiment come to.
 *
 * @param last the value of the point with the greatest step; among those, with the greatest time; among those, the greatest
 *     value, NaN above all others
 * @param step the step of the last value
 * @param at the time of the last value
 * @param min the smallest value that is not NaN, or null where none is; never −0.0, which counts as 0.0
 * @param max the greatest value that is not NaN, or null where none is; never −0.0, which counts as 0.0
 * @param count how many points there are, with those whose value is NaN
 */
public record MetricSummary(
        double last,
        long step,
        Instant at,
        @Nullable Double min,
        @Nullable Double max,
        long count) {}
