package dev.evalstore.matrix;

import dev.evalstore.Json;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The result of an inference benchmark. Never changed once stored. A figure that was not measured is null. Times are the
 * server's.
 *
 * @param id version 7
 * @param benchmarkDate the day (UTC) of the measurement
 * @param configId the config that asked for it, or null
 * @param workloadType the kind of requests
 * @param batchSize requests at a time
 * @param sequenceLength tokens of context
 * @param ttftP50Ms time to the first token in milliseconds, median
 * @param ttftP90Ms time to the first token in milliseconds, 90th percentile
 * @param ttftP99Ms time to the first token in milliseconds, 99th percentile
 * @param tpotP50Ms time for each further token in milliseconds, median
 * @param tpotP90Ms time for each further token in milliseconds, 90th percentile
 * @param tpotP99Ms time for each further token in milliseconds, 99th percentile
 * @param throughputTokensSec tokens written a second by all streams together
 * @param rpsSustained requests answered a second
 * @param accuracyScore higher is better
 * @param gpuUtilizationPct 0 to 100
 * @param memoryUsedGb decimal GB of VRAM at the peak
 * @param detailedMetrics anything else, or null
 */
public record BenchmarkResult(
        UUID id,
        LocalDate benchmarkDate,
        @Nullable UUID configId,
        UUID modelVersionId,
        UUID hardwareConfigId,
        UUID frameworkId,
        String workloadType,
        int batchSize,
        int sequenceLength,
        @Nullable Double ttftP50Ms,
        @Nullable Double ttftP90Ms,
        @Nullable Double ttftP99Ms,
        @Nullable Double tpotP50Ms,
        @Nullable Double tpotP90Ms,
        @Nullable Double tpotP99Ms,
        @Nullable Double throughputTokensSec,
        @Nullable Double rpsSustained,
        @Nullable Double accuracyScore,
        @Nullable Double gpuUtilizationPct,
        @Nullable Double memoryUsedGb,
        @Nullable Json detailedMetrics,
        Instant createdAt) {}
