package dev.evalstore.exchange;

import dev.evalstore.Json;
import org.jspecify.annotations.Nullable;

/**
 * What a verifier found.
 *
 * @param success whether the verifier confirms the submission
 * @param reproducedScore the score that the verifier got
 * @param scoreDifference that score less the submission's aggregate score
 * @param environmentMatch whether the verifier's environment was that of the submission
 * @param confidence how sure the verifier is, 0 to 1, or null
 * @param details what else the verifier found, in its own shape, or null
 */
public record VerificationResult(
        boolean success,
        double reproducedScore,
        double scoreDifference,
        boolean environmentMatch,
        @Nullable Double confidence,
        @Nullable Json details) {}
