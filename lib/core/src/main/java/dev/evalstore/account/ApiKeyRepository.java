package dev.evalstore.account;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.Rows;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keys by which programs act for a user. A key is shown when it is made and never again: only its public part and a
 * SHA-256 of its secret part are stored.
 */
public final class ApiKeyRepository extends TableRows<ApiKey, ApiKeyFilter> {
    static final Table<ApiKey> TABLE = Table.of("api key", "api_keys", """
                    id, user_id, key_id, name, scopes, active, expires_at, revoked_at, last_used_at, created_at,
                    updated_at""", ApiKeyRepository::map)
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
                and u.deleted_at is null""".formatted(TABLE.columns("k"), UserRepository.TABLE.columns("u"));

    private static final String NOT_REVOKED = "revoked_at is null";
    private static final String NOT_ENDED =
            "revoked_at is null and (expires_at is null or expires_at > statement_timestamp())";
    private static final String OF_LIVING_USER = """
            exists (select from evalstore.users u where u.id = user_id and u.deleted_at is null for share)""";

    /**
     * The id of a user who is deleted becomes null here, which the column refuses. Locked, so that a deletion at the
     * same moment comes before or after; an unknown id is left to the foreign key.
     */
    private static final String LIVING_USER = """
            case when exists (select from evalstore.users where id = ? and deleted_at is null for share)
                or not exists (select from evalstore.users where id = ?) then ?::uuid end""";

    private static final String NO_LATER = "least(expires_at, statement_timestamp() + make_interval(secs => ?))";

    /** Called by {@code Repositories} alone. */
    public ApiKeyRepository(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /**
     * Makes a key and stores its public part and hash.
     *
     * @throws ConstraintViolationException if the user does not exist ({@code api_keys_user_fk})
     * @throws ConflictException if the user is deleted
     */
    public IssuedApiKey create(NewApiKey key) {
        return create(jdbc, Objects.requireNonNull(key, "key"));
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
        return UnknownOutcome.findAndTouch(jdbc, Sql.of(VERIFY, hash, text.keyId()), Candidate::map)
                .filter(candidate -> MessageDigest.isEqual(candidate.hash(), hash))
                .map(Candidate::verified);
    }

    /**
     * The key and its user, if the text is a key with the scope, neither suspended, revoked nor expired, and the user
     * is active. Text that cannot be a key, by its form and checksum, is refused without asking the database.
     * Everything else takes one statement that reads one row, whatever the reason to refuse it. Records the use at most
     * once a minute, which needs a server that accepts writes.
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

    /**
     * Suspends the key, or resumes it.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the key is revoked, or is to be resumed and its user is deleted
     */
    public ApiKey setActive(UUID id, boolean active) {
        Columns change = new Columns().set("active", active);
        return active
                ? ofLivingUser(jdbc, id, "resume", NOT_REVOKED, change)
                : TABLE.move(jdbc, id, "suspend", NOT_REVOKED, change);
    }

    /**
     * Ends the key for good, from the next verification on.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the key is revoked already
     */
    public ApiKey revoke(UUID id) {
        Columns end = new Columns().set("active", false).now("revoked_at");
        return TABLE.move(jdbc, id, "revoke", NOT_REVOKED, end);
    }

    /**
     * Makes a key with the same user, name and scopes, and lets the old key expire after the overlap. An old key that
     * would expire earlier does so. Both changes are made in one transaction. Two concurrent callers that rotate the
     * same key get a new key each.
     *
     * @param overlap how long both keys are accepted, at most 36,500 days; zero ends the old one at once
     * @param expiresAt when the new key expires, or null for never
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the key is revoked or has expired, or its user is deleted
     */
    public IssuedApiKey rotate(UUID id, Duration overlap, @Nullable Instant expiresAt) {
        Objects.requireNonNull(id, "id");
        Check.periodOrZero("overlap", overlap);
        Check.timeOrNull("expiresAt", expiresAt);
        return jdbc.atomically(tx -> {
            Columns end = new Columns().expression("expires_at", NO_LATER, overlap);
            ApiKey old = ofLivingUser(tx, id, "rotate", NOT_ENDED, end);
            return create(tx, new NewApiKey(old.userId(), old.name(), old.scopes(), expiresAt));
        });
    }

    /** Removes the row; false when none has the id. See {@link #revoke} to keep it. */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }

    private static IssuedApiKey create(Jdbc jdbc, NewApiKey key) {
        KeyText text = KeyText.random();
        Columns values = new Columns()
                .expression("user_id", LIVING_USER, key.userId(), key.userId(), key.userId())
                .set("key_id", text.keyId())
                .set("key_hash", text.hash())
                .set("name", key.name())
                .set("scopes", SqlArray.texts(key.scopes()))
                .set("expires_at", key.expiresAt());
        try {
            return new IssuedApiKey(TABLE.create(jdbc, values), text.text());
        } catch (ConstraintViolationException e) {
            throw e.kind() == ConstraintViolationException.Kind.NOT_NULL ? userDeleted(key.userId(), "create") : e;
        }
    }

    /** A change of a key that only a user who is not deleted may have. */
    private static ApiKey ofLivingUser(Jdbc jdbc, UUID id, String verb, String guard, Columns values) {
        try {
            return TABLE.move(jdbc, id, verb, guard + " and " + OF_LIVING_USER, values);
        } catch (ConflictException e) {
            ApiKey key = TABLE.get(jdbc, id);
            boolean deleted = UserRepository.TABLE.get(jdbc, key.userId()).deletedAt() != null;
            throw deleted && key.revokedAt() == null ? userDeleted(key.userId(), verb) : e;
        }
    }

    private static ConflictException userDeleted(UUID user, String verb) {
        return new ConflictException("user " + user + " is deleted: cannot " + verb + " an api key");
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
            ApiKey key = ApiKeyRepository.map(row.at("k"));
            Instant used = row.instantOrNull("used_at");
            return new Candidate(
                    new VerifiedKey(UserRepository.map(row.at("u")), used == null ? key : key.usedAt(used)),
                    row.bytes("k_key_hash"));
        }
    }
}
