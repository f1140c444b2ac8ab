package dev.evalstore.analysis.stats;

/** The alternative hypothesis of a test of a first sample against a second one. */
public enum Hypothesis {
    /** The samples differ, in either direction. */
    TWO_SIDED,

    /** The first sample is lower than the second. */
    LESS,

    /** The first sample is higher than the second. */
    GREATER
}
