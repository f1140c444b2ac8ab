package dev.evalstore.benchmark;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One run of a model on a dataset. Times are the server's.
 *
 * @param id version 7
 * @param name the name that people read
 * @param description more about the run, or null
 * @param provider the service that serves the model
 * @param dataset the dataset that the model runs on
 * @param totalIterations how many iterations are planned; 0 when that is not known
 * @param completedIterations how many iterations succeeded so far
 * @param failedIterations how many iterations failed so far
 * @param results the outcome of a completed run, or null
 * @param metrics figures over the whole run, or null
 * @param error why the run failed, or null
 * @param completedAt when the run was completed, failed or cancelled, or null
 */
public record Benchmark(
        UUID id,
        String name,
        @Nullable String description,
        String provider,
        String model,
        String dataset,
        BenchmarkStatus status,
        int totalIterations,
        int completedIterations,
        int failedIterations,
        @Nullable Json results,
        @Nullable Json metrics,
        @Nullable String error,
        @Nullable UUID createdBy,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        Instant updatedAt) {}
