package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.UUID;

/**
 * Submissions: the results of models on versions of benchmark definitions. Every read takes the {@link Viewer} for whom it
 * is; what that one may not see is not there, neither on pages nor in counts. A deleted submission is in no list, and an
 * admin still finds it by its id.
 *
 * <p>Writes are for the platform: who may submit in whose name, and change what, is for it to decide.
 */
public final class SubmissionRepository extends SubmissionReads {
    SubmissionRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a submission with its metrics, case results and metadata, and brings the leaderboards up to date: one commit,
     * or nothing at all. It is unverified.
     *
     * <p>A version has one submission of an execution id. So the same may be sent again, after a lost answer for instance, also
     * at once from several places: the first is stored, and every other call returns that one, also after its definition was archived or deleted. After it
     * is deleted, it may be submitted anew. What is the same is told by the SHA-256 of all that is submitted, whatever the order of its rows.
     *
     * <p>The score that counts is of the case results, by the version's {@link Aggregation}: a test case without a result
     * counts as failed with 0. If the version has no test cases, it is the value of the metric with the primary metric's name.
     * It is rounded to 12 significant digits, so that it does not depend on the order of sums.
     *
     * <p>Inside a transaction, that must be read committed.
     *
     * @throws NotFoundException if no definition has the id, or it is deleted, or no version has the id
     * @throws ConflictException if the definition does not accept submissions, or another submission, with other contents, has
     *     the execution id
     * @throws IllegalArgumentException if the version is of another definition. Also if a case key is not of the version, or
     *     the case results are fewer than its {@code minimumTestCases}. Also if the reported score is not within 0.01 of the
     *     metric's range of the score that counts, or the confidence interval does not have that score in it. Without test
     *     cases also if the primary metric is not among the metrics or not in its range, or the reported score is not its value
     * @throws ConstraintViolationException if the model version, the user or the organization does not exist ({@code
     *     submissions_model_version_fk}, {@code submissions_submitted_by_fk}, {@code submissions_organization_fk})
     * @throws IllegalStateException inside a transaction of another isolation level
     */
    public SubmittedSubmission submit(NewSubmission submission) {
        return SubmissionWrites.submit(jdbc, submission);
    }

    /**
     * Changes who sees a submission, in one commit with the leaderboards: the moment after it, they have no hidden submission.
     * Statistics that counted a submission which is hidden are computed anew. Without a difference nothing is written.
     * Returns the submission as it is now.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws IllegalStateException inside a transaction of another isolation level than read committed
     */
    public Submission changeVisibility(UUID id, SubmissionVisibility visibility) {
        return SubmissionStanding.changeVisibility(jdbc, id, visibility);
    }

    /**
     * Sets a submission back to {@link VerificationLevel#UNVERIFIED}, in one commit with the leaderboards: the one way in
     * which a level falls. Its verifications stay; a further one raises it again. Returns the submission as it is now.
     *
     * @param reason 10 to 1,000 characters; it stands in the audit entry, where somebody acts
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConflictException if it is unverified
     * @throws IllegalStateException inside a transaction of another isolation level than read committed
     */
    public Submission revoke(UUID id, String reason) {
        return SubmissionStanding.revoke(jdbc, id, reason);
    }

    /**
     * Deletes a submission and keeps the row with all that belongs to it, in one commit with the leaderboards. Its execution
     * id may be submitted again at once. A verification that has not ended is cancelled. Returns the submission as it is now; only admins and the platform still find it.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is deleted already
     * @throws IllegalStateException inside a transaction of another isolation level than read committed
     */
    public Submission softDelete(UUID id) {
        return SubmissionStanding.softDelete(jdbc, id);
    }
}
