package dev.evalstore.job;

import dev.evalstore.Lease;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Receives events about a runner's jobs, for a host that keeps metrics or traces; see {@link
 * JobRunner.Builder#listener}. Its methods are called on the runner's threads and must be quick and thread-safe.
 * Whatever they throw is logged and changes nothing.
 */
public interface RunnerListener {
    /** How a handler's run ended. */
    enum End {
        /** With a result; its outcome is stored now or soon after. */
        COMPLETED,
        /** With an error; the job is retried, or has failed. */
        FAILED,
        /** It stopped because the job was cancelled. */
        CANCELLED,
        /** The handler snoozed the job. */
        SNOOZED,
        /** The runner closed before the handler had ended, and returned the job to the queue. */
        RELEASED,
        /** The job's time was up before the handler had ended. */
        TIMED_OUT,
        /** The worker was declared dead before the handler had ended. */
        LOST
    }

    /**
     * All of these as one. Each hears of everything, whatever another throws: in the given order, and of an end in the
     * reverse order, so that what a listener opens at a start closes inside of what the ones before it opened.
     */
    static RunnerListener all(RunnerListener... listeners) {
        return new RunnerListeners(List.of(listeners));
    }

    /** The runner has claimed a job, which waits for a slot. Called by the thread that claims. */
    default void claimed(ClaimedJob job) {}

    /** A job's handler begins, on the calling thread. */
    default void started(ClaimedJob job) {}

    /**
     * A job's handler has ended, on the calling thread: once for each call of {@link #started}, on the same thread. A
     * handler that never returns never ends.
     *
     * @param time from its start
     * @param failure what it threw, or why its payload or its result could not be used; null otherwise
     */
    default void ended(ClaimedJob job, End end, Duration time, @Nullable Throwable failure) {}

    /**
     * A lease was lost, by any thread: its time was up, its worker was declared dead, or its outcome was refused for
     * either reason. What the job's handler does next does not count, and the job may be running elsewhere.
     */
    default void lost(Lease lease) {}
}
