package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import org.jspecify.annotations.Nullable;

/**
 * What the aggregate score of a submission measures. No text may be blank.
 *
 * @param name at most 200 characters
 * @param description at most 2,000 characters
 * @param kind the kind of quantity, such as accuracy or throughput; at most 100 characters
 * @param unit such as tokens/s, at most 100 characters, or null
 * @param higherIsBetter whether more of it is better
 * @param rangeMin the least value, or null for no bound
 * @param rangeMax the greatest value, above {@code rangeMin}, or null for no bound; both from -1e300 to 1e300
 */
public record PrimaryMetric(
        String name,
        String description,
        String kind,
        @Nullable String unit,
        boolean higherIsBetter,
        @Nullable Double rangeMin,
        @Nullable Double rangeMax) {
    public PrimaryMetric {
        Check.text("primaryMetric name", name, 1, 200);
        Check.text("primaryMetric description", description, 1, 2_000);
        Check.text("primaryMetric kind", kind, 1, 100);
        Check.textOrNull("primaryMetric unit", unit, 100);
        Check.figureOrNull("primaryMetric rangeMin", rangeMin);
        Check.figureOrNull("primaryMetric rangeMax", rangeMax);
        if (rangeMin != null && rangeMax != null && rangeMin >= rangeMax) {
            throw new IllegalArgumentException("primaryMetric rangeMin must be below rangeMax");
        }
    }

    /** Without unit and bounds; higher is better. */
    public static PrimaryMetric of(String name, String description, String kind) {
        return new PrimaryMetric(name, description, kind, null, true, null, null);
    }

    public PrimaryMetric unit(String value) {
        return new PrimaryMetric(name, description, kind, value, higherIsBetter, rangeMin, rangeMax);
    }

    public PrimaryMetric higherIsBetter(boolean value) {
        return new PrimaryMetric(name, description, kind, unit, value, rangeMin, rangeMax);
    }

    /** The bounds, the lower one first. */
    public PrimaryMetric range(double min, double max) {
        return new PrimaryMetric(name, description, kind, unit, higherIsBetter, min, max);
    }
}
