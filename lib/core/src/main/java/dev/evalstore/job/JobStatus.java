package dev.evalstore.job;

/** Where a job is; it follows from which of the queue's tables holds it. */
public enum JobStatus {
    /** Ready, or waiting for its time. */
    PENDING,
    /** Owned by a worker. */
    RUNNING,
    /** Ended with a result. */
    COMPLETED,
    /** Ended with an error and no retries left. */
    FAILED,
    /** Cancelled. */
    CANCELLED
}
