package dev.evalstore.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that has ended.
 *
 * @param attempt its number, from 1
 * @param token its lease's token
 * @param worker the generation of its worker
 * @param startedAt when it was claimed
 * @param endedAt when it ended
 * @param outcome how it ended
 * @param error the reason, or null
 * @param usage the tokens and the money that it used
 */
public record JobAttempt(
        int attempt,
        long token,
        long worker,
        Instant startedAt,
        Instant endedAt,
        Outcome outcome,
        @Nullable String error,
        Usage usage) {
    /** How an attempt ended. */
    public enum Outcome {
        /** With a result. */
        COMPLETED,
        /** With an error. */
        FAILED,
        /** It ran past its timeout. */
        TIMED_OUT,
        /** Its worker left, or was declared dead. */
        LOST,
        /** The job was cancelled. */
        CANCELLED
    }
}
