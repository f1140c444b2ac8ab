package dev.evalstore.job;

/**
 * Why a job is not running.
 *
 * @param reason the first thing that keeps it
 * @param detail one sentence about it, for people
 */
public record WhyNotRunning(Reason reason, String detail) {
    /** What may keep a job. The order is that in which they are looked at. */
    public enum Reason {
        /** It is running. */
        RUNNING,
        /** It has ended. */
        FINISHED,
        /** Its time has not come. Once it has, the reasons below apply, whether or not a claim has made it ready. */
        SCHEDULED,
        /** Its queue or fair key is paused. */
        PAUSED,
        /** No live worker serves its queue and has its tags. */
        NO_WORKER,
        /** As many jobs of its queue or fair key run as may. */
        MAX_RUNNING,
        /** As many jobs of its queue or fair key began lately as may. */
        RATE,
        /** Others come first. */
        QUEUED
    }
}
