package dev.evalstore.account;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person or service that uses the platform. The hash of its password is not among the fields: it never leaves the database but
 * to be compared.
 *
 * @param id version 7
 * @param email as it was given
 * @param username as it was given
 * @param displayName what to call them, or null
 * @param role what they are on the platform
 * @param active whether they may log in, and their keys are accepted
 * @param emailVerified whether they have shown that the address is theirs
 * @param metadata anything else, or null
 * @param lastLoginAt when they last logged in, or null
 * @param createdAt when they were created
 * @param updatedAt when they were last changed, logins not counted
 * @param deletedAt when they were deleted, or null
 */
public record User(
        UUID id,
        String email,
        String username,
        @Nullable String displayName,
        UserRole role,
        boolean active,
        boolean emailVerified,
        @Nullable Json metadata,
        @Nullable Instant lastLoginAt,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {
    /** What may be logged: nothing personal. */
    @Override
    public String toString() {
        return "User[id=" + id + ", role=" + role + ", active=" + active + "]";
    }
}
