package dev.evalstore.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One repetition of the run that a verifier made.
 *
 * @param attempt its number in the verification, from 1
 * @param score the score that it got, or null where it crashed
 * @param duration how long it took
 * @param environmentHash the SHA-256 of the environment it ran in, 64 hexadecimal digits, or null
 * @param success whether it confirms the submission
 * @param error why it does not, or null
 * @param logsUrl where its logs are, or null
 * @param startedAt when it started, by the verifier's clock
 * @param completedAt when it ended, by the verifier's clock
 */
public record VerificationAttempt(
        UUID verificationId,
        int attempt,
        @Nullable Double score,
        Duration duration,
        @Nullable String environmentHash,
        boolean success,
        @Nullable String error,
        @Nullable String logsUrl,
        Instant startedAt,
        Instant completedAt,
        Instant createdAt) {}
