package dev.evalstore.analysis;

import org.jspecify.annotations.Nullable;

/**
 * The mean of the differences of pairs. The intervals are of level 1 - alpha and not corrected for the number of pairs, so
 * that an interval without 0 may stand beside a verdict that no difference is shown.
 *
 * @param standardError null below two pairs; clustered by item where repeats are pairs of their own
 * @param low where the interval begins: Student's, clustered by item where repeats are pairs of their own; else, where all values
 *     are 0 or 1, that of A. Agresti and Y. Min (2005), which has another standard error; null below two pairs or items
 * @param high where it ends
 * @param bootstrapLow where the bootstrap's interval begins (BCa); null where none was asked for, or below two
 *     pairs or items
 * @param bootstrapHigh where it ends
 */
public record MeanDifference(
        double value,
        @Nullable Double standardError,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Double bootstrapLow,
        @Nullable Double bootstrapHigh) {}
