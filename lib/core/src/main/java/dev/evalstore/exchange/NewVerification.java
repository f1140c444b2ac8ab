package dev.evalstore.exchange;

import dev.evalstore.Json;
import java.util.Objects;
import java.util.UUID;

/**
 * A verification to request.
 *
 * @param submissionId the submission to verify
 * @param kind on whose authority
 * @param config an object of at most 1,000,000 characters: how to verify, as the verifier reads it
 */
public record NewVerification(UUID submissionId, VerificationKind kind, Json config) {
    public NewVerification {
        Objects.requireNonNull(submissionId, "submissionId");
        Objects.requireNonNull(kind, "kind");
        SubmissionRules.storedObject("config", Objects.requireNonNull(config, "config"));
    }

    /** A verification without a config. */
    public static NewVerification of(UUID submissionId, VerificationKind kind) {
        return new NewVerification(submissionId, kind, Json.EMPTY);
    }

    public NewVerification config(Json value) {
        return new NewVerification(submissionId, kind, value);
    }
}
