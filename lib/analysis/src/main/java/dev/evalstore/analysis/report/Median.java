package dev.evalstore.analysis.report;

import java.util.Arrays;

/** The middle of some numbers. */
final class Median {
    private Median() {}

    /** Of at least one, in any order; between the two in the middle where their count is even. */
    static double of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
    }
}
