package dev.evalstore.tracking;

/** What an experiment does. */
public enum ExperimentKind {
    /** Tunes a model. */
    FINE_TUNING,
    /** Asks a model, and scores its answers. */
    EVALUATION,
    /** Sets several models or settings against each other. */
    COMPARISON
}
