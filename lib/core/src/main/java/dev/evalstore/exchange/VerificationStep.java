package dev.evalstore.exchange;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One step of a verification, as far as it is.
 *
 * @param step its number in the verification, from 1
 * @param output what came of it, in the verifier's shape, or null
 * @param error why it failed, or null
 * @param startedAt when it started, by the verifier's clock, or null
 * @param completedAt when it ended, by the verifier's clock, or null
 * @param createdAt when it was first recorded
 */
public record VerificationStep(
        UUID verificationId,
        int step,
        String name,
        VerificationStepStatus status,
        @Nullable Json output,
        @Nullable String error,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        Instant createdAt,
        Instant updatedAt) {}
