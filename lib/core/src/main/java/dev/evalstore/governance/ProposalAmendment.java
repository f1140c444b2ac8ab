package dev.evalstore.governance;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change of what a proposal proposes. Times are the server's.
 *
 * @param id version 7
 * @param title the change in a line
 * @param description what it changes and why
 * @param changes a merge patch by RFC 7396: members to set in the proposed definition, and null for those to remove
 * @param decidedBy the user who accepted or rejected it, or null
 * @param decidedAt when it was accepted, rejected or withdrawn, or null
 * @param reason why it was accepted or rejected, or null
 * @param createdBy the user who proposed it, or null
 */
public record ProposalAmendment(
        UUID id,
        UUID proposalId,
        String title,
        String description,
        Json changes,
        AmendmentStatus status,
        @Nullable UUID decidedBy,
        @Nullable Instant decidedAt,
        @Nullable String reason,
        @Nullable UUID createdBy,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "ProposalAmendment[id=" + id + ", proposalId=" + proposalId + ", status=" + status + ", createdBy="
                + createdBy + "]";
    }
}
