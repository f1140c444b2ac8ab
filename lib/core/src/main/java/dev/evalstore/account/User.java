package dev.evalstore.account;

import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person or service that uses the platform. The password's hash is not a component: it leaves the database only to be
 * compared. Times are the server's.
 *
 * @param id version 7
 * @param email as it was given
 * @param username as it was given
 * @param displayName the name to show, or null
 * @param active whether the user may log in, and the user's keys are accepted
 * @param emailVerified whether the user has proved that the address is theirs
 * @param metadata other properties, or null
 * @param updatedAt when it was last changed, logins not counted
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
    /** The user as an actor, labelled by the username. */
    public Actor asActor() {
        return new Actor(ActorKind.USER, id, username, null, null);
    }

    /** Safe to log: nothing personal. */
    @Override
    public String toString() {
        return "User[id=" + id + ", role=" + role + ", active=" + active + "]";
    }
}
