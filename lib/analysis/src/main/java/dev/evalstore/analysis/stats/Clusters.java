package dev.evalstore.analysis.stats;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.numbers.core.Sum;

/** The sums and sizes of clusters, in the order in which clusters appear first. */
final class Clusters {
    private final double[] sums;
    private final int[] sizes;

    private Clusters(double[] sums, int[] sizes) {
        this.sums = sums;
        this.sizes = sizes;
    }

    static Clusters of(double[] values, int[] clusters) {
        if (Objects.requireNonNull(clusters, "clusters").length != values.length) {
            throw new IllegalArgumentException("clusters must have as many entries as values");
        }
        Map<Integer, Integer> places = new HashMap<>();
        int[] at = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            Integer place = places.putIfAbsent(clusters[i], places.size());
            at[i] = place == null ? places.size() - 1 : place;
        }
        Sum[] sums = new Sum[places.size()];
        Arrays.setAll(sums, i -> Sum.create());
        int[] sizes = new int[sums.length];
        for (int i = 0; i < values.length; i++) {
            sums[at[i]].add(values[i]);
            sizes[at[i]]++;
        }
        return new Clusters(Arrays.stream(sums).mapToDouble(Sum::getAsDouble).toArray(), sizes);
    }

    int size() {
        return sums.length;
    }

    double[] sums() {
        return sums.clone();
    }

    /** Whether the clusters' means do not vary beyond rounding, where they are made of figures as large as {@code size}. */
    boolean constant(double size) {
        double[] means = new double[sums.length];
        Arrays.setAll(means, i -> sums[i] / sizes[i]);
        return Samples.constant(means, size);
    }

    /** The mean of all values of as many drawn clusters as there are. */
    double drawMean(Draws draws) {
        double sum = 0;
        long count = 0;
        for (int i = 0; i < sums.length; i++) {
            int drawn = draws.below(sums.length);
            sum += sums[drawn];
            count += sizes[drawn];
        }
        return sum / count;
    }

    /** By how much the mean without a cluster is below the mean of such means. */
    double[] influence() {
        double sum = 0;
        long count = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += sums[i];
            count += sizes[i];
        }
        double[] without = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
            without[i] = (sum - sums[i]) / (count - sizes[i]);
        }
        double mean = Samples.mean(without);
        for (int i = 0; i < sums.length; i++) {
            without[i] = mean - without[i];
        }
        return without;
    }
}
