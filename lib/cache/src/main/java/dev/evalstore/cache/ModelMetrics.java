package dev.evalstore.cache;

import dev.evalstore.matrix.DailyModelStats;
import dev.evalstore.matrix.ResultSummary;
import java.util.List;
import java.util.Objects;

/**
 * The figures of a model version.
 *
 * @param summary over all its results
 * @param daily its stored daily statistics of the latest 100 days that have some, latest first
 */
public record ModelMetrics(ResultSummary summary, List<DailyModelStats> daily) {
    public ModelMetrics {
        Objects.requireNonNull(summary, "summary");
        daily = List.copyOf(daily);
    }
}
