package dev.evalstore.job;

/**
 * Why a job is not running.
 *
 * @param reason the first reason that applies
 * @param detail one sentence about it, for people
 */
public record WhyNotRunning(Reason reason, String detail) {
    /** Reasons, in the order in which they are checked. */
    public enum Reason {
        /** It is running. */
        RUNNING,
        /** It has finished. */
        FINISHED,
        /** Its time has not come. Once it has, the reasons below apply, whether or not a claim has made it ready. */
        SCHEDULED,
        /** Its queue or fair key is paused. */
        PAUSED,
        /** No live worker serves its queue and has its tags. */
        NO_WORKER,
        /** The maximum of jobs of its queue or fair key runs. */
        MAX_RUNNING,
        /** The rate of its queue or fair key is used up. */
        RATE,
        /** Other jobs come first. */
        QUEUED
    }
}
