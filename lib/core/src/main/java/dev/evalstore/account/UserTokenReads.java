package dev.evalstore.account;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;

/** The verbs of {@link UserTokenRepository} that only read. */
public sealed class UserTokenReads extends TableRows<UserToken, UserTokenFilter> permits UserTokenRepository {
    static final Table<UserToken> TABLE = Table.of("user token", "user_tokens", """
                    id, user_id, purpose, email, organization_id, expires_at, used_at, metadata, created_at,
                    updated_at""", UserTokenReads::map)
            .newestFirst(UserToken::createdAt, UserToken::id)
            .audited("create", "redeem", "delete");

    UserTokenReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    static UserToken map(Row row) throws SQLException {
        return new UserToken(
                row.uuid("id"),
                row.uuidOrNull("user_id"),
                row.enumValue("purpose", TokenPurpose.class),
                row.text("email"),
                row.uuidOrNull("organization_id"),
                row.instant("expires_at"),
                row.instantOrNull("used_at"),
                row.jsonOrNull("metadata"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
