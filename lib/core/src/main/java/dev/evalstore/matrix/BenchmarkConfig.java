package dev.evalstore.matrix;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A combination to benchmark. Times are the server's.
 *
 * @param id version 7
 * @param seq its number, in the order of creation
 * @param workloadType the workload
 * @param batchSize requests at a time
 * @param sequenceLength tokens of context
 * @param priorityRank lower first
 * @param status its state
 * @param attempt attempts that have ended
 * @param maxAttempts the maximum number of attempts, after which the config has failed
 * @param error why the last attempt did not succeed, or null
 * @param resultId its current result, or null
 * @param resultDate the current result's day, or null
 * @param workerId the name of the worker that owns it, or null
 * @param startedAt when the attempt under way, or else the last one, was claimed; or null
 * @param completedAt when it was completed or failed, or null
 * @param updatedAt when it was last changed; claims do not change it
 */
public record BenchmarkConfig(
        UUID id,
        long seq,
        UUID modelVersionId,
        UUID hardwareConfigId,
        UUID frameworkId,
        String workloadType,
        int batchSize,
        int sequenceLength,
        int priorityRank,
        ConfigStatus status,
        int attempt,
        int maxAttempts,
        @Nullable String error,
        @Nullable UUID resultId,
        @Nullable LocalDate resultDate,
        @Nullable String workerId,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        Instant updatedAt) {
    /** The combination without its state. */
    public Combination combination() {
        return new Combination(modelVersionId, hardwareConfigId, frameworkId, workloadType, batchSize, sequenceLength);
    }
}
