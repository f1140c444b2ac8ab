package dev.evalstore.account;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key by which programs act for a user. Neither the key nor the hash of it is among the fields.
 *
 * @param id version 7
 * @param userId whose it is
 * @param keyId the public part of the key, by which people tell keys apart
 * @param name what people call it
 * @param scopes what it may be used for, in the host's words
 * @param active false while suspended, and for good once revoked
 * @param expiresAt when it ends, or null for never
 * @param revokedAt when it was revoked, or null
 * @param lastUsedAt when it was last accepted, true to a minute, or null
 * @param createdAt when it was created
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
}
