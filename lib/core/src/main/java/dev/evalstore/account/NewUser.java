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
        @Nullable Json metadata,
        Profile profile) {
    public NewUser {
        AccountRules.email(email);
        AccountRules.username(username);
        Check.textOrNull("displayName", displayName);
        if (password != null) {
            AccountRules.password(password);
        }
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(profile, "profile");
    }

    /** A user in the role {@link UserRole#USER}, without a password and with an empty profile. */
    public static NewUser of(String email, String username) {
        return new NewUser(email, username, null, null, UserRole.USER, false, null, Profile.NONE);
    }

    public NewUser displayName(String value) {
        return new NewUser(email, username, value, password, role, emailVerified, metadata, profile);
    }

    public NewUser password(String value) {
        return new NewUser(email, username, displayName, value, role, emailVerified, metadata, profile);
    }

    public NewUser role(UserRole value) {
        return new NewUser(email, username, displayName, password, value, emailVerified, metadata, profile);
    }

    public NewUser emailVerified(boolean value) {
        return new NewUser(email, username, displayName, password, role, value, metadata, profile);
    }

    public NewUser metadata(Json value) {
        return new NewUser(email, username, displayName, password, role, emailVerified, value, profile);
    }

    public NewUser profile(Profile value) {
        return new NewUser(email, username, displayName, password, role, emailVerified, metadata, value);
    }

    /** Safe to log: nothing personal, and no password. */
    @Override
    public String toString() {
        return "NewUser[role=" + role + "]";
    }

    /**
     * What a user shows to others. Everything may be null.
     *
     * @param bio the user about the user: not blank, at most 5,000 characters
     * @param affiliation where the user works or studies: not blank, at most 200 characters
     * @param website an http or https address of at most 2,000 characters
     * @param githubUsername the name at GitHub without {@code @}: ASCII letters, digits, hyphens and underscores,
     *     beginning with a letter or digit; at most 39
     * @param orcid an ORCID iD in four groups joined by hyphens, such as {@code 0000-0002-1825-0097}. Its last character
     *     checks the 15 digits before it (ISO 7064, MOD 11-2)
     * @param publicEmail the address that anybody may see, by the rules of {@code email}
     */
    public record Profile(
            @Nullable String bio,
            @Nullable String affiliation,
            @Nullable String website,
            @Nullable String githubUsername,
            @Nullable String orcid,
            @Nullable String publicEmail) {
        /** Nothing is shown. */
        public static final Profile NONE = new Profile(null, null, null, null, null, null);

        public Profile {
            AccountRules.bioOrNull(bio);
            AccountRules.affiliationOrNull(affiliation);
            Check.urlOrNull("website", website);
            AccountRules.githubUsernameOrNull(githubUsername);
            AccountRules.orcidOrNull(orcid);
            AccountRules.publicEmailOrNull(publicEmail);
        }

        public Profile bio(String value) {
            return new Profile(value, affiliation, website, githubUsername, orcid, publicEmail);
        }

        public Profile affiliation(String value) {
            return new Profile(bio, value, website, githubUsername, orcid, publicEmail);
        }

        public Profile website(String value) {
            return new Profile(bio, affiliation, value, githubUsername, orcid, publicEmail);
        }

        public Profile githubUsername(String value) {
            return new Profile(bio, affiliation, website, value, orcid, publicEmail);
        }

        public Profile orcid(String value) {
            return new Profile(bio, affiliation, website, githubUsername, value, publicEmail);
        }

        public Profile publicEmail(String value) {
            return new Profile(bio, affiliation, website, githubUsername, orcid, value);
        }

        /** Safe to log: nothing personal. */
        @Override
        public String toString() {
            return "Profile[]";
        }
    }
}
