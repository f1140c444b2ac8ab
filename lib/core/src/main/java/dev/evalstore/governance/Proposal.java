package dev.evalstore.governance;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change that members decide on by votes. Times are the server's.
 *
 * <p>Once its voting has ended, a proposal is closed by the stored votes, whoever closes it and whenever: with less power
 * than the quorum, abstentions included, it is rejected as {@link ProposalOutcome#QUORUM_NOT_MET}. Otherwise it is approved
 * if {@code votesFor >= threshold * (votesFor + votesAgainst)}, computed exactly, and there is a vote for or against it; and
 * rejected if not.
 *
 * @param id version 7
 * @param title the change in a line
 * @param description what is to change
 * @param rationale why; of a deprecation, what users are told
 * @param definitionId the definition that is to change; of a new benchmark the one that was created, null until it is
 *     implemented; of a policy null
 * @param proposedDefinition of a new benchmark and of an update, as {@link ProposedDefinition} describes it; otherwise null
 * @param votingStartsAt from when on votes count, or null before the voting is opened
 * @param votingEndsAt until when votes count, not included, or null before the voting is opened
 * @param votesFor the sum of the power of the votes that approve
 * @param votesAgainst the sum of the power of the votes that reject
 * @param votesAbstain the sum of the power of the others
 * @param quorum so much power must vote
 * @param threshold the share of the power for and against it that must be for it
 * @param outcome what the votes came to, or null until it is closed
 * @param discussionUrl where it is discussed elsewhere, or null
 * @param discussionClosed whether no more comments and amendments are taken
 * @param implementedAt when its effect was applied, or null
 * @param implementedBy the user who applied it, or null
 * @param notes what else is to be known about it, or null
 * @param createdBy the user who proposes it, or null
 */
public record Proposal(
        UUID id,
        ProposalKind kind,
        String title,
        String description,
        String rationale,
        ProposalStatus status,
        @Nullable UUID definitionId,
        @Nullable Json proposedDefinition,
        @Nullable Instant votingStartsAt,
        @Nullable Instant votingEndsAt,
        long votesFor,
        long votesAgainst,
        long votesAbstain,
        long quorum,
        BigDecimal threshold,
        @Nullable ProposalOutcome outcome,
        @Nullable String discussionUrl,
        boolean discussionClosed,
        @Nullable Instant implementedAt,
        @Nullable UUID implementedBy,
        @Nullable String notes,
        @Nullable UUID createdBy,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "Proposal[id=" + id + ", kind=" + kind + ", status=" + status + ", definitionId=" + definitionId
                + ", votesFor=" + votesFor + ", votesAgainst=" + votesAgainst + ", votesAbstain=" + votesAbstain
                + ", outcome=" + outcome + ", createdBy=" + createdBy + "]";
    }
}
