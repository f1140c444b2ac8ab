package dev.evalstore.analysis.report;

import org.jspecify.annotations.Nullable;

/** From the least to the greatest of some numbers. Empty while the least is above the greatest. */
record Extent(double min, double max) {
    static Extent of(Charts.Axis axis) {
        return new Extent(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)
                .with(axis.from())
                .with(axis.to());
    }

    Extent with(@Nullable Double value) {
        return value == null ? this : new Extent(Math.min(min, value), Math.max(max, value));
    }
}
