package dev.evalstore.account;

import dev.evalstore.internal.jdbc.Sql;
import org.jspecify.annotations.Nullable;

/**
 * Which users to list; what is null does not filter.
 *
 * @param role only in this role
 * @param active only those who are, or are not, active
 * @param withDeleted whether deleted users are listed too
 */
public record UserFilter(@Nullable UserRole role, @Nullable Boolean active, boolean withDeleted) {
    /** Every user who is not deleted. */
    public static final UserFilter ALL = new UserFilter(null, null, false);

    /** The same, only in this role. */
    public UserFilter role(UserRole only) {
        return new UserFilter(only, active, withDeleted);
    }

    /** The same, only those who are, or are not, active. */
    public UserFilter active(boolean only) {
        return new UserFilter(role, only, withDeleted);
    }

    /** The same with those who are deleted. */
    public UserFilter includingDeleted() {
        return new UserFilter(role, active, true);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(!withDeleted, "and deleted_at is null")
                .andIf(role != null, "and role = ?", role)
                .andIf(active != null, "and active = ?", active);
    }
}
