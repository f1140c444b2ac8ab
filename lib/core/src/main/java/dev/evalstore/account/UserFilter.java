package dev.evalstore.account;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/** Which users to list. Conditions add up. Immutable. */
public final class UserFilter extends Conditions<UserFilter> {
    /** Every user who is not deleted. */
    public static final UserFilter ALL = new UserFilter(Sql.NONE, false);

    private static final String MEMBER_OF = """
            and id in (
                select m.user_id
                from evalstore.organization_members m join evalstore.organizations o on o.id = m.organization_id
                where o.id = ? and o.deleted_at is null)""";

    private final boolean includesDeleted;

    private UserFilter(Sql sql, boolean includesDeleted) {
        super(sql, more -> new UserFilter(more, includesDeleted));
        this.includesDeleted = includesDeleted;
    }

    /** Only users in this role. */
    public UserFilter role(UserRole role) {
        return and("and role = ?", Objects.requireNonNull(role, "role"));
    }

    /** Only active users, or only inactive ones. */
    public UserFilter active(boolean active) {
        return and("and active = ?", active);
    }

    /** Only members of this organization; none where it is deleted. */
    public UserFilter memberOf(UUID organizationId) {
        return and(MEMBER_OF, Objects.requireNonNull(organizationId, "organizationId"));
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
