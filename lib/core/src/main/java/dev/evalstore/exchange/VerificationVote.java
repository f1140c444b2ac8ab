package dev.evalstore.exchange;

import java.time.Instant;
import java.util.UUID;

/**
 * A user's vote on a community verification; one a user.
 *
 * @param createdAt when the user voted first
 * @param updatedAt when the user changed the vote last
 */
public record VerificationVote(
        UUID communityVerificationId, UUID userId, VoteDirection direction, Instant createdAt, Instant updatedAt) {}
