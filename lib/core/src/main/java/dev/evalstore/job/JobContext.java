package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Tx;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A handler's view of its job. Its methods may be called from any thread while the handler runs.
 *
 * @param <P> the payload's type
 */
public interface JobContext<P> {
    /** The job as it was claimed. */
    Job job();

    /** The lease; its token is a fence for other systems. */
    Lease lease();

    /** The payload. */
    P payload();

    /** The number of this attempt, from 1. */
    default int attempt() {
        return lease().attempt();
    }

    /** The checkpoint that an earlier attempt, or this one, saved last. */
    Optional<Json> lastProgress();

    /**
     * Stores a checkpoint for a later attempt.
     *
     * @throws LeaseLostException if the lease is no longer held: stop
     */
    void saveProgress(Object checkpoint);

    /**
     * Moves the attempt's deadline, here and in the database, to the given time from now, if that is later.
     *
     * @throws IllegalArgumentException if the time is not longer than zero, or longer than 366 days
     * @throws LeaseLostException if the lease is no longer held: stop
     */
    void extend(Duration time);

    /**
     * Whether to stop: the job was cancelled, its time is up, or its worker was declared dead. The thread is also
     * interrupted then.
     */
    boolean isCancelled();

    /** Adds to this attempt's usage, which is stored with its outcome. */
    void recordUsage(long inputTokens, long outputTokens, BigDecimal costUsd);

    /**
     * Completes the job in one commit with the handler's own rows. If the transaction has to be repeated, the work runs
     * again from the beginning. A handler can end with it: {@code return context.complete(tx -> …)}.
     *
     * @return the work's result, which the handler may return in turn
     * @throws LeaseLostException if the lease is no longer held; nothing is stored then
     * @throws X from the work; nothing is stored then, and the job is still running
     */
    <X extends Exception> @Nullable Object complete(Work<X> work) throws X;

    /**
     * Work in the completing transaction.
     *
     * @param <X> the exception that it may throw
     */
    @FunctionalInterface
    interface Work<X extends Exception> {
        /** Writes rows, and returns the job's result for {@code Json.of}, or null. */
        @Nullable
        Object run(Tx tx) throws X;
    }

    /**
     * Ends this attempt, unspent, and schedules the job to the given time from now. A handler can end with it: {@code
     * return context.snooze(…)}.
     *
     * @return null, which the handler may return in turn
     * @throws LeaseLostException if the lease is no longer held
     */
    @Nullable
    Object snooze(Duration delay);
}
