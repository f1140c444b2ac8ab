package dev.evalstore.account;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.SqlArray;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keys by which programs act for a user. A key is shown when it is made and never again: only its public part and a
 * SHA-256 of its secret part are stored.
 */
public final class ApiKeyRepository extends ApiKeyReads {
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
        super(jdbc);
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
            boolean deleted = UserReads.TABLE.get(jdbc, key.userId()).deletedAt() != null;
            throw deleted && key.revokedAt() == null ? userDeleted(key.userId(), verb) : e;
        }
    }

    private static ConflictException userDeleted(UUID user, String verb) {
        return new ConflictException("user " + user + " is deleted: cannot " + verb + " an api key");
    }
}
