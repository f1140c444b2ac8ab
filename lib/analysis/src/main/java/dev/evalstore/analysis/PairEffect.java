package dev.evalstore.analysis;

import org.jspecify.annotations.Nullable;

/**
 * How large the difference of two members is.
 *
 * @param wins in how many pairs the first is better, by the direction of the metric
 * @param losses in how many the second is
 * @param ties in how many they are equal
 * @param cohenDz the mean difference divided by the standard deviation of the differences; null where that is 0, or below
 *     two pairs or items
 * @param cliffDelta how much oftener a value of the first is above one of the second than below, over all values of both, from
 *     -1 to 1. It ignores which belong together
 * @param rankBiserial the ranks of pairs in which the first has the greater value less those of the others, divided by all, from
 *     -1 to 1 (D. S. Kerby, 2014); null where all pairs are equal. As the difference, it is negative where less is better and the
 *     first is better
 * @param detectable the smallest difference, in the unit of the metric, that the paired t test finds in 80 of 100 such samples
 *     at this alpha, before correction; null where the standard deviation is 0, or below two pairs or items
 */
public record PairEffect(
        int wins,
        int losses,
        int ties,
        @Nullable Double cohenDz,
        double cliffDelta,
        @Nullable Double rankBiserial,
        @Nullable Double detectable) {}
