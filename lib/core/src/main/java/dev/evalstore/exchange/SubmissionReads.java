package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link SubmissionRepository} that only read. */
public sealed class SubmissionReads permits SubmissionRepository {
    final Jdbc jdbc;

    SubmissionReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The submission; empty when none has the id, or the viewer may not see it. An unlisted one is found by everybody, a
     * deleted one by admins and the platform.
     */
    public Optional<Submission> find(UUID id, Viewer viewer) {
        return SubmissionQueries.find(jdbc, id, viewer);
    }

    /**
     * {@link #find}, which must find it.
     *
     * @throws NotFoundException if none has the id, or the viewer may not see it; the two cannot be told apart
     */
    public Submission get(UUID id, Viewer viewer) {
        return SubmissionQueries.get(jdbc, id, viewer);
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
        return SubmissionQueries.list(jdbc, filter, viewer, limit, after);
    }

    /** How many submissions the filter admits of those that the viewer may find. Its time grows with the answer. */
    public long count(SubmissionFilter filter, Viewer viewer) {
        return SubmissionQueries.count(jdbc, filter, viewer);
    }

    /**
     * The best submission of a model to a definition, of those that the viewer may find; of equal scores the earliest.
     * Scores of different versions are compared only where they measure the same: the latest version by precedence with a
     * submission of the model counts, prereleases too, and with it every version of the same major number whose primary
     * metric has the same name, kind, unit, range and direction. Empty when there is none, or the definition is unknown.
     */
    public Optional<Submission> best(ModelSubject model, UUID definition, Viewer viewer) {
        return SubmissionQueries.best(jdbc, model, definition, viewer);
    }

    /** The metrics of a submission, by name; empty also for a submission that is unknown or that the viewer may not see. */
    public List<SubmissionMetric> metrics(UUID submission, Viewer viewer) {
        return SubmissionQueries.metrics(jdbc, submission, viewer);
    }

    /**
     * The metadata of a submission, by category and key; empty also for a submission that is unknown or that the viewer may
     * not see.
     */
    public List<SubmissionMetadata> metadata(UUID submission, Viewer viewer) {
        return SubmissionQueries.metadata(jdbc, submission, viewer);
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
        return SubmissionQueries.cases(jdbc, submission, filter, viewer, limit, after);
    }

    /**
     * How many case results of a submission the filter admits; 0 also for a submission that is unknown or that the viewer may
     * not see.
     */
    public long countCases(UUID submission, CaseResultFilter filter, Viewer viewer) {
        return SubmissionQueries.countCases(jdbc, submission, filter, viewer);
    }

    /**
     * Which test cases of a version each of the submissions passed. Submissions that are unknown, belong to another version,
     * or that the viewer may not see have no row.
     *
     * @param submissions at most 100; of a repeated one the first counts
     * @return without case keys for an unknown version, or one that has no test cases
     */
    public CaseMatrix caseMatrix(UUID versionId, Collection<UUID> submissions, Viewer viewer) {
        return SubmissionQueries.caseMatrix(jdbc, versionId, submissions, viewer);
    }
}
