package dev.evalstore.analysis.stats;

import java.util.Arrays;

/** The values of a column by size. Sorts plain numbers, and no objects. */
final class Ranking {
    /** Of each value, how many different values are lower. */
    final int[] numbers;

    /** How often each different value occurs, from the lowest. */
    final int[] sizes;

    Ranking(double[] values) {
        double[] sorted = Samples.sorted(values);
        int different = 0;
        int[] counts = new int[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[different - 1]) {
                sorted[different++] = sorted[i];
            }
            counts[different - 1]++;
        }
        numbers = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            numbers[i] = Arrays.binarySearch(sorted, 0, different, values[i] + 0.0);
        }
        sizes = Arrays.copyOf(counts, different);
    }

    /** The rank of each value from 1, equal values sharing the mean of theirs. */
    double[] means() {
        double[] means = new double[sizes.length];
        double lower = 0;
        for (int i = 0; i < sizes.length; i++) {
            means[i] = lower + (sizes[i] + 1) / 2.0;
            lower += sizes[i];
        }
        return Arrays.stream(numbers).mapToDouble(number -> means[number]).toArray();
    }

    boolean tied() {
        return sizes.length < numbers.length;
    }
}
