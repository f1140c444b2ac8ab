package dev.evalstore.account;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/** Which API keys to list. Conditions add up. Immutable. */
public final class ApiKeyFilter extends Conditions<ApiKeyFilter> {
    /** Every key, revoked and expired ones too. */
    public static final ApiKeyFilter ALL = new ApiKeyFilter(Sql.NONE);

    private ApiKeyFilter(Sql sql) {
        super(sql, ApiKeyFilter::new);
    }

    /** Only keys of this user. */
    public ApiKeyFilter user(UUID userId) {
        return and("and user_id = ?", Objects.requireNonNull(userId, "userId"));
    }

    /** Only keys that are neither suspended nor revoked, though they may have expired; or only the others. */
    public ApiKeyFilter active(boolean active) {
        return and("and active = ?", active);
    }
}
