package dev.evalstore.governance;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one user says about a proposal. Times are the server's.
 *
 * @param id version 7
 * @param reviewerId the user who was asked; not the one who made the proposal
 * @param decision what the reviewer advises, or null until completed
 * @param summary what the reviewer found, or why it was declined, or null
 * @param submittedAt when it was completed, or null
 */
public record Review(
        UUID id,
        UUID proposalId,
        UUID reviewerId,
        ReviewStatus status,
        @Nullable ReviewDecision decision,
        @Nullable String summary,
        @Nullable Instant submittedAt,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "Review[id=" + id + ", proposalId=" + proposalId + ", reviewerId=" + reviewerId + ", status=" + status
                + ", decision=" + decision + "]";
    }
}
