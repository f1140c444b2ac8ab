package dev.evalstore.benchmark;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One run of a model on a dataset. Times are the server's.
 *
 * @param id version 7
 * @param name what people call it
 * @param description more about it, or null
 * @param provider who serves the model
 * @param model the model
 * @param dataset what it is run on
 * @param status where it is in its life
 * @param totalIterations how many iterations are planned; 0 when that is not known
 * @param completedIterations how many went well so far
 * @param failedIterations how many did not
 * @param results what came out, or null
 * @param metrics figures over the whole run, or null
 * @param error why it failed, or null
 * @param createdBy the user who created it, or null
 * @param createdAt when it was created
 * @param startedAt when it was started, or null
 * @param completedAt when it was completed, failed or cancelled, or null
 * @param updatedAt when it was last changed
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
