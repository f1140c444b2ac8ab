package dev.evalstore;

import org.jspecify.annotations.Nullable;

/**
 * Hears of jobs that are enqueued, and says to which trace they belong; see {@link DatabaseOptions#enqueueListener}. It
 * is called on the enqueueing thread, inside its transaction if there is one, so it must be quick and thread-safe.
 * Whatever it throws is logged and changes nothing; jobs then have no trace.
 *
 * <p>Jobs of schedules, and jobs that an event dispatcher enqueues, have no caller: nobody hears of them.
 */
@FunctionalInterface
public interface EnqueueListener {
    /**
     * Jobs are about to be enqueued by one call.
     *
     * @param queue that of all of them, or null where they are of several
     * @param jobType that of all of them, or null where they are of several
     * @param jobs how many, at least one
     * @return what hears of the end, or null for nothing
     */
    @Nullable
    Enqueueing began(@Nullable String queue, @Nullable String jobType, int jobs);

    /** A call that enqueues. Its methods are called on the thread of {@link EnqueueListener#began}, in their order here. */
    interface Enqueueing {
        /** The trace of those jobs that have none of their own, or null. Called once. */
        @Nullable
        TraceContext trace();

        /**
         * The statements have ended. In a transaction the jobs are stored if that commits. Called once.
         *
         * @param failure why they failed, or null
         */
        void ended(@Nullable Throwable failure);
    }
}
