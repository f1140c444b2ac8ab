package dev.evalstore.tracking;

/** What a comparison compares. */
public enum ComparisonUnit {
    EXPERIMENT,
    MODEL_VERSION,
    SUBMISSION
}
