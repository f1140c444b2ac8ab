package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which submissions to list, of those that the viewer may see and that are not deleted. Conditions add up. Immutable.
 */
public final class SubmissionFilter extends Conditions<SubmissionFilter> {
    /** Every submission. */
    public static final SubmissionFilter ALL = new SubmissionFilter(Sql.NONE);

    private SubmissionFilter(Sql sql) {
        super(sql, SubmissionFilter::new);
    }

    /** Only submissions to this definition, of all its versions. */
    public SubmissionFilter definition(UUID id) {
        return and("and s.definition_id = ?", Objects.requireNonNull(id, "id"));
    }

    /** Only submissions to this version of a definition. */
    public SubmissionFilter version(UUID versionId) {
        return and("and s.version_id = ?", Objects.requireNonNull(versionId, "versionId"));
    }

    /** Only submissions of models of this provider; case and the number of blanks do not matter. */
    public SubmissionFilter provider(String provider) {
        return and("and s.subject_provider = ?", ModelSubject.normalized("provider", provider));
    }

    /** Only submissions of models of this name, in whichever version; case and the number of blanks do not matter. */
    public SubmissionFilter model(String name) {
        return and("and s.subject_name = ?", ModelSubject.normalized("name", name));
    }

    /** Only submissions of exactly this model, by provider, name and version. */
    public SubmissionFilter model(ModelSubject model) {
        return and(
                "and s.subject_key = ?", Objects.requireNonNull(model, "model").key());
    }

    /** Only submissions of this model version of the catalogue. */
    public SubmissionFilter modelVersion(UUID modelVersionId) {
        return and("and s.model_version_id = ?", Objects.requireNonNull(modelVersionId, "modelVersionId"));
    }

    /** Only submissions of this user. */
    public SubmissionFilter submitter(UUID user) {
        return and("and s.submitted_by = ?", Objects.requireNonNull(user, "user"));
    }

    /** Only submissions in the name of this organization. */
    public SubmissionFilter organization(UUID id) {
        return and("and s.organization_id = ?", Objects.requireNonNull(id, "id"));
    }

    /** Only submissions of this verification level or a higher one. */
    public SubmissionFilter levelAtLeast(VerificationLevel level) {
        Objects.requireNonNull(level, "level");
        return and(
                "and s.verification_level = any (?)",
                SqlArray.words(
                        Arrays.stream(VerificationLevel.values())
                                .filter(other -> other.compareTo(level) >= 0)
                                .toList(),
                        other -> other));
    }

    /** Only submissions of this visibility; it shows no more than the viewer may see anyway. */
    public SubmissionFilter visibility(SubmissionVisibility visibility) {
        return and("and s.visibility = ?", Objects.requireNonNull(visibility, "visibility"));
    }

    /** Only official submissions, or only others. */
    public SubmissionFilter official(boolean official) {
        return and(official ? "and s.official" : "and not s.official");
    }

    /** Only aggregate scores from {@code min} to {@code max}, both included; either may be null. */
    public SubmissionFilter score(@Nullable Double min, @Nullable Double max) {
        Check.finiteOrNull("minScore", min);
        Check.finiteOrNull("maxScore", max);
        return within("and s.aggregate_score >= ?", min, "and s.aggregate_score <= ?", max);
    }

    /** Only submissions that were stored at {@code from} or later, and before {@code to}; either may be null. */
    public SubmissionFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and s.created_at >= ?", from, "and s.created_at < ?", to);
    }

    /** Of these, what the viewer may find in a list. */
    SubmissionFilter seenBy(Viewer viewer) {
        return and(Visibility.inLists(viewer));
    }
}
