package dev.evalstore.account;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.UUID;

/** Which one-time tokens to list. Conditions add up. Immutable. */
public final class UserTokenFilter extends Conditions<UserTokenFilter> {
    /** Every token, redeemed and expired ones too. */
    public static final UserTokenFilter ALL = new UserTokenFilter(Sql.NONE);

    private UserTokenFilter(Sql sql) {
        super(sql, UserTokenFilter::new);
    }

    /** Only tokens of this user. */
    public UserTokenFilter user(UUID userId) {
        return and("and user_id = ?", userId);
    }

    /** Only invitations into this organization. */
    public UserTokenFilter organization(UUID organizationId) {
        return and("and organization_id = ?", organizationId);
    }

    /** Only tokens for this purpose. */
    public UserTokenFilter purpose(TokenPurpose purpose) {
        return and("and purpose = ?", purpose);
    }

    /** Only tokens that are neither redeemed nor expired, though their user may be inactive; or only the others. */
    public UserTokenFilter open(boolean open) {
        return open
                ? and("and used_at is null and expires_at > statement_timestamp()")
                : and("and (used_at is not null or expires_at <= statement_timestamp())");
    }
}
