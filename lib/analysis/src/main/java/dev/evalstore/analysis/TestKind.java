package dev.evalstore.analysis;

/** The tests by which a {@link Comparison} decides whether two members differ. All are two-sided and of paired values. */
public enum TestKind {
    /**
     * Student's t of the differences: whether their mean is 0. Assumes that the mean of so many differences is about
     * normal. Where repeats are pairs of their own, by the standard error clustered by item, with one degree of freedom fewer
     * than items.
     */
    PAIRED_T,

    /**
     * Wilcoxon's signed ranks: whether the differences lie evenly around 0. Pairs that are equal are left out; exact for up to
     * 50 others, beyond by the normal distribution with corrections for ties and continuity.
     */
    WILCOXON,

    /** The sign test: whether a difference is as often above 0 as below. Exact; pairs that are equal are left out. */
    SIGN,

    /** McNemar's test of values that are 0 or 1: exact, by the binomial distribution of the pairs that differ. */
    MCNEMAR,

    /** McNemar's test with the mid-p-value, which is less cautious than the exact one. */
    MCNEMAR_MID_P,

    /**
     * Flips the signs of the differences: how often their mean is then as far from 0 as it is. Exact for up to 14 pairs,
     * else by seeded resamples; then no p-value is less than one divided by one more than their number.
     */
    PERMUTATION
}
