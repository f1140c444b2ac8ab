package dev.evalstore.tracking;

import dev.evalstore.Json;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Feedback to give; {@link Feedback} describes the fields. {@link #of} begins, and each further method adds one thing. At
 * least one of rating, thumbs, comment and criteria must be given before it is stored.
 *
 * @param userId null where nobody is known: such feedback is stored anew each time
 * @param rating 1 to 5, or null
 * @param comment not blank, at most 20,000 characters, or null
 * @param criteria a JSON object of at most 1,000,000 characters, or null
 */
public record NewFeedback(
        UUID evaluationId,
        @Nullable UUID userId,
        @Nullable Integer rating,
        @Nullable Thumbs thumbs,
        @Nullable String comment,
        @Nullable Json criteria) {
    public NewFeedback {
        Objects.requireNonNull(evaluationId, "evaluationId");
        FeedbackRules.rating(rating);
        FeedbackRules.comment(comment);
        FeedbackRules.criteria(criteria);
    }

    /** Feedback of nobody known that says nothing yet. */
    public static NewFeedback of(UUID evaluationId) {
        return new NewFeedback(evaluationId, null, null, null, null, null);
    }

    public NewFeedback user(UUID value) {
        return new NewFeedback(evaluationId, value, rating, thumbs, comment, criteria);
    }

    /** The same with 1 to 5 stars. */
    public NewFeedback rating(int value) {
        return new NewFeedback(evaluationId, userId, value, thumbs, comment, criteria);
    }

    public NewFeedback thumbs(Thumbs value) {
        return new NewFeedback(evaluationId, userId, rating, value, comment, criteria);
    }

    public NewFeedback comment(String value) {
        return new NewFeedback(evaluationId, userId, rating, thumbs, value, criteria);
    }

    public NewFeedback criteria(Json value) {
        return new NewFeedback(evaluationId, userId, rating, thumbs, comment, value);
    }

    boolean isSaidBy(Feedback stored) {
        return Objects.equals(rating, stored.rating())
                && thumbs == stored.thumbs()
                && Objects.equals(comment, stored.comment())
                && Objects.equals(criteria, stored.criteria());
    }

    /** The fields that may be logged: neither comment nor criteria. */
    @Override
    public String toString() {
        return "NewFeedback[evaluationId=" + evaluationId + ", userId=" + userId + ", rating=" + rating + ", thumbs="
                + thumbs + "]";
    }
}
