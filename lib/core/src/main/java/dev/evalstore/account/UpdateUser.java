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
    public static final UpdateUser NOTHING = new UpdateUser(new Columns());

    private UpdateUser(Columns columns) {
        super(columns, UpdateUser::new);
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

    /** False keeps the user from logging in and has the user's keys refused. */
    public UpdateUser active(boolean value) {
        return with("active", value);
    }

    public UpdateUser emailVerified(boolean value) {
        return with("email_verified", value);
    }

    public UpdateUser metadata(Patch<Json> change) {
        return with("metadata", change);
    }
}
