package dev.evalstore;

import java.time.Duration;

/**
 * How often one kind of statement ran on this {@link Database}, since it was opened.
 *
 * @param name the operation, such as {@code insert benchmarks}
 * @param calls how often it was sent, repetitions included
 * @param failures how many of them failed
 * @param total the time spent in all, waiting for a connection not included
 */
public record OperationStats(String name, long calls, long failures, Duration total) {
    /** The mean time of a call. */
    public Duration mean() {
        return calls == 0 ? Duration.ZERO : total.dividedBy(calls);
    }
}
