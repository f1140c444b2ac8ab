package dev.evalstore.analysis.stats;

import java.util.HashMap;
import java.util.Map;

/** The sums and sizes of clusters, in the order in which clusters appear first. */
final class Clusters {
    private final double[] sums;
    private final int[] sizes;

    private Clusters(double[] sums, int[] sizes) {
        this.sums = sums;
        this.sizes = sizes;
    }

    /** Of the values without a centre. */
    static Clusters of(double[] values, int[] clusters, double centre) {
        Map<Integer, Integer> places = new HashMap<>();
        int[] at = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            Integer place = places.putIfAbsent(clusters[i], places.size());
            at[i] = place == null ? places.size() - 1 : place;
        }
        double[] sums = new double[places.size()];
        int[] sizes = new int[places.size()];
        for (int i = 0; i < values.length; i++) {
            sums[at[i]] += values[i] - centre;
            sizes[at[i]]++;
        }
        return new Clusters(sums, sizes);
    }

    int size() {
        return sums.length;
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
