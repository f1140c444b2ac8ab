package dev.evalstore.exchange;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An independent repetition of a submission, by a worker or a person. Times are the server's.
 *
 * @param id version 7
 * @param seq its number, in the order of requests
 * @param kind on whose authority it is done, and so which level it gives
 * @param config how to verify, as the verifier reads it
 * @param losses how many workers were lost or ran out of time with it; after five it has failed
 * @param verifierId the person who is at it or ended it; null for a worker, for nobody, and after the user was removed
 * @param verifierLabel the name of the person or the worker, or null for nobody; stays when the user is removed
 * @param startedAt when the one who is at it or ended it claimed it, or null
 * @param deadline when the claim under way runs out of time, or null
 * @param completedAt when it was completed, had failed or was cancelled, or null
 * @param result what the verifier found; null exactly where it is not completed
 * @param attestation by what the verifier vouches for the result
 * @param failureReason why there is no result; given exactly where it has failed
 * @param updatedAt when it was last changed; claims do not change it
 */
public record Verification(
        UUID id,
        long seq,
        UUID submissionId,
        VerificationKind kind,
        VerificationStatus status,
        Json config,
        int losses,
        @Nullable UUID verifierId,
        @Nullable String verifierLabel,
        @Nullable Instant startedAt,
        @Nullable Instant deadline,
        @Nullable Instant completedAt,
        @Nullable VerificationResult result,
        AttestationEvidence attestation,
        @Nullable String failureReason,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "Verification[id=" + id + ", submissionId=" + submissionId + ", kind=" + kind + ", status=" + status
                + "]";
    }
}
