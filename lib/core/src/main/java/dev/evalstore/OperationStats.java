package dev.evalstore;

import java.time.Duration;

/**
 * How often one kind of statement ran on this {@link Database}, since it was opened.
 *
 * @param name the operation, such as {@code benchmarks.create}
 * @param calls how often the statement was sent, retries included
 * @param failures how many calls failed
 * @param total the total time, without the wait for a connection
 */
public record OperationStats(String name, long calls, long failures, Duration total) {
    /** The mean time of a call. */
    public Duration mean() {
        return calls == 0 ? Duration.ZERO : total.dividedBy(calls);
    }
}
