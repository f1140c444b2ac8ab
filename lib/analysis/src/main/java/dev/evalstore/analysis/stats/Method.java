package dev.evalstore.analysis.stats;

/** How the p-value of a rank test is computed. */
public enum Method {
    /** Exact for small samples, by the normal approximation for others; each test says from where. */
    AUTO,

    /** From the distribution of the statistic itself; refused where a test does not have it. */
    EXACT,

    /** By the normal approximation, its variance corrected for ties. */
    ASYMPTOTIC
}
