package dev.evalstore.worker;

/** A worker's state, as its last heartbeat says. */
public enum WorkerStatus {
    /** Registered, no heartbeat yet. */
    STARTING,
    /** Waiting for work. */
    IDLE,
    /** Working. */
    BUSY,
    /** Finishing what it has; claims give it nothing more. */
    DRAINING,
    /** Left, or declared dead; final. */
    OFFLINE
}
