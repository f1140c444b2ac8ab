package dev.evalstore.account;

import dev.evalstore.internal.jdbc.Sql;

/** Which users to list. Conditions add up. Immutable. */
public final class UserFilter {
    /** Every user who is not deleted. */
    public static final UserFilter ALL = new UserFilter(Sql.NONE, false);

    private final Sql sql;
    private final boolean includesDeleted;

    private UserFilter(Sql sql, boolean includesDeleted) {
        this.sql = sql;
        this.includesDeleted = includesDeleted;
    }

    /** Only users in this role. */
    public UserFilter role(UserRole role) {
        return new UserFilter(sql.and("and role = ?", role), includesDeleted);
    }

    /** Only active users, or only inactive ones. */
    public UserFilter active(boolean active) {
        return new UserFilter(sql.and("and active = ?", active), includesDeleted);
    }

    /** Deleted users too. */
    public UserFilter includingDeleted() {
        return new UserFilter(sql, true);
    }

    Sql sql() {
        return sql;
    }

    boolean includesDeleted() {
        return includesDeleted;
    }
}
