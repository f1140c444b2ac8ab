package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Submissions: the results of models on versions of benchmark definitions. Every read takes the {@link Viewer} for whom it
 * is; what that one may not see is not there, neither on pages nor in counts. A deleted submission is in no list, and an
 * admin still finds it by its id.
 *
 * <p>Writes are for the platform: who may submit in whose name, and change what, is for it to decide.
 */
public final class SubmissionRepository {
    private final Jdbc jdbc;

    SubmissionRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
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
     * The submission; empty when none has the id, or the viewer may not see it. An unlisted one is found by everybody, a
     * deleted one by admins and the platform.
     */
    public Optional<Submission> find(UUID id, Viewer viewer) {
        return SubmissionReads.find(jdbc, id, viewer);
    }

    /**
     * {@link #find}, which must find it.
     *
     * @throws NotFoundException if none has the id, or the viewer may not see it; the two cannot be told apart
     */
    public Submission get(UUID id, Viewer viewer) {
        return SubmissionReads.get(jdbc, id, viewer);
    }

    /**
     * A page of the submissions that the filter admits and the viewer may find, newest first. What the viewer may not see
     * is left out by the statement, before the page is cut: pages are full, and cursors tell of nothing else.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     * @throws IllegalArgumentException if the limit is out of range, or the cursor belongs to another list
     */
    public Page<Submission> list(SubmissionFilter filter, Viewer viewer, int limit, @Nullable Cursor after) {
        return SubmissionReads.list(jdbc, filter, viewer, limit, after);
    }

    /** How many submissions the filter admits of those that the viewer may find. Its time grows with the answer. */
    public long count(SubmissionFilter filter, Viewer viewer) {
        return SubmissionReads.count(jdbc, filter, viewer);
    }

    /**
     * The best submission of a model to a definition, of those that the viewer may find; of equal scores the earliest.
     * Scores of different versions are compared only where they measure the same: the latest version by precedence with a
     * submission of the model counts, prereleases too, and with it every version of the same major number whose primary
     * metric has the same name, kind, unit, range and direction. Empty when there is none, or the definition is unknown.
     */
    public Optional<Submission> best(ModelSubject model, UUID definition, Viewer viewer) {
        return SubmissionReads.best(jdbc, model, definition, viewer);
    }

    /** The metrics of a submission, by name; empty also for a submission that is unknown or that the viewer may not see. */
    public List<SubmissionMetric> metrics(UUID submission, Viewer viewer) {
        return SubmissionReads.metrics(jdbc, submission, viewer);
    }

    /**
     * The metadata of a submission, by category and key; empty also for a submission that is unknown or that the viewer may
     * not see.
     */
    public List<SubmissionMetadata> metadata(UUID submission, Viewer viewer) {
        return SubmissionReads.metadata(jdbc, submission, viewer);
    }

    /**
     * A page of the case results of a submission that the filter admits, by the sort order of the test cases, then by case
     * key. Empty also for a submission that is unknown or that the viewer may not see.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     * @throws IllegalArgumentException if the limit is out of range, or the cursor belongs to another list
     */
    public Page<CaseResult> cases(
            UUID submission, CaseResultFilter filter, Viewer viewer, int limit, @Nullable Cursor after) {
        return SubmissionReads.cases(jdbc, submission, filter, viewer, limit, after);
    }

    /**
     * How many case results of a submission the filter admits; 0 also for a submission that is unknown or that the viewer may
     * not see.
     */
    public long countCases(UUID submission, CaseResultFilter filter, Viewer viewer) {
        return SubmissionReads.countCases(jdbc, submission, filter, viewer);
    }

    /**
     * Which test cases of a version each of the submissions passed. Submissions that are unknown, belong to another version,
     * or that the viewer may not see have no row.
     *
     * @param submissions at most 100; of a repeated one the first counts
     * @return without case keys for an unknown version, or one that has no test cases
     */
    public CaseMatrix caseMatrix(UUID versionId, Collection<UUID> submissions, Viewer viewer) {
        return SubmissionReads.caseMatrix(jdbc, versionId, submissions, viewer);
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
