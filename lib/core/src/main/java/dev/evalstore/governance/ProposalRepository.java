package dev.evalstore.governance;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.NotFoundException;
import dev.evalstore.exchange.Exchange;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Proposals: changes of the exchange on which members vote. A proposal is written as a draft, reviewed and amended, and voted
 * on within a window of time. Then it is closed, with the outcome that {@link Proposal} defines, and what it proposes may be
 * applied. The host says who may do what, and what a user's vote weighs.
 *
 * <p>Votes are taken in the window alone, by the server's clock when they are stored. A vote, and what moves the proposal,
 * wait for each other, so its counts are those of the stored votes at every moment. A vote that has waited until the window's
 * end is refused; one that was taken before counts, whatever happens then. So the outcome is the same whoever closes the
 * voting, and whenever.
 *
 * <p>A status moves only from those that the verb names. From any other status the verb throws {@link ConflictException},
 * which names the present one: of two callers that move the same proposal, one succeeds. Inactive users are refused with
 * {@link ConflictException}.
 */
public final class ProposalRepository extends ProposalReads {
    private final Function<Jdbc, Exchange> exchange;

    ProposalRepository(Jdbc jdbc, Function<Jdbc, Exchange> exchange) {
        super(jdbc);
        this.exchange = exchange;
    }

    /**
     * Stores a proposal as a draft and returns it as stored.
     *
     * @throws ConflictException if its proposer is inactive
     * @throws ConstraintViolationException if the definition or the proposer does not exist ({@code
     *     proposals_definition_fk}, {@code proposals_created_by_fk})
     */
    public Proposal create(NewProposal proposal) {
        Columns values = ProposalRows.columns(Objects.requireNonNull(proposal, "proposal"));
        UUID proposer = proposal.createdBy();
        return jdbc.atomically(tx -> {
            Voting.now(tx, proposer, "propose");
            Proposal created = TABLE.create(tx, values);
            GovernanceMarks.mark(tx, proposer);
            return created;
        });
    }

    /**
     * Changes the given fields of a draft and returns the changed row.
     *
     * @throws IllegalArgumentException if a proposal of its kind cannot have the proposed definition
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is no draft
     */
    public Proposal update(UUID id, UpdateProposal change) {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(change, "change");
        return jdbc.atomically(tx -> {
            Proposal locked = Voting.lock(tx, id);
            if (locked.status() != ProposalStatus.DRAFT) {
                throw Voting.refused(locked, "update");
            }
            if (change.proposedDefinition() != null) {
                ProposedDefinition.check(locked.kind(), change.proposedDefinition());
            }
            return TABLE.update(tx, id, change);
        });
    }

    /**
     * Moves a draft to the review.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is no draft
     */
    public Proposal submitForReview(UUID id) {
        return move(id, "submit_for_review", "status = 'draft'", ProposalStatus.UNDER_REVIEW);
    }

    /**
     * Moves a proposal under review back to draft, where its fields may be changed. Its reviews and amendments stay.
     *
     * @param reason why, 10 to 1,000 characters; it is kept in the audit log, where somebody acts
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is not under review
     */
    public Proposal returnToDraft(UUID id, String reason) {
        return TABLE.move(
                jdbc,
                Objects.requireNonNull(id, "id"),
                "return_to_draft",
                "status = 'under_review'",
                new Columns().set("status", ProposalStatus.DRAFT),
                Json.of(Map.of("reason", Check.text("reason", reason, 10, 1_000)), JsonMapping.builtIn()));
    }

    /**
     * Opens the voting on a proposal under review. By then what it proposes is settled: it is amended no more.
     *
     * @param startsAt from when on votes are taken; where it is past, from now on
     * @param endsAt until when votes are taken, not included; to the microsecond, as {@code startsAt}
     * @throws IllegalArgumentException if the end is not after the start, or by the server's clock not after now
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is not under review
     */
    public Proposal openVoting(UUID id, Instant startsAt, Instant endsAt) {
        Objects.requireNonNull(id, "id");
        Instant start = Check.time("votingStartsAt", startsAt).truncatedTo(ChronoUnit.MICROS);
        Instant end = Check.time("votingEndsAt", endsAt).truncatedTo(ChronoUnit.MICROS);
        if (!end.isAfter(start)) {
            throw new IllegalArgumentException("votingEndsAt must be after votingStartsAt");
        }
        return jdbc.atomically(tx -> Voting.open(tx, id, now -> start, now -> end));
    }

