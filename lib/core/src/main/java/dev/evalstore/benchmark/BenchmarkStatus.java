package dev.evalstore.benchmark;

/** A run's place in its life: pending, running, then completed or failed; cancelled from pending or running. */
public enum BenchmarkStatus {
    /** Created, not started. */
    PENDING,
    /** Started. */
    RUNNING,
    /** Ended with results. */
    COMPLETED,
    /** Ended with an error. */
    FAILED,
    /** Cancelled before it ended. */
    CANCELLED
}
