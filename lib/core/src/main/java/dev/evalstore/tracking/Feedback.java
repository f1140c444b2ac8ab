package dev.evalstore.tracking;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What somebody says of an evaluation; one for a user and evaluation. Times are the server's.
 *
 * @param id version 7
 * @param userId the user who gave it, or null: nobody known, or a user who was removed
 * @param rating 1 to 5, higher is better, or null
 * @param thumbs up or down, or null
 * @param comment text, or null
 * @param criteria judgements of single criteria, as the caller shapes them, or null
 * @param createdAt when it was given first
 * @param updatedAt when it was changed last
 */
public record Feedback(
        UUID id,
        UUID evaluationId,
        @Nullable UUID userId,
        @Nullable Integer rating,
        @Nullable Thumbs thumbs,
        @Nullable String comment,
        @Nullable Json criteria,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: neither comment nor criteria. */
    @Override
    public String toString() {
        return "Feedback[id=" + id + ", evaluationId=" + evaluationId + ", userId=" + userId + ", rating=" + rating
                + ", thumbs=" + thumbs + "]";
    }
}
