package dev.evalstore.governance;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Amendments: changes of the definition that a proposal proposes, which users suggest while the proposal is under review. An
 * accepted amendment is applied to the proposal in the same commit, as a merge patch (RFC 7396), to what the amendments
 * accepted before have made of it. A merge patch removes a member by null, so it cannot give one the value null. What is
 * voted on does not change: no amendment is accepted once the voting is open.
 *
 * <p>The host says who may decide about amendments. What is written about one proposal waits for each other, and for votes
 * on it. Amendments emit no events of their own; an accepted one emits {@code proposal.amended}.
 */
public final class AmendmentRepository extends AmendmentReads {
    private static final int MAX_REASON = 1_000;

    private static final String UNDECIDED = "status = 'proposed'";

    private static final String IS_CHANGE = """
            /* proposals.is_change */ select proposed_definition is distinct from ?::jsonb as is_change
            from evalstore.proposals where id = ?""";

    AmendmentRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores an amendment and returns it as stored.
     *
     * @throws NotFoundException if no proposal has the id
     * @throws ConflictException if the proposal is not under review, proposes no definition, could not propose what the
     *     changes would make of it, or its discussion is closed; or the user is inactive
     * @throws ConstraintViolationException if the user does not exist ({@code proposal_amendments_created_by_fk})
     */
    public ProposalAmendment create(NewAmendment amendment) {
        Objects.requireNonNull(amendment, "amendment");
        Columns values = new Columns()
                .set("proposal_id", amendment.proposalId())
                .set("title", amendment.title())
                .set("description", amendment.description())
                .set("changes", amendment.changes())
                .set("created_by", amendment.createdBy());
        return jdbc.atomically(tx -> {
            Discussion.lock(tx, amendment.proposalId(), amendment.createdBy(), "amend")
                    .requireAmendable("amend")
                    .requireOpen("amend");
            amended(tx, amendment.proposalId(), amendment.changes());
            return TABLE.create(tx, values);
        });
    }

    /**
     * Applies a proposed amendment to the proposal, and returns the amendment.
     *
     * @param decidedBy the user who accepts it
     * @param reason why, not blank and at most 1,000 characters, or null
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is decided already or withdrawn, the proposal is not under review, or could not propose
     *     what the changes would make of it by now; or the user is inactive
     * @throws ConstraintViolationException if the user does not exist ({@code proposal_amendments_decided_by_fk})
     */
    public ProposalAmendment accept(UUID id, UUID decidedBy, @Nullable String reason) {
        Columns values = decision(AmendmentStatus.ACCEPTED, decidedBy, Check.textOrNull("reason", reason, MAX_REASON));
        return jdbc.atomically(tx -> {
            UUID proposal = TABLE.get(tx, Objects.requireNonNull(id, "id")).proposalId();
            Discussion.lock(tx, proposal, decidedBy, "amend").requireAmendable("amend");
            ProposalAmendment accepted = TABLE.move(tx, id, "accept", UNDECIDED, values);
            Json definition = amended(tx, proposal, accepted.changes());
            if (tx.one(Sql.of(IS_CHANGE, definition, proposal), row -> row.bool("is_change"))) {
                ProposalRows.TABLE.update(tx, proposal, "amend", new Columns().set("proposed_definition", definition));
            }
            return accepted;
        });
    }

    /**
     * Decides against a proposed amendment, whatever the proposal's status is by now.
     *
     * @param decidedBy the user who rejects it
     * @param reason why, not blank and at most 1,000 characters
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is decided already or withdrawn, or the user is inactive
     * @throws ConstraintViolationException if the user does not exist ({@code proposal_amendments_decided_by_fk})
     */
    public ProposalAmendment reject(UUID id, UUID decidedBy, String reason) {
        Columns values = decision(AmendmentStatus.REJECTED, decidedBy, Check.text("reason", reason, 1, MAX_REASON));
        return move(id, decidedBy, "reject", values);
    }

    /**
     * Takes a proposed amendment back, whatever the proposal's status is by now.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is decided already or withdrawn
     */
    public ProposalAmendment withdraw(UUID id) {
        return move(
                id,
                null,
                "withdraw",
                new Columns().set("status", AmendmentStatus.WITHDRAWN).now("decided_at"));
    }

    /** What the changes make of the definition that the proposal, which is locked, proposes by now. */
    private static Json amended(Jdbc tx, UUID proposal, Json changes) {
        return ProposedDefinition.amended(ProposalRows.TABLE.get(tx, proposal), changes);
    }

    private ProposalAmendment move(UUID id, @Nullable UUID user, String verb, Columns values) {
        return jdbc.atomically(tx -> {
            UUID proposal = TABLE.get(tx, Objects.requireNonNull(id, "id")).proposalId();
            Discussion.lock(tx, proposal, user, verb + " an amendment");
            return TABLE.move(tx, id, verb, UNDECIDED, values);
        });
    }

    private static Columns decision(AmendmentStatus status, UUID decidedBy, @Nullable String reason) {
        return new Columns()
                .set("status", status)
                .set("decided_by", Objects.requireNonNull(decidedBy, "decidedBy"))
                .now("decided_at")
                .set("reason", reason);
    }
}
