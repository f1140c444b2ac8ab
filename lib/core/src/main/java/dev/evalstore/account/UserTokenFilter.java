package dev.evalstore.account;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/** Which one-time tokens to list. Conditions add up. Immutable. */
public final class UserTokenFilter extends Conditions<UserTokenFilter> {
    /** Every token, redeemed and expired ones too. */
    public static final UserTokenFilter ALL = new UserTokenFilter(Sql.NONE);

    private static final String OPEN = """
            (used_at is null and expires_at > statement_timestamp()
            and not exists (select from evalstore.users u where u.id = user_id and u.deleted_at is not null)
            and not exists (
                select from evalstore.organizations o where o.id = organization_id and o.deleted_at is not null))""";

    private UserTokenFilter(Sql sql) {
        super(sql, UserTokenFilter::new);
    }

    /** Only tokens of this user. */
    public UserTokenFilter user(UUID userId) {
        return and("and user_id = ?", Objects.requireNonNull(userId, "userId"));
    }

    /** Only invitations into this organization. */
    public UserTokenFilter organization(UUID organizationId) {
        return and("and organization_id = ?", Objects.requireNonNull(organizationId, "organizationId"));
    }

    /** Only tokens for this purpose. */
    public UserTokenFilter purpose(TokenPurpose purpose) {
        return and("and purpose = ?", Objects.requireNonNull(purpose, "purpose"));
    }

    /** Only tokens that were made for this address, in any case. */
    public UserTokenFilter email(String email) {
        return and("and " + UserReads.SAME_EMAIL, Check.content("email", email));
    }

    /**
     * Only tokens that are neither redeemed nor expired, and whose user or organization is not deleted, though the user
     * may be inactive or have another address by now; or only the others.
     */
    public UserTokenFilter open(boolean open) {
        return and(open ? "and " + OPEN : "and not " + OPEN);
    }
}
