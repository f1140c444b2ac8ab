package dev.evalstore.matrix;

/** Where a configuration is in its life. */
public enum ConfigStatus {
    /** May be claimed. */
    PENDING,
    /** A worker owns it. */
    RUNNING,
    /** Ended with a result. */
    COMPLETED,
    /** Ended without one: its attempts are spent. */
    FAILED
}
