package dev.evalstore.exchange;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A user's report of running a submission again, and how others vote on it.
 *
 * @param verifierId the user; neither the submitter nor, then, a member of the submission's organization
 * @param reproduced whether the result came out again
 * @param reproducedScore the aggregate score that came out, or null
 * @param environmentDescription where it was run again, in words
 * @param environmentHash the SHA-256 of the canonical form of that environment, in hexadecimal, or null
 * @param evidenceUrl where logs and outputs of the run are, or null
 * @param notes what the verifier says about it; empty for nothing
 * @param up the number of votes for it
 * @param down the number of votes against it
 * @param flagged whether moderators are asked to look at it; while it is, its votes raise nothing
 * @param review what a moderator decided last, or null for nothing
 * @param reviewedBy the moderator, or null when not reviewed, or the user was removed
 * @param reviewedAt when it was reviewed last, or null
 * @param reviewNotes why the moderator decided so, or null
 * @param reachedAt when its votes reached the threshold, or null until then; that counts once
 */
public record CommunityVerification(
        UUID id,
        UUID submissionId,
        UUID verifierId,
        boolean reproduced,
        @Nullable Double reproducedScore,
        String environmentDescription,
        @Nullable String environmentHash,
        @Nullable String evidenceUrl,
        String notes,
        int up,
        int down,
        boolean flagged,
        @Nullable VerificationReview review,
        @Nullable UUID reviewedBy,
        @Nullable Instant reviewedAt,
        @Nullable String reviewNotes,
        @Nullable Instant reachedAt,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "CommunityVerification[id=" + id + ", submissionId=" + submissionId + ", verifierId=" + verifierId
                + ", reproduced=" + reproduced + ", up=" + up + ", down=" + down + ", flagged=" + flagged + ", review="
                + review + "]";
    }
}