    /**
     * {@link #openVoting(UUID, Instant, Instant)} from now on by the server's clock, so that it does not matter whether this
     * process's clock is right.
     *
     * @param length how long votes are taken; longer than zero, at most 36,500 days, in whole microseconds
     */
    public Proposal openVoting(UUID id, Duration length) {
        Objects.requireNonNull(id, "id");
        Duration window = Check.period("length", length).truncatedTo(ChronoUnit.MICROS);
        Check.positive("length", window);
        return jdbc.atomically(tx -> Voting.open(tx, id, now -> now, now -> now.plus(window)));
    }

    /**
     * Stores the user's vote, or puts it in the place of the user's earlier one, and returns the proposal with its counts. The
     * same vote again changes nothing.
     *
     * @throws NotFoundException if no proposal has the id
     * @throws ConflictException if it is not voted on, by the server's clock not yet, or not any more; or the user is inactive
     * @throws ConstraintViolationException if the user does not exist ({@code votes_user_fk})
     */
    public Proposal vote(NewVote vote) {
        Objects.requireNonNull(vote, "vote");
        return jdbc.atomically(tx -> Voting.vote(tx, vote));
    }

    /**
     * Removes the user's vote; false when there is none. An inactive user's too.
     *
     * @throws NotFoundException if no proposal has the id
     * @throws ConflictException if it is not voted on, by the server's clock not yet, or not any more
     */
    public boolean withdrawVote(UUID id, UUID user) {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(user, "user");
        return jdbc.atomically(tx -> Voting.withdrawVote(tx, id, user));
    }

    /**
     * Closes a voting that has ended, by the votes that were stored in its window, and returns the proposal, approved or
     * rejected. One that is closed already is returned as it is: of many callers one closes it, and all get its outcome.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it was never voted on, is withdrawn, or by the server's clock is voted on still
     */
    public Proposal close(UUID id) {
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx -> Voting.close(tx, id));
    }

    /**
     * {@link #close Closes} votings that have ended, the earliest first, each in its own commit. One that is locked at the moment, as by
     * a vote that is not committed yet, is left for the next call. Maintenance calls it.
     *
     * @param limit the maximum number, 1 to 1,000
     * @return how many this call has closed, and whether it has reached the limit
     */
    public Cleanup closeDue(int limit) {
        Check.limit(limit);
        int closed = 0;
        while (closed < limit && jdbc.atomically(Voting::closeDue)) {
            closed++;
        }
        return new Cleanup(closed, closed == limit);
    }

    /**
     * Takes back a draft, a proposal under review, or one that is voted on; its votes stay.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is approved, rejected or withdrawn, or by the server's clock its voting has ended
     */
    public Proposal withdraw(UUID id) {
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx -> Voting.withdraw(tx, id));
    }

    /**
     * Applies what was approved, once, in one transaction. A new benchmark becomes a draft with its first version, created by
     * the proposer, and the proposal's {@code definitionId} names it. An update changes its definition, and publishes the
     * version that it has. A deprecation deprecates its definition; the reason is the rationale, cut to 1,000 characters. Of a
     * policy change it is only stored that it was applied.
     *
     * @param implementedBy the user who applies it; null for the platform
     * @throws NotFoundException if none has the id, or its definition is deleted
     * @throws ConflictException if it is not approved, is implemented already, or its definition is not in a status from which
     *     it can be changed so; or the user is inactive
     * @throws ConstraintViolationException if a definition has the proposed slug or version, or what the document names does
     *     not exist, as {@code exchange().definitions()} says; or the user does not exist ({@code
     *     proposals_implemented_by_fk})
     */
    public Proposal implement(UUID id, @Nullable UUID implementedBy) {
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx -> Implementation.apply(tx, id, implementedBy, exchange));
    }

    /**
     * From now on no comments and amendments are taken, whatever the status.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is closed already
     */
    public Proposal closeDiscussion(UUID id) {
        return discuss(id, "close_discussion", true);
    }

    /**
     * Takes comments and amendments again.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is open
     */
    public Proposal reopenDiscussion(UUID id) {
        return discuss(id, "reopen_discussion", false);
    }

    private Proposal discuss(UUID id, String verb, boolean closed) {
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx -> {
            Proposal locked = Voting.lock(tx, id);
            if (locked.discussionClosed() == closed) {
                throw Voting.refused(
                        locked, "has " + (closed ? "a closed" : "an open") + " discussion", verb.replace('_', ' '));
            }
            return TABLE.update(tx, id, verb, new Columns().set("discussion_closed", closed));
        });
    }

    private Proposal move(UUID id, String verb, String expected, ProposalStatus next) {
        return TABLE.move(jdbc, Objects.requireNonNull(id, "id"), verb, expected, new Columns().set("status", next));
    }
}
