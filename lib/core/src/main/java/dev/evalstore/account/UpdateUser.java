package dev.evalstore.account;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import org.jspecify.annotations.Nullable;

/**
 * A change of a user, by the rules of {@link NewUser}; {@link User} describes the fields. Null keeps the stored value.
 * {@link UserRepository#setPassword} changes the password.
 */
public record UpdateUser(
        @Nullable String email,
        @Nullable String username,
        Patch<String> displayName,
        @Nullable UserRole role,
        @Nullable Boolean active,
        @Nullable Boolean emailVerified,
        Patch<Json> metadata) {
    /** Changes nothing. */
    public static final UpdateUser NOTHING = new UpdateUser(null, null, Patch.keep(), null, null, null, Patch.keep());

    public UpdateUser {
        if (email != null) {
            AccountRules.email(email);
        }
        if (username != null) {
            AccountRules.username(username);
        }
        Check.textOrNull("displayName", displayName.value());
    }

    public UpdateUser withEmail(String value) {
        return new UpdateUser(value, username, displayName, role, active, emailVerified, metadata);
    }

    public UpdateUser withUsername(String value) {
        return new UpdateUser(email, value, displayName, role, active, emailVerified, metadata);
    }

    public UpdateUser withDisplayName(Patch<String> change) {
        return new UpdateUser(email, username, change, role, active, emailVerified, metadata);
    }

    public UpdateUser withRole(UserRole value) {
        return new UpdateUser(email, username, displayName, value, active, emailVerified, metadata);
    }

    /** False keeps the user from logging in and has the user's keys refused. */
    public UpdateUser withActive(boolean value) {
        return new UpdateUser(email, username, displayName, role, value, emailVerified, metadata);
    }

    public UpdateUser withEmailVerified(boolean value) {
        return new UpdateUser(email, username, displayName, role, active, value, metadata);
    }

    public UpdateUser withMetadata(Patch<Json> change) {
        return new UpdateUser(email, username, displayName, role, active, emailVerified, change);
    }

    /** Safe to log: nothing personal. */
    @Override
    public String toString() {
        return "UpdateUser[role=" + role + ", active=" + active + "]";
    }
}
