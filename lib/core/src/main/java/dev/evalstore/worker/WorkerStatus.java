package dev.evalstore.worker;

/** What a worker is doing, as its last heartbeat said. */
public enum WorkerStatus {
    /** Registered, no heartbeat yet. */
    STARTING,
    /** Waiting for work. */
    IDLE,
    /** Working. */
    BUSY,
    /** Finishing what it has; it is given nothing more. */
    DRAINING,
    /** Left, or declared gone; final. */
    OFFLINE
}
