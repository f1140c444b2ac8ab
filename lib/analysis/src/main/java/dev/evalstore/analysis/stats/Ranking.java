package dev.evalstore.analysis.stats;

import java.util.Arrays;

/** The values of a column by size. */
final class Ranking {
    /** Where the values stand, from the lowest to the highest. */
    final int[] order;

    /** Of each value, how many different values are lower. */
    final int[] numbers;

    /** How often each different value occurs, from the lowest. */
    final int[] sizes;

    Ranking(double[] values) {
        order = Order.of(values);
        numbers = new int[values.length];
        int[] counts = new int[values.length];
        int number = -1;
        for (int i = 0; i < order.length; i++) {
            if (i == 0 || values[order[i]] != values[order[i - 1]]) {
                number++;
            }
            numbers[order[i]] = number;
            counts[number]++;
        }
        sizes = Arrays.copyOf(counts, number + 1);
    }

    /** The rank of each value from 1, equal values sharing the mean of theirs. */
    double[] means() {
        double[] means = new double[sizes.length];
        double lower = 0;
        for (int i = 0; i < sizes.length; i++) {
            means[i] = lower + (sizes[i] + 1) / 2.0;
            lower += sizes[i];
        }
        double[] ranks = new double[numbers.length];
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = means[numbers[i]];
        }
        return ranks;
    }

    /** The share of all orders of the places in which each has the value that it has: 1 / n! without ties. */
    double share() {
        double share = 1;
        int lower = 0;
        for (int size : sizes) {
            for (int i = 1; i <= size; i++) {
                share *= (double) i / ++lower;
            }
        }
        return share;
    }

    boolean tied() {
        return sizes.length < numbers.length;
    }
}
