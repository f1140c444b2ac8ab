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
    public static final UpdateUser NOTHING = new UpdateUser(new Columns(), false, false);

    private static final String VERIFIED_IF_SAME = "email_verified and " + UserReads.SAME_EMAIL;

    private final boolean deactivates;
    private final boolean saysVerified;

    private UpdateUser(Columns columns, boolean deactivates, boolean saysVerified) {
        super(columns, more -> new UpdateUser(more, deactivates, saysVerified));
        this.deactivates = deactivates;
        this.saysVerified = saysVerified;
    }

    /**
     * An address that differs from the present one in more than case is not verified, unless this update also says so by
     * {@link #emailVerified}.
     */
    public UpdateUser email(String value) {
        Columns changes = new Columns().set("email", AccountRules.email(value));
        return with(saysVerified ? changes : changes.expression("email_verified", VERIFIED_IF_SAME, value));
    }

    public UpdateUser username(String value) {
        return with("username", AccountRules.username(value));
    }

    public UpdateUser displayName(Patch<String> change) {
        Check.textOrNull("displayName", valueOf("displayName", change));
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
        return new UpdateUser(columns(), !value, saysVerified).with("active", value);
    }

    public UpdateUser emailVerified(boolean value) {
        return new UpdateUser(columns(), deactivates, true).with("email_verified", value);
    }

    public UpdateUser metadata(Patch<Json> change) {
        return with("metadata", Objects.requireNonNull(change, "metadata"));
    }

    public UpdateUser bio(Patch<String> change) {
        AccountRules.bioOrNull(valueOf("bio", change));
        return with("bio", change);
    }

    public UpdateUser affiliation(Patch<String> change) {
        AccountRules.affiliationOrNull(valueOf("affiliation", change));
        return with("affiliation", change);
    }

    public UpdateUser website(Patch<String> change) {
        Check.urlOrNull("website", valueOf("website", change));
        return with("website", change);
    }

    public UpdateUser githubUsername(Patch<String> change) {
        AccountRules.githubUsernameOrNull(valueOf("githubUsername", change));
        return with("github_username", change);
    }

    public UpdateUser orcid(Patch<String> change) {
        AccountRules.orcidOrNull(valueOf("orcid", change));
        return with("orcid", change);
    }

    public UpdateUser publicEmail(Patch<String> change) {
        AccountRules.publicEmailOrNull(valueOf("publicEmail", change));
        return with("public_email", change);
    }

    boolean deactivates() {
        return deactivates;
    }
}
