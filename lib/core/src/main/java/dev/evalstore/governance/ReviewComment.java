package dev.evalstore.governance;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A comment in a review, or a reply to one. Times are the server's.
 *
 * @param id version 7
 * @param parentId the comment of the same review that this replies to, or null
 * @param depth how many comments it stands below; 0 for one that replies to none
 * @param path the part of the proposal, or the file, that it is about, or null
 * @param lineFrom the first line that it is about, from 1, or null
 * @param lineTo the last line that it is about, or null
 * @param resolvedBy the user who settled it, or null when it is open, or the user was removed
 * @param resolvedAt when it was settled, or null while it is open
 * @param createdBy the user who wrote it, or null once removed
 */
public record ReviewComment(
        UUID id,
        UUID reviewId,
        @Nullable UUID parentId,
        int depth,
        ReviewCommentKind kind,
        String content,
        @Nullable String path,
        @Nullable Integer lineFrom,
        @Nullable Integer lineTo,
        @Nullable UUID resolvedBy,
        @Nullable Instant resolvedAt,
        @Nullable UUID createdBy,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "ReviewComment[id=" + id + ", reviewId=" + reviewId + ", parentId=" + parentId + ", kind=" + kind
                + ", createdBy=" + createdBy + "]";
    }
}
