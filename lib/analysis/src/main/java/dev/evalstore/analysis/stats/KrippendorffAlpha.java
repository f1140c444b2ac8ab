package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Krippendorff's alpha: how far raters agree on the category of the same items, beyond what chance brings about. Any
 * number of raters, not all of whom judged every item; an item with fewer than two ratings tells nothing and is left out.
 * 1 is full agreement, 0 is that of chance.
 *
 * <p>The interval is drawn: items with all their ratings, with replacement, and its ends are quantiles of the alphas of
 * the resamples. It does not hang on the order of the items. A resample of one category only has no alpha; so as not to
 * make the interval too short, it counts as -1 for the lower end and as 1 for the upper end.
 *
 * <p>If no two ratings of different categories remain, alpha is not defined: it is NaN, {@link #defined} is false and the
 * interval is from -1 to 1. With one item the interval is that too, and alpha is 0 if its ratings differ.
 *
 * <p>Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011.
 *
 * @param alpha from -1 to 1; NaN where it is not defined
 * @param interval the confidence interval of alpha
 * @param observed the mean distance of two ratings of one item, in squares of the scale
 * @param expected the mean distance of any two ratings
 * @param items how many have two ratings or more
 * @param ratings how many these have
 * @param singles how many items have one rating or none, and are left out
 */
public record KrippendorffAlpha(
        double alpha, Interval interval, double observed, double expected, int items, long ratings, int singles) {
    /** The maximum number of categories. */
    public static final int MAX_CATEGORIES = 100;

    /** What is known of the categories. */
    public enum Scale {
        /** They differ. */
        NOMINAL,

        /** They have an order: the distance of two is the number of ratings between them. */
        ORDINAL,

        /** They are as far from each other as their numbers are. */
        INTERVAL
    }

    /**
     * Of counts.
     *
     * @param counts for each item, how many raters gave it each category, in the categories' order
     * @param confidence of the interval, between 0 and 1
     * @throws IllegalArgumentException if there is no item, no category or more than {@value #MAX_CATEGORIES}, an item has another
     *     number of categories, a count is negative, or confidence is out of bounds
     */
    public static KrippendorffAlpha of(int[][] counts, Scale scale, double confidence, Resampling resampling) {
        Objects.requireNonNull(scale, "scale");
        Inputs.fraction("confidence", confidence);
        Objects.requireNonNull(resampling, "resampling");
        RatingCounts.check(counts);
        Inputs.range("the number of counts' categories", counts[0].length, 1, MAX_CATEGORIES);
        // Items with the same counts are one pattern: what is summed for each resample is patterns, not items.
        Map<IntBuffer, Integer> byPattern = new TreeMap<>();
        int items = 0;
        for (int[] item : counts) {
            if (RatingCounts.sum(item) > 1) {
                byPattern.merge(IntBuffer.wrap(item), 1, Integer::sum);
                items++;
            }
        }
        Pattern[] patterns = byPattern.keySet().stream()
                .map(pattern -> Pattern.of(pattern.array()))
                .toArray(Pattern[]::new);
        int[] times = byPattern.values().stream().mapToInt(Integer::intValue).toArray();
        Distances all = Distances.of(patterns, times, counts[0].length, scale);
        // One item's ratings are all there are, so they differ as any do; rounding would say nearly.
        double alpha = items == 1 && all.expected() > 0 ? 0 : all.alpha();
        Interval interval = Double.isNaN(alpha) || items < 2
                ? new Interval(-1, 1, confidence)
                : interval(patterns, times, items, counts[0].length, scale, confidence, resampling);
        long ratings = byPattern.entrySet().stream()
                .mapToLong(e -> RatingCounts.sum(e.getKey().array()) * e.getValue())
                .sum();
        return new KrippendorffAlpha(
                alpha, interval, all.observed(), all.expected(), items, ratings, counts.length - items);
    }

    /** Whether the ratings tell anything of alpha. */
    public boolean defined() {
        return !Double.isNaN(alpha);
    }

    private static Interval interval(
            Pattern[] patterns,
            int[] times,
            int items,
            int categories,
            Scale scale,
            double confidence,
            Resampling resampling) {
        int[] patternOf = new int[items];
        int item = 0;
        for (int pattern = 0; pattern < times.length; pattern++) {
            Arrays.fill(patternOf, item, item + times[pattern], pattern);
            item += times[pattern];
        }
        Draws draws = resampling.draws();
        double[] alphas = new double[resampling.resamples()];
        int[] drawn = new int[times.length];
        for (int i = 0; i < alphas.length; i++) {
            Arrays.fill(drawn, 0);
            for (int k = 0; k < items; k++) {
                drawn[patternOf[draws.below(items)]]++;
            }
            alphas[i] = Distances.of(patterns, drawn, categories, scale).alpha();
        }
        double tail = (1 - confidence) / 2;
        return new Interval(
                Resamples.quantile(sorted(alphas, -1), tail),
                Resamples.quantile(sorted(alphas, 1), 1 - tail),
                confidence);
    }

    private static double[] sorted(double[] alphas, double unknown) {
        double[] sorted = new double[alphas.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = Double.isNaN(alphas[i]) ? unknown : Math.max(-1, Math.min(1, alphas[i]));
        }
        Arrays.sort(sorted);
        return sorted;
    }

    /**
     * How often two categories meet in one item, each rating with each other one, weighted so that each rating counts
     * once. Only of categories that the item has.
     */
    private record Pattern(int[] cells, double[] coincidences) {
        static Pattern of(int[] counts) {
            int[] given =
                    IntStream.range(0, counts.length).filter(i -> counts[i] > 0).toArray();
            double others = RatingCounts.sum(counts) - 1.0;
            int[] cells = new int[given.length * given.length];
            double[] coincidences = new double[cells.length];
            int cell = 0;
            for (int i : given) {
                for (int j : given) {
                    cells[cell] = i * counts.length + j;
                    coincidences[cell++] = counts[i] * (double) (counts[j] - (i == j ? 1 : 0)) / others;
                }
            }
            return new Pattern(cells, coincidences);
        }
    }

    /** The mean distances of ratings of one item, and of any. */
    private record Distances(double observed, double expected) {
        static Distances of(Pattern[] patterns, int[] times, int categories, Scale scale) {
            double[] met = new double[categories * categories];
            for (int k = 0; k < patterns.length; k++) {
                int[] cells = patterns[k].cells();
                for (int i = 0; i < cells.length; i++) {
                    met[cells[i]] += times[k] * patterns[k].coincidences()[i];
                }
            }
            double[] totals = new double[categories];
            double all = 0;
            for (int i = 0; i < met.length; i++) {
                totals[i / categories] += met[i];
                all += met[i];
            }
            double observed = 0;
            double expected = 0;
            for (int i = 0; i < categories; i++) {
                double between = -totals[i] / 2;
                for (int j = i; j < categories; j++) {
                    between += totals[j];
                    double distance = switch (scale) {
                        case NOMINAL -> i == j ? 0 : 1;
                        case ORDINAL -> i == j ? 0 : between - totals[j] / 2;
                        case INTERVAL -> j - i;
                    };
                    observed += 2 * distance * distance * met[i * categories + j] / all;
                    expected += 2 * distance * distance * totals[i] / all * totals[j] / (all - 1);
                }
            }
            return new Distances(observed, expected);
        }

        double alpha() {
            return expected > 0 ? 1 - observed / expected : Double.NaN;
        }
    }
}
