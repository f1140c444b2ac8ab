package dev.evalstore.analysis.stats;

/**
 * The order of values by size, by sorting their bits eleven at a time, the lowest first (radix sort). It is linear,
 * stable, and says where each value was, which the JDK's sorting of plain numbers does not.
 */
final class Order {
    private static final int BITS = 11;
    private static final int DIGITS = 1 << BITS;
    private static final int PASSES = 6;

    private Order() {}

    /** Where the values stand, from the lowest to the highest; equal values in the order of their places. */
    static int[] of(double[] values) {
        int n = values.length;
        long[] keys = new long[n];
        int[] places = new int[n];
        int[][] counts = new int[PASSES][DIGITS];
        for (int i = 0; i < n; i++) {
            long key = key(values[i]);
            keys[i] = key;
            places[i] = i;
            for (int pass = 0; pass < PASSES; pass++) {
                counts[pass][digit(key, pass)]++;
            }
        }
        long[] otherKeys = new long[n];
        int[] otherPlaces = new int[n];
        for (int pass = 0; pass < PASSES; pass++) {
            int[] ends = counts[pass];
            if (n == 0 || ends[digit(keys[0], pass)] == n) {
                continue;
            }
            starts(ends);
            for (int i = 0; i < n; i++) {
                int to = ends[digit(keys[i], pass)]++;
                otherKeys[to] = keys[i];
                otherPlaces[to] = places[i];
            }
            long[] sortedKeys = otherKeys;
            otherKeys = keys;
            keys = sortedKeys;
            int[] sortedPlaces = otherPlaces;
            otherPlaces = places;
            places = sortedPlaces;
        }
        return places;
    }

    /** A sorted copy in which zero has one sign. */
    static double[] sorted(double[] values) {
        int[] order = of(values);
        double[] sorted = new double[order.length];
        for (int i = 0; i < order.length; i++) {
            sorted[i] = values[order[i]] + 0.0;
        }
        return sorted;
    }

    /** Turns counts into where each digit begins. */
    static void starts(int[] counts) {
        int start = 0;
        for (int i = 0; i < counts.length; i++) {
            int count = counts[i];
            counts[i] = start;
            start += count;
        }
    }

    /** Bits that are in the order of the numbers if they are compared without a sign; zero has one of them. */
    private static long key(double value) {
        long bits = Double.doubleToRawLongBits(value + 0.0);
        return bits ^ ((bits >> (Long.SIZE - 1)) | Long.MIN_VALUE);
    }

    private static int digit(long key, int pass) {
        return (int) (key >>> (pass * BITS)) & (DIGITS - 1);
    }
}
