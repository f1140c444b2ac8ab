package dev.evalstore.account;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.audit.Trail;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keys by which programs act for a user; obtained from {@code Database} or {@code Tx}. A key is shown when it is made and never
 * again: what is stored is its public part and a SHA-256 of its secret part.
 */
public final class ApiKeyRepository {
    private static final String READ =
            "id, user_id, key_id, name, scopes, active, expires_at, revoked_at, last_used_at,"
                    + " created_at, updated_at";

    static final Table<ApiKey> TABLE = Table.of("api key", "api_keys", READ, row -> map(row, ""));

    private static final Keyset<ApiKey> NEWEST = Keyset.newestFirst("api_keys", ApiKey::createdAt, ApiKey::id);
    private static final Trail<ApiKey> TRAIL = Trail.of(TABLE, ApiKey::id);

    /**
     * One statement: finds key and user, and notes the use where the last one is a minute old; the function is called in that case
     * alone, so that otherwise this is a plain read. Without the right hash nothing is noted; the hash is compared once more here,
     * in constant time.
     */
    private static final String VERIFY = """
            /* api_keys.verify */ select k.id as k_id, k.user_id as k_user_id, k.key_id as k_key_id, k.name as k_name,
                k.scopes as k_scopes, k.active as k_active, k.expires_at as k_expires_at, k.revoked_at as k_revoked_at,
                coalesce(case when k.key_hash = ?
                        and (k.last_used_at is null or k.last_used_at <= statement_timestamp() - interval '1 minute')
                    then evalstore.note_key_use(k.id) end, k.last_used_at) as k_last_used_at,
                k.created_at as k_created_at, k.updated_at as k_updated_at, k.key_hash as k_key_hash,
                u.id as u_id, u.email as u_email, u.username as u_username, u.display_name as u_display_name,
                u.role as u_role, u.active as u_active, u.email_verified as u_email_verified, u.metadata as u_metadata,
                u.last_login_at as u_last_login_at, u.created_at as u_created_at, u.updated_at as u_updated_at,
                u.deleted_at as u_deleted_at
            from evalstore.api_keys k join evalstore.users u on u.id = k.user_id
            where k.key_id = ? and k.active and (k.expires_at is null or k.expires_at > statement_timestamp())
                and u.active and u.deleted_at is null""";

    private static final String SHORTEN = "/* api_keys.shorten */ update evalstore.api_keys set"
            + " expires_at = least(expires_at, statement_timestamp() + make_interval(secs => ?)),"
            + " updated_at = statement_timestamp()"
            + " where id = ? and revoked_at is null and (expires_at is null or expires_at > statement_timestamp()) returning "
            + READ;

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public ApiKeyRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** A key as stored, with the hash to compare. */
    private record Candidate(VerifiedKey key, byte[] hash) {}

    /**
     * Makes a key and stores what is needed to know it again.
     *
     * @throws ConstraintViolationException if the user does not exist ({@code api_keys_user_fk})
     */
    public IssuedApiKey create(NewApiKey key) {
        return create(jdbc, key);
    }

    private static IssuedApiKey create(Jdbc jdbc, NewApiKey key) {
        KeyText text = KeyText.random();
        ApiKey stored = TRAIL.created(
                jdbc,
                on -> TABLE.insert(
                        on,
                        Uuids.next(),
                        new Columns()
                                .set("user_id", key.userId())
                                .set("key_id", text.keyId())
                                .set("key_hash", text.hash())
                                .set("name", key.name())
                                .set("scopes", SqlArray.texts(key.scopes()))
                                .set("expires_at", key.expiresAt())));
        return new IssuedApiKey(stored, text.text());
    }

    /** The key, or empty when none has the id. */
    public Optional<ApiKey> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /**
     * The key.
     *
     * @throws NotFoundException if none has the id
     */
    public ApiKey get(UUID id) {
        return TABLE.get(jdbc, id);
    }

