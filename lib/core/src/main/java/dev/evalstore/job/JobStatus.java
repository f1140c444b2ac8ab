package dev.evalstore.job;

/** A job's status, which follows from the table of the queue that holds the job. */
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
