package dev.evalstore.exchange;

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
 * Community verifications: users report whether a submission's result came out again, and others vote on the reports. All of
 * it is seen as its submission is by id. A user who may not see the submission, or writes about a deleted one, gets
 * {@link NotFoundException}.
 *
 * <p>Nobody verifies, votes or reviews for oneself: the submitter and the members of the submission's organization are
 * refused with {@link ConflictException}, and so is an inactive user.
 *
 * <p>A community verification reaches the {@linkplain #threshold threshold} when the result was reproduced, the
 * votes for it exceed those against it by so many, it is not flagged, and no moderator has rejected it last. In the same
 * commit its submission becomes {@link VerificationLevel#COMMUNITY_VERIFIED}, unless it stands there or higher, and the
 * leaderboards follow. Levels only rise: no vote, flag or review lowers one. Each community verification counts once, so a
 * revoked submission needs another one.
 *
 * <p>Votes on one community verification wait for each other, so its counts are those of the stored votes at every moment.
 * These acts, and changes of the submitting organization's members, wait for each other too. What names a user, and what may
 * reach the threshold, needs the isolation level read committed: in a transaction at another one it throws {@link
 * IllegalStateException}.
 */
public final class CommunityVerificationRepository extends CommunityVerificationReads {
    /** So many more votes for than against a community verification raise the level of its submission. */
    public static final int DEFAULT_THRESHOLD = 3;

    private final CommunityVotes votes;

    CommunityVerificationRepository(Jdbc jdbc) {
        this(jdbc, DEFAULT_THRESHOLD);
    }

    private CommunityVerificationRepository(Jdbc jdbc, int threshold) {
        super(jdbc);
        this.votes = new CommunityVotes(threshold);
    }

    /**
     * The same with another threshold, for what is done through the returned object. It is stored nowhere, so give every
     * process the same.
     *
     * @param votes 1 to 1,000,000; {@link #DEFAULT_THRESHOLD} unless given
     */
    public CommunityVerificationRepository threshold(int votes) {
        return new CommunityVerificationRepository(jdbc, Check.range("threshold", votes, 1, 1_000_000));
    }

    /**
     * Stores a user's report of running a submission again, without votes, and returns it as stored.
     *
     * @throws NotFoundException if the verifier may see no submission with the id, or it is deleted
     * @throws ConflictException if the verifier submitted it, is a member of the organization that did, or is inactive
     * @throws ConstraintViolationException if the verifier has verified the submission before ({@code
     *     community_verifications_verifier_unique}), or does not exist ({@code community_verifications_verifier_fk})
     */
    public CommunityVerification create(NewCommunityVerification verification) {
        Objects.requireNonNull(verification, "verification");
        Columns values = new Columns()
                .set("submission_id", verification.submissionId())
                .set("verifier_id", verification.verifierId())
                .set("reproduced", verification.reproduced())
                .set("reproduced_score", verification.reproducedScore())
                .set("environment_description", verification.environmentDescription())
                .set("environment_hash", verification.environmentHash())
                .set("evidence_url", verification.evidenceUrl())
                .set("notes", verification.notes());
        return jdbc.atomically(tx -> {
            UUID submission = verification.submissionId();
            UUID verifier = verification.verifierId();
            Verifiers.lockOrganization(tx, submission);
            if (!CommunityVotes.isSeen(tx, submission, verifier, "verify")) {
                throw SubmissionRows.TABLE.notFound(submission);
            }
            SubmissionStanding.requireIndependent(tx, submission, verifier, "verify");
            return TABLE.create(tx, values);
        });
    }

    /**
     * Stores the user's vote, or changes the direction of the user's earlier one, and returns the community verification
     * with its counts. The same vote again changes nothing. May reach the threshold.
     *
     * @throws NotFoundException if none has the id, the user may not see its submission, or that is deleted
     * @throws ConflictException if the user made the community verification, submitted the submission, is a member of the
     *     organization that did, or is inactive
     * @throws ConstraintViolationException if the user does not exist ({@code verification_votes_user_fk})
     */
    public CommunityVerification vote(UUID id, UUID user, VoteDirection direction) {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(direction, "direction");
        return jdbc.atomically(tx -> votes.vote(tx, id, user, direction));
    }

    /**
     * Removes the user's vote, whatever the user may see by now; false when there is none. May reach the threshold, where
     * the vote was against.
     *
     * @throws NotFoundException if none has the id
     */
    public boolean withdrawVote(UUID id, UUID user) {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(user, "user");
        return jdbc.atomically(tx -> votes.withdraw(tx, id, user));
    }

    /**
     * Asks moderators to look at it. Until it is unflagged its votes are counted and raise nothing.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is flagged already
     */
    public CommunityVerification flag(UUID id) {
        return TABLE.move(
                jdbc, Objects.requireNonNull(id, "id"), "flag", "not flagged", new Columns().set("flagged", true));
    }

    /**
     * Takes the flag back. May reach the threshold.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is not flagged
     */
    public CommunityVerification unflag(UUID id) {
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx ->
                votes.raise(tx, TABLE.move(tx, id, "unflag", "flagged", new Columns().set("flagged", false))));
    }

    /**
     * Stores what a moderator decided, in place of an earlier decision. A flag stays. May reach the threshold, where it was
     * rejected before.
     *
     * @param notes why, not blank and at most 5,000 characters, or null
     * @throws NotFoundException if none has the id, the reviewer may not see its submission, or that is deleted
     * @throws ConflictException if the reviewer made the community verification, submitted the submission, is a member of
     *     the organization that did, or is inactive
     * @throws ConstraintViolationException if the reviewer does not exist ({@code community_verifications_reviewed_by_fk})
     */
    public CommunityVerification review(UUID id, UUID reviewer, VerificationReview decision, @Nullable String notes) {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(reviewer, "reviewer");
        Columns values = new Columns()
                .set("review", Objects.requireNonNull(decision, "decision"))
                .set("reviewed_by", reviewer)
                .now("reviewed_at")
                .set("review_notes", Check.textOrNull("notes", notes, 5_000));
        return jdbc.atomically(tx -> {
            CommunityVotes.lockFor(tx, id, reviewer, "review");
            return votes.raise(tx, TABLE.update(tx, id, "review", values));
        });
    }
}
