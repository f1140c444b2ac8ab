package dev.evalstore.governance;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reviews of proposals: users are asked for one each, and advise those who vote. Reviews are asked for and written while
 * the proposal is under review or voted on, also where its discussion is closed. The host says who may ask whom.
 *
 * <p>A status moves only from those that the verb names. From any other status the verb throws {@link ConflictException},
 * which names the present one: of two callers that move the same review, one succeeds. What is written about one proposal
 * waits for each other, and for votes on it.
 */
public final class ReviewRepository extends ReviewReads {
    private static final int MAX_SUMMARY = 20_000;

    private static final int MAX_REASON = 1_000;

    private static final String UNFINISHED = "status in ('pending', 'in_progress')";

    ReviewRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /** The comments in reviews. */
    @Override
    public ReviewCommentRepository comments() {
        return new ReviewCommentRepository(jdbc);
    }

    /**
     * Asks a user for a review of a proposal, and returns the review, which is pending.
     *
     * @throws NotFoundException if no proposal has the id
     * @throws ConflictException if the proposal is neither under review nor voted on, or the reviewer made it or is inactive
     * @throws ConstraintViolationException if the reviewer has a review of the proposal already
     *     ({@code reviews_reviewer_unique}), or does not exist ({@code reviews_reviewer_fk})
     */
    public Review create(UUID proposal, UUID reviewer) {
        Objects.requireNonNull(proposal, "proposal");
        Objects.requireNonNull(reviewer, "reviewer");
        Columns values = new Columns().set("proposal_id", proposal).set("reviewer_id", reviewer);
        return jdbc.atomically(tx -> {
            Discussion discussion =
                    Discussion.lock(tx, proposal, reviewer, "review").requireDiscussed("review");
            if (reviewer.equals(discussion.createdBy())) {
                throw new ConflictException("user " + reviewer + " made proposal " + proposal + ": cannot review");
            }
            return TABLE.create(tx, values);
        });
    }

    /**
     * Moves a pending review to in progress.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is not pending, the proposal is neither under review nor voted on, or the reviewer is
     *     inactive
     */
    public Review start(UUID id) {
        return write(id, "start", "status = 'pending'", new Columns().set("status", ReviewStatus.IN_PROGRESS));
    }

    /**
     * Completes a review that is pending or in progress.
     *
     * @param summary what the reviewer found, not blank and at most 20,000 characters
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it has ended, the proposal is neither under review nor voted on, or the reviewer is
     *     inactive
     */
    public Review complete(UUID id, ReviewDecision decision, String summary) {
        Columns values = new Columns()
                .set("status", ReviewStatus.COMPLETED)
                .set("decision", Objects.requireNonNull(decision, "decision"))
                .set("summary", Check.text("summary", summary, 1, MAX_SUMMARY))
                .now("submitted_at");
        return write(id, "complete", UNFINISHED, values);
    }

    /**
     * Moves a completed or declined review back to in progress, such as after an amendment. Its decision and summary are
     * gone; audit entries keep them.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it has not ended, the proposal is neither under review nor voted on, or the reviewer is
     *     inactive
     */
    public Review reopen(UUID id) {
        Columns values = new Columns()
                .set("status", ReviewStatus.IN_PROGRESS)
                .set("decision", null)
                .set("summary", null)
                .set("submitted_at", null);
        return write(id, "reopen", "status in ('completed', 'declined')", values);
    }

    /**
     * Ends a review that is pending or in progress without a decision, whatever the proposal's status is by now.
     *
     * @param reason why, not blank and at most 1,000 characters, or null
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it has ended
     */
    public Review decline(UUID id, @Nullable String reason) {
        Columns values = new Columns()
                .set("status", ReviewStatus.DECLINED)
                .set("summary", Check.textOrNull("reason", reason, MAX_REASON));
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx -> {
            Discussion.lock(tx, TABLE.get(tx, id).proposalId(), null, "decline a review");
            return TABLE.move(tx, id, "decline", UNFINISHED, values);
        });
    }

    /** A change by the reviewer. */
    private Review write(UUID id, String verb, String guard, Columns values) {
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx -> {
            Review before = TABLE.get(tx, id);
            Discussion.lock(tx, before.proposalId(), before.reviewerId(), verb + " a review")
                    .requireDiscussed(verb + " a review");
            Review after = TABLE.move(tx, id, verb, guard, values);
            if (!verb.equals("start")) {
                GovernanceMarks.mark(tx, after.reviewerId());
            }
            return after;
        });
    }
}
