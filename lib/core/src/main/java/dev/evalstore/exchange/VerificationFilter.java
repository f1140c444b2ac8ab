package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which verifications to list, of those of submissions that the viewer may see in lists; where {@link #submission} names one, of
 * that one if the viewer may see it by its id. Conditions add up. Immutable.
 */
public final class VerificationFilter extends Conditions<VerificationFilter> {
    /** Every verification. */
    public static final VerificationFilter ALL = new VerificationFilter(Sql.NONE, false);

    private final boolean namesSubmission;

    private VerificationFilter(Sql sql, boolean namesSubmission) {
        super(sql, more -> new VerificationFilter(more, namesSubmission));
        this.namesSubmission = namesSubmission;
    }

    /** Only verifications of this submission. */
    public VerificationFilter submission(UUID id) {
        Objects.requireNonNull(id, "id");
        return new VerificationFilter(sql().and("and v.submission_id = ?", id), true);
    }

    /** Only verifications of submissions to this definition, of all its versions. */
    public VerificationFilter definition(UUID id) {
        return and("and s.definition_id = ?", Objects.requireNonNull(id, "id"));
    }

    /** Only verifications of submissions to this version of a definition. */
    public VerificationFilter version(UUID versionId) {
        return and("and s.version_id = ?", Objects.requireNonNull(versionId, "versionId"));
    }

    /** Only verifications of this kind. */
    public VerificationFilter kind(VerificationKind kind) {
        return and("and v.kind = ?", Objects.requireNonNull(kind, "kind"));
    }

    /** Only verifications in this status. */
    public VerificationFilter status(VerificationStatus status) {
        return switch (status) {
            case PENDING -> and("and v.outcome is null and l.seq is null");
            case IN_PROGRESS -> and("and l.seq is not null");
            case COMPLETED, FAILED, CANCELLED -> and("and v.outcome = ?", status);
        };
    }

    /** Only verifications that this person is at or ended. */
    public VerificationFilter verifier(UUID user) {
        Objects.requireNonNull(user, "user");
        return and("and (v.verifier_id = ? or l.verifier_id = ?)", user, user);
    }

    /** Only verifications that were requested at {@code from} or later, and before {@code to}; either may be null. */
    public VerificationFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and v.created_at >= ?", from, "and v.created_at < ?", to);
    }

    /** Of these, those that the viewer may find. */
    VerificationFilter seenBy(Viewer viewer) {
        return and(namesSubmission ? Visibility.byId(viewer) : Visibility.inLists(viewer));
    }
}
