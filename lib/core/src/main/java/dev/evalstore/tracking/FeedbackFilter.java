package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which feedback to read. Conditions add up. Immutable. */
public final class FeedbackFilter extends Conditions<FeedbackFilter> {
    /** All feedback. */
    public static final FeedbackFilter ALL = new FeedbackFilter(Sql.NONE);

    /** The maximum of ids that one condition names. */
    public static final int MAX_IDS = 10_000;

    private static final String OF_EXPERIMENT = """
            and evaluation_id in (select e.id from evalstore.evaluations e where e.experiment_id = ?)""";

    private FeedbackFilter(Sql sql) {
        super(sql, FeedbackFilter::new);
    }

    /** Only feedback on this evaluation. */
    public FeedbackFilter evaluation(UUID evaluationId) {
        return and("and evaluation_id = ?", Objects.requireNonNull(evaluationId, "evaluationId"));
    }

    /** Only feedback on one of these evaluations: at most 10,000; on none of them, none. */
    public FeedbackFilter evaluations(List<UUID> ids) {
        List<UUID> given = Check.list("evaluations", ids);
        Check.range("evaluations", given.size(), 0, MAX_IDS);
        return and("and evaluation_id = any (?)", SqlArray.uuids(given));
    }

    /** Only feedback on the evaluations of this experiment. */
    public FeedbackFilter experiment(UUID experimentId) {
        return and(OF_EXPERIMENT, Objects.requireNonNull(experimentId, "experimentId"));
    }

    /** Only feedback of this user. */
    public FeedbackFilter user(UUID userId) {
        return and("and user_id = ?", Objects.requireNonNull(userId, "userId"));
    }

    /** Only ratings from {@code min} to {@code max}, both included; either may be null. Feedback without a rating meets no bound. */
    public FeedbackFilter rating(@Nullable Integer min, @Nullable Integer max) {
        FeedbackRules.rating(min);
        FeedbackRules.rating(max);
        return within("and rating >= ?", min, "and rating <= ?", max);
    }

    /** Only feedback with these thumbs. */
    public FeedbackFilter thumbs(Thumbs thumbs) {
        return and("and thumbs = ?", Objects.requireNonNull(thumbs, "thumbs"));
    }

    /** Only feedback with a comment. */
    public FeedbackFilter commented() {
        return and("and comment is not null");
    }

    /** Only feedback that was first given at {@code from} or later, and before {@code to}; either may be null. */
    public FeedbackFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
