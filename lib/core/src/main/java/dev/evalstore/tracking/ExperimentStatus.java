package dev.evalstore.tracking;

/** Where an experiment is in its life. It moves forward only; the last three are final. */
public enum ExperimentStatus {
    CREATED,
    RUNNING,
    COMPLETED,
    FAILED,
    /** Ended from created or running at the request of a caller. */
    CANCELLED
}
