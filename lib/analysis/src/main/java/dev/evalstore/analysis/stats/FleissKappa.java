package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;

/**
 * Fleiss' kappa: how far several raters agree on the category of the same items, beyond what chance brings about. Each
 * item has the same number of raters; they need not be the same ones. Where the numbers differ, take {@link
 * KrippendorffAlpha}.
 *
 * <p>Assumes that items are independent; categories have no order. If every rating is the same single category, chance
 * agrees as fully and kappa is not defined: it is NaN, as are z and p, and {@link #defined} is false.
 *
 * <p>Sources: J. L. Fleiss, Measuring nominal scale agreement among many raters, 1971; the standard error if only chance
 * agrees by J. L. Fleiss, J. Nee and J. R. Landis, Large sample variance of kappa in the case of different sets of raters,
 * 1979. For an interval, {@link KrippendorffAlpha} has one that is drawn.
 *
 * @param kappa at most 1; NaN where it is not defined
 * @param errorOfChance the standard error that kappa has if only chance agrees
 * @param z kappa over that error
 * @param p of the test that only chance agrees, two-sided
 * @param observed the mean share of the pairs of an item's raters who agree
 * @param expected the share that chance brings about
 * @param items how many
 * @param raters how many each item has
 */
public record FleissKappa(
        double kappa,
        double errorOfChance,
        double z,
        double p,
        double observed,
        double expected,
        int items,
        int raters) {
    /**
     * Of counts.
     *
     * @param counts for each item, how many raters gave it each category
     * @throws IllegalArgumentException if there is no item or category, an item has another number of raters than the
     *     first, fewer than two or another number of categories, or a count is negative
     */
    public static FleissKappa of(int[][] counts) {
        RatingCounts.check(counts);
        long raters = RatingCounts.sum(counts[0]);
        Inputs.range("the number of counts' raters", raters, 2, Integer.MAX_VALUE);
        double[] totals = new double[counts[0].length];
        double agreeing = 0;
        for (int item = 0; item < counts.length; item++) {
            if (RatingCounts.sum(counts[item]) != raters) {
                throw new IllegalArgumentException(
                        "counts must have as many raters for each item, and have not at index " + item);
            }
            for (int category = 0; category < totals.length; category++) {
                double count = counts[item][category];
                totals[category] += count;
                agreeing += count * (count - 1);
            }
        }
        int items = counts.length;
        double pairs = (double) raters * (raters - 1);
        double observed = agreeing / (items * pairs);
        double apart = 0;
        double cubes = 0;
        for (double total : totals) {
            double share = total / ((double) items * raters);
            apart += share * (1 - share);
            cubes += share * (1 - share) * (1 - 2 * share);
        }
        // Of one category both are 0, and what follows is NaN.
        double kappa = 1 - (1 - observed) / apart;
        double error = Math.sqrt(2 * (apart * apart - cubes) / (items * pairs)) / apart;
        double z = kappa / error;
        double p = Tails.p(Hypothesis.TWO_SIDED, Tails.NORMAL, z);
        return new FleissKappa(kappa, error, z, p, observed, 1 - apart, items, (int) raters);
    }

    /** Whether the ratings tell anything of kappa. */
    public boolean defined() {
        return !Double.isNaN(kappa);
    }
}
