package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which community verifications to list. Conditions add up. Immutable. Those of one {@linkplain #submission submission} are
 * seen by whoever sees it by its id; without that condition, those of submissions that are in the viewer's lists.
 */
public final class CommunityVerificationFilter extends Conditions<CommunityVerificationFilter> {
    /** Every community verification of the submissions that the viewer may list. */
    public static final CommunityVerificationFilter ALL = new CommunityVerificationFilter(Sql.NONE, false);

    private static final String OF_SEEN = """
            and exists (select from evalstore.submissions s where s.id = submission_id""";

    private final boolean namesSubmission;

    private CommunityVerificationFilter(Sql sql, boolean namesSubmission) {
        super(sql, more -> new CommunityVerificationFilter(more, namesSubmission));
        this.namesSubmission = namesSubmission;
    }

    /** Only those of this submission. */
    public CommunityVerificationFilter submission(UUID id) {
        return new CommunityVerificationFilter(
                and("and submission_id = ?", Objects.requireNonNull(id, "id")).sql(), true);
    }

    /** Only those of this user. */
    public CommunityVerificationFilter verifier(UUID user) {
        return and("and verifier_id = ?", Objects.requireNonNull(user, "user"));
    }

    /** Only those that say that the result came out again, or only the others. */
    public CommunityVerificationFilter reproduced(boolean reproduced) {
        return and("and reproduced = ?", reproduced);
    }

    /** Only flagged ones, or only others. */
    public CommunityVerificationFilter flagged(boolean flagged) {
        return and(flagged ? "and flagged" : "and not flagged");
    }

    /** Only those of which a moderator decided this last. */
    public CommunityVerificationFilter review(VerificationReview review) {
        return and("and review = ?", Objects.requireNonNull(review, "review"));
    }

    /** Only those that a moderator has decided about, or only others. */
    public CommunityVerificationFilter reviewed(boolean reviewed) {
        return and(reviewed ? "and review is not null" : "and review is null");
    }

    /** Only those created from the one time on and before the other; null leaves that side open. */
    public CommunityVerificationFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }

    /** Only what the viewer may see. */
    CommunityVerificationFilter seenBy(Viewer viewer) {
        return and(seenBy(namesSubmission ? Visibility.byId(viewer) : Visibility.inLists(viewer)));
    }

    static Sql byId(Viewer viewer) {
        return seenBy(Visibility.byId(viewer));
    }

    private static Sql seenBy(Sql rule) {
        return Sql.of(OF_SEEN).and(rule).and(")");
    }
}
