package dev.evalstore.analysis;

import org.jspecify.annotations.Nullable;

/**
 * The mean of the differences of pairs. The intervals are of level 1 - alpha and not corrected for the number of pairs, so
 * that an interval without 0 may stand beside a verdict that no difference is shown.
 *
 * @param standardError null below two pairs; clustered by item where repeats are pairs of their own
 * @param low where Student's interval begins; null below two pairs or items
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
