package dev.evalstore.account;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key by which programs act for a user. Neither the key nor its hash is a component. Times are the server's.
 *
 * @param id version 7
 * @param userId the user that the key acts for
 * @param keyId the public part of the key, by which people tell keys apart
 * @param name the name that people give it
 * @param scopes the permitted uses, as the host names them
 * @param active false while suspended, and for good once revoked
 * @param lastUsedAt when it was last accepted, accurate to a minute, or null
 * @param updatedAt when it was last changed, uses not counted
 */
public record ApiKey(
        UUID id,
        UUID userId,
        String keyId,
        String name,
        List<String> scopes,
        boolean active,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt,
        Instant createdAt,
        Instant updatedAt) {
    public ApiKey {
        scopes = List.copyOf(scopes);
    }

    ApiKey usedAt(Instant time) {
        return new ApiKey(id, userId, keyId, name, scopes, active, expiresAt, revokedAt, time, createdAt, updatedAt);
    }
}
