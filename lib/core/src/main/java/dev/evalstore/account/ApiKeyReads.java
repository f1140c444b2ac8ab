package dev.evalstore.account;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.Rows;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link ApiKeyRepository} that only read, and {@link #verify}. */
public sealed class ApiKeyReads extends TableRows<ApiKey, ApiKeyFilter> permits ApiKeyRepository {
    static final Table<ApiKey> TABLE = Table.of("api key", "api_keys", """
                    id, user_id, key_id, name, scopes, active, expires_at, revoked_at, last_used_at, created_at,
                    updated_at""", ApiKeyReads::map)
            .newestFirst(ApiKey::createdAt, ApiKey::id)
            .status(key -> key.revokedAt() != null ? End.REVOKED : End.EXPIRED)
            .audited("create", "suspend", "resume", "revoke", "rotate", "delete");

    /**
     * One statement finds key and user, and records the use if the last recorded one is at least a minute old.
     * Otherwise the function is not called, so the statement only reads. Without the right hash no use is recorded; the
     * caller compares the hash again, in constant time.
     */
    private static final String VERIFY = """
            /* api_keys.verify */ select %s, %s, k.key_hash as k_key_hash,
                case when k.key_hash = ?
                    and (k.last_used_at is null or k.last_used_at <= statement_timestamp() - interval '1 minute')
                    then evalstore.note_key_use(k.id) end as used_at
            from evalstore.api_keys k join evalstore.users u on u.id = k.user_id
            where k.key_id = ? and k.active and (k.expires_at is null or k.expires_at > statement_timestamp())
                and u.active
                and u.deleted_at is null""".formatted(TABLE.columns("k"), UserReads.TABLE.columns("u"));

    /** Called by {@code Reading} alone. */
    public ApiKeyReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The user's keys, revoked and expired ones too; see {@link Rows#list(Object, int, Cursor)}. */
    public Page<ApiKey> listByUser(UUID userId, int limit, @Nullable Cursor after) {
        return list(ApiKeyFilter.ALL.user(userId), limit, after);
    }

    /** {@link #verify(String, String)} without asking for a scope. */
    public Optional<VerifiedKey> verify(String presented) {
        KeyText text = KeyText.parse(Objects.requireNonNull(presented, "presented"));
        if (text == null) {
            return Optional.empty();
        }
        byte[] hash = text.hash();
        return UnknownOutcome.findAndTouch(jdbc.present(), Sql.of(VERIFY, hash, text.keyId()), Candidate::map)
                .filter(candidate -> MessageDigest.isEqual(candidate.hash(), hash))
                .map(Candidate::verified);
    }

    /**
     * The key and its user, if the text is a key with the scope, neither suspended, revoked nor expired, and the user
     * is active. Text that cannot be a key, by its form and checksum, is refused without asking the database.
     * Everything else takes one statement that reads one row, whatever the reason to refuse it. Records the use at most
     * once a minute. So it runs on the primary, also through a {@code Reading}.
     *
     * @param presented the text that the caller sent, of any length and content
     * @param scope the scope that the key must have
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost and the use may or may not
     *     be recorded; verifying again does no harm
     */
    public Optional<VerifiedKey> verify(String presented, String scope) {
        Check.text("scope", scope);
        return verify(presented).filter(verified -> verified.key().scopes().contains(scope));
    }

    private static ApiKey map(Row row) throws SQLException {
        return new ApiKey(
                row.uuid("id"),
                row.uuid("user_id"),
                row.text("key_id"),
                row.text("name"),
                row.texts("scopes"),
                row.bool("active"),
                row.instantOrNull("expires_at"),
                row.instantOrNull("revoked_at"),
                row.instantOrNull("last_used_at"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    /** Why a key refuses a change; a key that was refused and is not revoked has expired. */
    private enum End {
        REVOKED,
        EXPIRED
    }

    /** A key as it is stored, with the hash to compare. */
    private record Candidate(VerifiedKey verified, byte[] hash) {
        static Candidate map(Row row) throws SQLException {
            ApiKey key = ApiKeyReads.map(row.at("k"));
            Instant used = row.instantOrNull("used_at");
            return new Candidate(
                    new VerifiedKey(UserReads.map(row.at("u")), used == null ? key : key.usedAt(used)),
                    row.bytes("k_key_hash"));
        }
    }
}
