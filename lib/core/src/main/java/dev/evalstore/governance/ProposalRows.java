package dev.evalstore.governance;

import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;

/** The rows of proposals and votes. */
final class ProposalRows {
    static final Table<Proposal> TABLE = Table.of("proposal", "proposals", """
                    id, kind, title, description, rationale, status, definition_id, proposed_definition,
                    voting_starts_at, voting_ends_at, votes_for, votes_against, votes_abstain, quorum, threshold, outcome,
                    discussion_url, discussion_closed, implemented_at, implemented_by, notes, created_by, created_at,
                    updated_at""", ProposalRows::map)
            .newestFirst(Proposal::createdAt, Proposal::id)
            .status(Proposal::status)
            .audited(
                    "create",
                    "update",
                    "submit_for_review",
                    "return_to_draft",
                    "amend",
                    "open_voting",
                    "approve",
                    "reject",
                    "withdraw",
                    "implement",
                    "close_discussion",
                    "reopen_discussion")
            .emitting(Emits.<Proposal>as("proposal")
                    .tell("kind", Proposal::kind)
                    .tell("status", Proposal::status)
                    .tell("definitionId", Proposal::definitionId)
                    .tell("votingStartsAt", Proposal::votingStartsAt)
                    .tell("votingEndsAt", Proposal::votingEndsAt)
                    .tell("votesFor", Proposal::votesFor)
                    .tell("votesAgainst", Proposal::votesAgainst)
                    .tell("votesAbstain", Proposal::votesAbstain)
                    .tell("quorum", Proposal::quorum)
                    .tell("threshold", Proposal::threshold)
                    .tell("outcome", Proposal::outcome)
                    .tell("createdBy", Proposal::createdBy)
                    .on("create", "created")
                    .on("update", "updated")
                    .on("submit_for_review", "submitted_for_review")
                    .on("return_to_draft", "returned_to_draft")
                    .on("amend", "amended")
                    .on("open_voting", "voting_opened")
                    .on("approve", "approved")
                    .on("reject", "rejected")
                    .on("withdraw", "withdrawn")
                    .on("implement", "implemented")
                    .on("close_discussion", "discussion_closed")
                    .on("reopen_discussion", "discussion_reopened"));

    static final Table<Vote> VOTES = Table.of("vote", "votes", """
                    proposal_id, user_id, choice, power, reasoning, created_at, updated_at""", ProposalRows::mapVote)
            .key("proposal_id", "user_id")
            .audited("create", "change", "withdraw");

    private ProposalRows() {}

    static Columns columns(NewProposal proposal) {
        return new Columns()
                .set("kind", proposal.subject().kind())
                .set("title", proposal.title())
                .set("description", proposal.description())
                .set("rationale", proposal.rationale())
                .set("definition_id", proposal.subject().definitionId())
                .set("proposed_definition", proposal.subject().proposedDefinition())
                .set("quorum", proposal.rules().quorum())
                .set("threshold", proposal.rules().threshold())
                .set("discussion_url", proposal.discussionUrl())
                .set("created_by", proposal.createdBy());
    }

    private static Proposal map(Row row) throws SQLException {
        return new Proposal(
                row.uuid("id"),
                row.enumValue("kind", ProposalKind.class),
                row.text("title"),
                row.text("description"),
                row.text("rationale"),
                row.enumValue("status", ProposalStatus.class),
                row.uuidOrNull("definition_id"),
                row.jsonOrNull("proposed_definition"),
                row.instantOrNull("voting_starts_at"),
                row.instantOrNull("voting_ends_at"),
                row.bigint("votes_for"),
                row.bigint("votes_against"),
                row.bigint("votes_abstain"),
                row.bigint("quorum"),
                row.numeric("threshold"),
                row.enumValueOrNull("outcome", ProposalOutcome.class),
                row.textOrNull("discussion_url"),
                row.bool("discussion_closed"),
                row.instantOrNull("implemented_at"),
                row.uuidOrNull("implemented_by"),
                row.textOrNull("notes"),
                row.uuidOrNull("created_by"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    private static Vote mapVote(Row row) throws SQLException {
        return new Vote(
                row.uuid("proposal_id"),
                row.uuid("user_id"),
                row.enumValue("choice", VoteChoice.class),
                row.integer("power"),
                row.textOrNull("reasoning"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
