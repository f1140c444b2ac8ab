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
 * @param bio the user about the user, or null
 * @param affiliation where the user works or studies, or null
 * @param website the user's own pages, or null
 * @param githubUsername the user's name at GitHub, or null
 * @param orcid the user's ORCID iD, or null
 * @param publicEmail the address that anybody may see, or null
 * @param lastLoginAt null before the first login
 * @param lastActiveAt the last activity that {@link UserRepository#recordActivity} recorded, true to a minute, or null
 * @param updatedAt when it was last changed, logins and activity not counted
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
        @Nullable String bio,
        @Nullable String affiliation,
        @Nullable String website,
        @Nullable String githubUsername,
        @Nullable String orcid,
        @Nullable String publicEmail,
        @Nullable Instant lastLoginAt,
        @Nullable Instant lastActiveAt,
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
