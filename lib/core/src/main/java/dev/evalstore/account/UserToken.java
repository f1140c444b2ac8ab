package dev.evalstore.account;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A one-time token, without its secret and without the secret's hash. Times are the server's.
 *
 * @param id version 7
 * @param userId the user that the token was issued for; null for an invitation
 * @param email the address that the token was issued for: the user's at that time, or the invited one
 * @param organizationId where an invitation leads to; null for other purposes
 * @param expiresAt from then on the token is refused
 * @param usedAt when the token was redeemed, or null
 * @param metadata other properties, or null
 */
public record UserToken(
        UUID id,
        @Nullable UUID userId,
        TokenPurpose purpose,
        String email,
        @Nullable UUID organizationId,
        Instant expiresAt,
        @Nullable Instant usedAt,
        @Nullable Json metadata,
        Instant createdAt,
        Instant updatedAt) {
    /** Safe to log: nothing personal. */
    @Override
    public String toString() {
        return "UserToken[id=" + id + ", purpose=" + purpose + ", expiresAt=" + expiresAt + ", usedAt=" + usedAt + "]";
    }
}
