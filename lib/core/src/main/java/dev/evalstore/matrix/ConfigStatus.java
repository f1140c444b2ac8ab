package dev.evalstore.matrix;

/** The state of a config. */
public enum ConfigStatus {
    /** May be claimed. */
    PENDING,
    /** A worker owns it. */
    RUNNING,
    /** Ended with a result. */
    COMPLETED,
    /** Ended without a result: its attempts are spent. */
    FAILED
}
