package dev.evalstore.governance;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which comments in reviews to list. Conditions add up. Immutable. */
public final class ReviewCommentFilter extends Conditions<ReviewCommentFilter> {
    /** Every comment. */
    public static final ReviewCommentFilter ALL = new ReviewCommentFilter(Sql.NONE);

    private static final String OF_PROPOSAL = """
            and review_id in (select r.id from evalstore.reviews r where r.proposal_id = ?)""";

    /** The review is named too, by which an index finds the replies. */
    private static final String REPLIES = """
            and parent_id = ? and review_id = (select p.review_id from evalstore.review_comments p where p.id = ?)""";

    private ReviewCommentFilter(Sql sql) {
        super(sql, ReviewCommentFilter::new);
    }

    /** Only those of this review. */
    public ReviewCommentFilter review(UUID id) {
        return and("and review_id = ?", Objects.requireNonNull(id, "review"));
    }

    /** Only those of the reviews of this proposal. */
    public ReviewCommentFilter proposal(UUID id) {
        return and(OF_PROPOSAL, Objects.requireNonNull(id, "proposal"));
    }

    /** Only those that reply to no other. */
    public ReviewCommentFilter topLevel() {
        return and("and parent_id is null");
    }

    /** Only those that reply to this one itself. */
    public ReviewCommentFilter repliesTo(UUID comment) {
        return and(REPLIES, Objects.requireNonNull(comment, "comment"), comment);
    }

    /** Only those of this kind. */
    public ReviewCommentFilter kind(ReviewCommentKind kind) {
        return and("and kind = ?", Objects.requireNonNull(kind, "kind"));
    }

    /** Only resolved ones, or only others. */
    public ReviewCommentFilter resolved(boolean resolved) {
        return and(resolved ? "and resolved_at is not null" : "and resolved_at is null");
    }

    /** Only those about exactly this part. */
    public ReviewCommentFilter path(String path) {
        return and("and path = ?", Check.content("path", path));
    }

    /** Only those that this user wrote. */
    public ReviewCommentFilter createdBy(UUID user) {
        return and("and created_by = ?", Objects.requireNonNull(user, "user"));
    }

    /** Only those created from the one time on and before the other; null leaves that side open. */
    public ReviewCommentFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
