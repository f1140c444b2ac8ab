package dev.evalstore.account;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.util.Objects;

/**
 * A change of a user, by the rules of {@link NewUser}; {@link User} describes the fields. Immutable.
 * {@link UserRepository#setPassword} changes the password.
 */
public final class UpdateUser extends Assignments<UpdateUser> {
    /** Changes nothing. */
    public static final UpdateUser NOTHING = new UpdateUser(new Columns(), false);

    private final boolean deactivates;

    private UpdateUser(Columns columns, boolean deactivates) {
        super(columns, more -> new UpdateUser(more, deactivates));
        this.deactivates = deactivates;
    }

    public UpdateUser email(String value) {
        return with("email", AccountRules.email(value));
    }

    public UpdateUser username(String value) {
        return with("username", AccountRules.username(value));
    }

    public UpdateUser displayName(Patch<String> change) {
        Check.textOrNull("displayName", change.value());
        return with("display_name", change);
    }

    public UpdateUser role(UserRole value) {
        return with("role", Objects.requireNonNull(value, "role"));
    }

    /**
     * False keeps the user from logging in and has the user's keys refused. It is refused for the last active owner of an
     * organization.
     */
    public UpdateUser active(boolean value) {
        return new UpdateUser(columns(), !value).with("active", value);
    }

    public UpdateUser emailVerified(boolean value) {
        return with("email_verified", value);
    }

    public UpdateUser metadata(Patch<Json> change) {
        return with("metadata", change);
    }

    public UpdateUser bio(Patch<String> change) {
        AccountRules.bioOrNull(change.value());
        return with("bio", change);
    }

    public UpdateUser affiliation(Patch<String> change) {
        AccountRules.affiliationOrNull(change.value());
        return with("affiliation", change);
    }

    public UpdateUser website(Patch<String> change) {
        Check.urlOrNull("website", change.value());
        return with("website", change);
    }

    public UpdateUser githubUsername(Patch<String> change) {
        AccountRules.githubUsernameOrNull(change.value());
        return with("github_username", change);
    }

    public UpdateUser orcid(Patch<String> change) {
        AccountRules.orcidOrNull(change.value());
        return with("orcid", change);
    }

    public UpdateUser publicEmail(Patch<String> change) {
        AccountRules.publicEmailOrNull(change.value());
        return with("public_email", change);
    }

    boolean deactivates() {
        return deactivates;
    }
}
