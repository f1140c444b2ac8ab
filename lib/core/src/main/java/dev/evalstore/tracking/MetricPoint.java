package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A value of a metric at a step.
 *
 * @param step where in the work it was measured, as the caller counts: batches, epochs, tokens
 * @param at when it was measured, cut to microseconds; in the years 1 to 9999
 * @param value any double, also the infinities; of a NaN the one NaN of Java, whatever its bits
 */
public record MetricPoint(long step, Instant at, double value) {
    public MetricPoint {
        value = Double.isNaN(value) ? Double.NaN : value;
        at = Check.time("at", at).truncatedTo(ChronoUnit.MICROS);
    }

    public static MetricPoint of(double value, long step, Instant at) {
        return new MetricPoint(step, at, value);
    }
}
