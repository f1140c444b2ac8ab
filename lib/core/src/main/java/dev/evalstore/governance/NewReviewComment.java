package dev.evalstore.governance;

import dev.evalstore.internal.Check;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A comment to create; {@link ReviewComment} describes the fields. {@link #of} makes one about the whole proposal, and each
 * further method adds one thing to it.
 *
 * @param createdBy the user who writes it, whoever the reviewer is
 * @param content not blank, at most 20,000 characters
 * @param parentId null for one that replies to none
 * @param path not blank, at most 1,000 characters; null for the whole proposal
 * @param lineFrom from 1; only with a path
 * @param lineTo at least {@code lineFrom}; both or neither
 */
public record NewReviewComment(
        UUID reviewId,
        UUID createdBy,
        String content,
        ReviewCommentKind kind,
        @Nullable UUID parentId,
        @Nullable String path,
        @Nullable Integer lineFrom,
        @Nullable Integer lineTo) {
    static final int MAX_CONTENT = 20_000;
    private static final int MAX_PATH = 1_000;

    public NewReviewComment {
        Objects.requireNonNull(reviewId, "reviewId");
        Objects.requireNonNull(createdBy, "createdBy");
        Check.text("content", content, 1, MAX_CONTENT);
        Objects.requireNonNull(kind, "kind");
        Check.textOrNull("path", path, MAX_PATH);
        if (lineFrom != null || lineTo != null) {
            if (lineFrom == null || lineTo == null || path == null) {
                throw new IllegalArgumentException("lineFrom and lineTo need each other, and a path");
            }
            Check.range("lineFrom", lineFrom, 1, Integer.MAX_VALUE);
            if (lineTo < lineFrom) {
                throw new IllegalArgumentException("lineTo must not be less than lineFrom");
            }
        }
    }

    /** A remark of a user in a review. */
    public static NewReviewComment of(UUID reviewId, UUID createdBy, String content) {
        return new NewReviewComment(reviewId, createdBy, content, ReviewCommentKind.COMMENT, null, null, null, null);
    }

    public NewReviewComment kind(ReviewCommentKind value) {
        return new NewReviewComment(reviewId, createdBy, content, value, parentId, path, lineFrom, lineTo);
    }

    /** As a reply to a comment of the same review. */
    public NewReviewComment replyTo(UUID parent) {
        return new NewReviewComment(
                reviewId, createdBy, content, kind, Objects.requireNonNull(parent, "parent"), path, lineFrom, lineTo);
    }

    /** About a part of the proposal, or a file. */
    public NewReviewComment path(String value) {
        return new NewReviewComment(
                reviewId, createdBy, content, kind, parentId, Objects.requireNonNull(value, "path"), lineFrom, lineTo);
    }

    /** About these lines of it, both included. */
    public NewReviewComment lines(String part, int first, int last) {
        return new NewReviewComment(
                reviewId, createdBy, content, kind, parentId, Objects.requireNonNull(part, "path"), first, last);
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewReviewComment[reviewId=" + reviewId + ", createdBy=" + createdBy + ", kind=" + kind + "]";
    }
}
