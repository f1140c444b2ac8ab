package dev.evalstore.governance;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which reviews to list. Conditions add up. Immutable. */
public final class ReviewFilter extends Conditions<ReviewFilter> {
    /** Every review. */
    public static final ReviewFilter ALL = new ReviewFilter(Sql.NONE);

    private ReviewFilter(Sql sql) {
        super(sql, ReviewFilter::new);
    }

    /** Only those of this proposal. */
    public ReviewFilter proposal(UUID id) {
        return and("and proposal_id = ?", Objects.requireNonNull(id, "proposal"));
    }

    /** Only those of this user. */
    public ReviewFilter reviewer(UUID user) {
        return and("and reviewer_id = ?", Objects.requireNonNull(user, "reviewer"));
    }

    /** Only those in this status. */
    public ReviewFilter status(ReviewStatus status) {
        return and("and status = ?", Objects.requireNonNull(status, "status"));
    }

    /** Only completed ones with this decision. */
    public ReviewFilter decision(ReviewDecision decision) {
        return and("and decision = ?", Objects.requireNonNull(decision, "decision"));
    }

    /** Only those created from the one time on and before the other; null leaves that side open. */
    public ReviewFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
