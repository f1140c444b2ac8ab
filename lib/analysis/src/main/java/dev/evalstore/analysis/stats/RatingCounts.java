package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.util.Objects;

/** How many raters gave each item each category. */
final class RatingCounts {
    private RatingCounts() {}

    /** Refuses what is no table of counts. */
    static void check(int[][] counts) {
        Objects.requireNonNull(counts, "counts");
        if (counts.length == 0) {
            throw new IllegalArgumentException("counts must not be empty");
        }
        int categories = Objects.requireNonNull(counts[0], "counts").length;
        Inputs.range("the number of counts' categories", categories, 1, CohenKappa.MAX_CATEGORIES);
        for (int item = 0; item < counts.length; item++) {
            if (Objects.requireNonNull(counts[item], "counts").length != categories) {
                throw new IllegalArgumentException(
                        "counts must have as many categories for each item, and have not at index " + item);
            }
            for (int count : counts[item]) {
                if (count < 0) {
                    throw new IllegalArgumentException("counts must not be negative, and are at index " + item);
                }
            }
        }
    }

    static long sum(int[] counts) {
        long sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }
}
