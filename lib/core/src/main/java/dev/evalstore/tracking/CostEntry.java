package dev.evalstore.tracking;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a request to a model cost. It never changes once it is stored. What it was spent on is named by id and may be gone: what
 * was spent stays.
 *
 * @param id version 7
 * @param provider the service that serves the model
 * @param inputTokens tokens of the prompt
 * @param outputTokens tokens of the answer
 * @param costUsd US dollars, nine decimals
 * @param requestedAt when the model was asked
 * @param experimentId the experiment that it was spent on, or null
 * @param evaluationId the evaluation that it was spent on, or null
 * @param jobId the job that it was spent by, or null
 * @param metadata anything else, or null
 * @param createdAt when it was stored, by the server's clock
 */
public record CostEntry(
        UUID id,
        String provider,
        String model,
        long inputTokens,
        long outputTokens,
        BigDecimal costUsd,
        Instant requestedAt,
        @Nullable UUID experimentId,
        @Nullable UUID evaluationId,
        @Nullable UUID jobId,
        @Nullable Json metadata,
        Instant createdAt) {}
