package dev.evalstore.account;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Secret;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A user to create; {@link User} describes the fields.
 *
 * @param email one {@code @} with characters on both sides and no space; at most 320 characters
 * @param username ASCII letters, digits, dots, hyphens and underscores, beginning with a letter or digit; at most 64
 * @param displayName not blank, or null
 * @param password 1 to 1,024 characters, or null for a user who cannot log in by password; only its hash is stored.
 *     {@code Json.of} leaves it out
 */
public record NewUser(
        String email,
        String username,
        @Nullable String displayName,
        @Secret @Nullable String password,
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

    public NewUser displayName(String value) {
        return new NewUser(email, username, value, password, role, emailVerified, metadata);
    }

    public NewUser password(String value) {
        return new NewUser(email, username, displayName, value, role, emailVerified, metadata);
    }

    public NewUser role(UserRole value) {
        return new NewUser(email, username, displayName, password, value, emailVerified, metadata);
    }

    public NewUser emailVerified(boolean value) {
        return new NewUser(email, username, displayName, password, role, value, metadata);
    }

    public NewUser metadata(Json value) {
        return new NewUser(email, username, displayName, password, role, emailVerified, value);
    }

    /** Safe to log: nothing personal, and no password. */
    @Override
    public String toString() {
        return "NewUser[role=" + role + "]";
    }
}
