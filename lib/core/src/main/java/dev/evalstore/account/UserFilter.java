package dev.evalstore.account;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;

/** Which users to list. Conditions add up. Immutable. */
public final class UserFilter extends Conditions<UserFilter> {
    /** Every user who is not deleted. */
    public static final UserFilter ALL = new UserFilter(Sql.NONE, false);

    private final boolean includesDeleted;

    private UserFilter(Sql sql, boolean includesDeleted) {
        super(sql, more -> new UserFilter(more, includesDeleted));
        this.includesDeleted = includesDeleted;
    }

    /** Only users in this role. */
    public UserFilter role(UserRole role) {
        return and("and role = ?", role);
    }

    /** Only active users, or only inactive ones. */
    public UserFilter active(boolean active) {
        return and("and active = ?", active);
    }

    /** Deleted users too. */
    public UserFilter includingDeleted() {
        return new UserFilter(sql(), true);
    }

    @Override
    protected boolean includesDeleted() {
        return includesDeleted;
    }
}
