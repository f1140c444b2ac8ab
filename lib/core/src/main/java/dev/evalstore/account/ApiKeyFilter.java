package dev.evalstore.account;

import dev.evalstore.internal.jdbc.Sql;
import java.util.UUID;

/** Which API keys to list. Conditions add up. Immutable. */
public final class ApiKeyFilter {
    /** Every key, revoked and expired ones too. */
    public static final ApiKeyFilter ALL = new ApiKeyFilter(Sql.NONE);

    private final Sql sql;

    private ApiKeyFilter(Sql sql) {
        this.sql = sql;
    }

    /** Only keys of this user. */
    public ApiKeyFilter user(UUID userId) {
        return new ApiKeyFilter(sql.and("and user_id = ?", userId));
    }

    /** Only keys that are neither suspended nor revoked, though they may have expired; or only the others. */
    public ApiKeyFilter active(boolean active) {
        return new ApiKeyFilter(sql.and("and active = ?", active));
    }

    Sql sql() {
        return sql;
    }
}
