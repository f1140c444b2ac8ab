package dev.evalstore.governance;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A user's vote on a proposal; one a user. Times are the server's.
 *
 * @param power what it weighs
 * @param reasoning why, or null
 * @param createdAt when the user voted first
 * @param updatedAt when the user changed the vote last
 */
public record Vote(
        UUID proposalId,
        UUID userId,
        VoteChoice choice,
        int power,
        @Nullable String reasoning,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: no text. */
    @Override
    public String toString() {
        return "Vote[proposalId=" + proposalId + ", userId=" + userId + ", choice=" + choice + ", power=" + power + "]";
    }
}
