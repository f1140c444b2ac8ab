package dev.evalstore.account;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A user to create.
 *
 * @param email one {@code @} with something on either side and no space; at most 320 characters
 * @param username ASCII letters, digits, dots, hyphens and underscores, beginning with a letter or digit; at most 64
 * @param displayName what to call them, or null
 * @param password 1 to 1,024 characters, or null for who cannot log in by one; only its hash is stored
 * @param role what they are on the platform
 * @param emailVerified whether they have shown that the address is theirs
 * @param metadata anything else, or null
 */
public record NewUser(
        String email,
        String username,
        @Nullable String displayName,
        @Nullable String password,
        UserRole role,
        boolean emailVerified,
        @Nullable Json metadata) {
    public NewUser {
        AccountRules.email(email);
        AccountRules.username(username);
        Check.textOrNull("displayName", displayName);
        if (password != null) {
            AccountRules.password(password);
        }
        Objects.requireNonNull(role, "role");
    }

    /** A user in the role {@link UserRole#USER}, without a password. */
    public static NewUser of(String email, String username) {
        return new NewUser(email, username, null, null, UserRole.USER, false, null);
    }

    /** The same with a name to call them. */
    public NewUser displayName(String name) {
        return new NewUser(email, username, name, password, role, emailVerified, metadata);
    }

    /** The same with a password. */
    public NewUser password(String secret) {
        return new NewUser(email, username, displayName, secret, role, emailVerified, metadata);
    }

    /** The same in another role. */
    public NewUser role(UserRole other) {
        return new NewUser(email, username, displayName, password, other, emailVerified, metadata);
    }

    /** The same with the address known to be theirs, or not. */
    public NewUser emailVerified(boolean verified) {
        return new NewUser(email, username, displayName, password, role, verified, metadata);
    }

    /** The same with anything else. */
    public NewUser metadata(Json anything) {
        return new NewUser(email, username, displayName, password, role, emailVerified, anything);
    }

    /** What may be logged: nothing personal, and no password. */
    @Override
    public String toString() {
        return "NewUser[role=" + role + "]";
    }
}