    /**
     * The user's keys, newest first, revoked and expired ones too.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<ApiKey> list(UUID userId, int limit, @Nullable Cursor after) {
        return TABLE.page(jdbc, Sql.of("and user_id = ?", userId), NEWEST, limit, after);
    }

    /** {@link #verify(String, String)} without asking for a scope. */
    public Optional<VerifiedKey> verify(String presented) {
        Check.content("presented", presented);
        KeyText text = KeyText.parse(presented);
        if (text == null) {
            return Optional.empty();
        }
        byte[] hash = text.hash();
        Optional<Candidate> found = jdbc.findAndTouch(
                Sql.of(VERIFY, hash, text.keyId()),
                row -> new Candidate(
                        new VerifiedKey(UserRepository.map(row, "u_"), map(row, "k_")), row.bytes("k_key_hash")));
        return found.filter(candidate -> MessageDigest.isEqual(candidate.hash(), hash))
                .map(Candidate::key);
    }

    /**
     * For whom a presented key acts, if it is a key, is not suspended, revoked or expired, belongs to an active user, and has the
     * scope. Text that is no key, by its form and checksum, is refused without asking the database; everything else takes one
     * statement and one read of one row, whatever the reason to refuse it. Notes the use at most once a minute, for which it
     * needs a server that takes writes.
     *
     * @param presented what the caller sent, of any length and content
     * @param scope what the key must be good for
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost and nobody knows whether the use was
     *     noted; to verify again does no harm
     */
    public Optional<VerifiedKey> verify(String presented, String scope) {
        Check.text("scope", scope);
        return verify(presented).filter(verified -> verified.key().scopes().contains(scope));
    }

    /**
     * Suspends the key, or takes it into use again.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is revoked
     */
    public ApiKey setActive(UUID id, boolean active) {
        return TRAIL.changed(
                jdbc,
                active ? "resume" : "suspend",
                id,
                on -> TABLE.update(on, id, new Columns().set("active", active), "and revoked_at is null")
                        .orElseThrow(() -> ended(on, id)));
    }

    /**
     * Ends the key for good, from the next verification on.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is revoked already
     */
    public ApiKey revoke(UUID id) {
        return TRAIL.changed(
                jdbc,
                "revoke",
                id,
                on -> on.change(
                                Sql.of(
                                        "update evalstore.api_keys set active = false, revoked_at = statement_timestamp(),"
                                                + " updated_at = statement_timestamp() where id = ? and revoked_at is null returning "
                                                + READ,
                                        id),
                                TABLE.mapper())
                        .orElseThrow(() -> ended(on, id)));
    }

    /**
     * Makes a key with the same user, name and scopes, and lets the old one end after the overlap, or when it would have ended
     * anyway; both or neither, and of two who rotate one key at once both get a new one.
     *
     * @param overlap how long both keys are good; zero ends the old one at once
     * @param expiresAt when the new one ends, or null for never
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is revoked or has expired
     */
    public IssuedApiKey rotate(UUID id, Duration overlap, @Nullable Instant expiresAt) {
        if (overlap.isNegative()) {
            throw new IllegalArgumentException("overlap must not be negative");
        }
        return jdbc.atomically(tx -> {
            ApiKey old = TRAIL.changed(
                    tx,
                    "rotate",
                    id,
                    on -> on.change(Sql.of(SHORTEN, overlap, id), TABLE.mapper())
                            .orElseThrow(() -> ended(on, id)));
            return create(tx, new NewApiKey(old.userId(), old.name(), old.scopes(), expiresAt));
        });
    }

    /** Removes the key; false when none has the id. See {@link #revoke} for the way that leaves a trace. */
    public boolean delete(UUID id) {
        return TRAIL.deleted(jdbc, id);
    }

    private static ConflictException ended(Jdbc on, UUID id) {
        ApiKey key = TABLE.get(on, id);
        return new ConflictException("api key " + id + (key.revokedAt() != null ? " is revoked" : " has expired"));
    }

    private static ApiKey map(Row row, String prefix) throws SQLException {
        return new ApiKey(
                row.uuid(prefix + "id"),
                row.uuid(prefix + "user_id"),
                row.text(prefix + "key_id"),
                row.text(prefix + "name"),
                row.texts(prefix + "scopes"),
                row.bool(prefix + "active"),
                row.instantOrNull(prefix + "expires_at"),
                row.instantOrNull(prefix + "revoked_at"),
                row.instantOrNull(prefix + "last_used_at"),
                row.instant(prefix + "created_at"),
                row.instant(prefix + "updated_at"));
    }
}
