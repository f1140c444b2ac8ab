package dev.evalstore.analysis.stats;

/** What the {@link Wilcoxon} test does with differences of zero. */
public enum Zeros {
    /** Leave them out before ranking (Wilcoxon 1945). Many zeros make the result look surer than it is. */
    WILCOX,

    /**
     * Rank them with the others, then leave their ranks out of both sums (Pratt 1959); the normal approximation is
     * corrected as by Cureton (1967).
     */
    PRATT,

    /** Rank them with the others, and add half of their ranks to each sum. */
    SPLIT
}
