package dev.evalstore.state;

import java.time.Duration;

/**
 * What one {@code Database} did with a namespace since it was opened; transactions count whether or not they were committed.
 *
 * @param gets keys looked up, found or not
 * @param puts entries written
 * @param deletes entries removed
 * @param bytesRead bytes of the keys and values that were read
 * @param bytesWritten bytes of the keys and values that were sent
 * @param retries how often a statement or transaction was sent again after a failure that passed
 * @param reads calls that read
 * @param readTime the time that they took in all, retries and the wait for a connection included
 * @param slowestRead the longest of them
 * @param writes calls that wrote
 * @param writeTime the time that they took in all, likewise
 * @param slowestWrite the longest of them
 */
public record StateStats(
        long gets,
        long puts,
        long deletes,
        long bytesRead,
        long bytesWritten,
        long retries,
        long reads,
        Duration readTime,
        Duration slowestRead,
        long writes,
        Duration writeTime,
        Duration slowestWrite) {
    /** The mean time of a call that read; zero before the first. */
    public Duration meanRead() {
        return reads == 0 ? Duration.ZERO : readTime.dividedBy(reads);
    }

    /** The mean time of a call that wrote; zero before the first. */
    public Duration meanWrite() {
        return writes == 0 ? Duration.ZERO : writeTime.dividedBy(writes);
    }
}
