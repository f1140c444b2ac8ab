package dev.evalstore.state;

import java.time.Duration;

/**
 * What one {@code Database} did with a namespace since it was opened; of many namespaces it keeps those used last, at
 * least 10,000. Transactions count whether or not they were committed. Times include retries and the wait for a
 * connection.
 *
 * @param gets keys looked up, found or not
 * @param puts entries written
 * @param deletes entries removed
 * @param bytesRead bytes of the keys and values that were read
 * @param bytesWritten bytes of the keys and values that were sent
 * @param retries how often a statement or transaction was sent again after a transient failure
 * @param reads calls that read
 * @param readTime the sum of their times
 * @param slowestRead the longest of their times
 * @param writes calls that wrote
 * @param writeTime the sum of their times
 * @param slowestWrite the longest of their times
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
        Duration slowestWrite) {}
