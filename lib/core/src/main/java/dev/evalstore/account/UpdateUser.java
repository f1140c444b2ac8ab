package dev.evalstore.account;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import org.jspecify.annotations.Nullable;

/**
 * A change of a user; the same rules as in {@link NewUser}. The password has a verb of its own.
 *
 * @param email the new address, or null to keep it
 * @param username the new name, or null to keep it
 * @param displayName keep, set or clear
 * @param role the new role, or null to keep it
 * @param active the new state, or null to keep it
 * @param emailVerified the new state, or null to keep it
 * @param metadata keep, set or clear
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

    /** The same with a new address. */
    public UpdateUser withEmail(String address) {
        return new UpdateUser(address, username, displayName, role, active, emailVerified, metadata);
    }

    /** The same with a new name. */
    public UpdateUser withUsername(String name) {
        return new UpdateUser(email, name, displayName, role, active, emailVerified, metadata);
    }

    /** The same with another name to call them. */
    public UpdateUser withDisplayName(Patch<String> change) {
        return new UpdateUser(email, username, change, role, active, emailVerified, metadata);
    }

    /** The same with a new role. */
    public UpdateUser withRole(UserRole other) {
        return new UpdateUser(email, username, displayName, other, active, emailVerified, metadata);
    }

    /** The same, letting the user in or keeping them out. */
    public UpdateUser withActive(boolean state) {
        return new UpdateUser(email, username, displayName, role, state, emailVerified, metadata);
    }

    /** The same with the address known to be theirs, or not. */
    public UpdateUser withEmailVerified(boolean verified) {
        return new UpdateUser(email, username, displayName, role, active, verified, metadata);
    }

    /** The same with anything else. */
    public UpdateUser withMetadata(Patch<Json> change) {
        return new UpdateUser(email, username, displayName, role, active, emailVerified, change);
    }

    /** What may be logged: nothing personal. */
    @Override
    public String toString() {
        return "UpdateUser[role=" + role + ", active=" + active + "]";
    }
}
