package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a verifier found; see {@link VerificationResult}.
 *
 * @param success whether the verifier confirms the submission
 * @param reproducedScore the score that the verifier got, -1e300 to 1e300
 * @param environmentMatch whether the verifier's environment was that of the submission
 * @param confidence how sure the verifier is, 0 to 1, or null
 * @param details an object of at most 1,000,000 characters: what else the verifier found, or null
 * @param attestation by what the verifier vouches for it
 */
public record NewVerificationResult(
        boolean success,
        double reproducedScore,
        boolean environmentMatch,
        @Nullable Double confidence,
        @Nullable Json details,
        AttestationEvidence attestation) {
    public NewVerificationResult {
        Check.figureOrNull("reproducedScore", reproducedScore);
        if (confidence != null && !(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence must be from 0 to 1");
        }
        SubmissionRules.storedObject("details", details);
        Objects.requireNonNull(attestation, "attestation");
    }

    /** The submission is confirmed: it rises to the level of the verification's kind. */
    public static NewVerificationResult confirmed(double reproducedScore, boolean environmentMatch) {
        return new NewVerificationResult(true, reproducedScore, environmentMatch, null, null, AttestationEvidence.NONE);
    }

    /** Another score came out: the submission keeps its level. */
    public static NewVerificationResult refuted(double reproducedScore, boolean environmentMatch) {
        return new NewVerificationResult(
                false, reproducedScore, environmentMatch, null, null, AttestationEvidence.NONE);
    }

    public NewVerificationResult confidence(double value) {
        return new NewVerificationResult(success, reproducedScore, environmentMatch, value, details, attestation);
    }

    public NewVerificationResult details(Json value) {
        return new NewVerificationResult(success, reproducedScore, environmentMatch, confidence, value, attestation);
    }

    public NewVerificationResult attestation(AttestationEvidence value) {
        return new NewVerificationResult(success, reproducedScore, environmentMatch, confidence, details, value);
    }
}
