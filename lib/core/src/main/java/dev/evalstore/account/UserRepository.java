package dev.evalstore.account;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.audit.Trail;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * People and services that use the platform; obtained from {@code Database} or {@code Tx}. Email and username are found in any
 * case and belong to one user at a time among those who are not deleted; of two callers who would take the same one at once, one
 * gets it. A user who is deleted is still found by id, since other rows speak of them, and by nothing else.
 */
public final class UserRepository {
    static final Table<User> TABLE = Table.of(
            "user",
            "users",
            "id, email, username, display_name, role, active, email_verified, metadata, last_login_at, created_at,"
                    + " updated_at, deleted_at",
            row -> map(row, ""));

    private static final Keyset<User> NEWEST = Keyset.newestFirst("users", User::createdAt, User::id);
    private static final Trail<User> TRAIL = Trail.of(TABLE, User::id);
    private static final String LIVE = "deleted_at is null";

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public UserRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** What stands in for the hash of a user who does not exist, so that refusing them takes as long. */
    private record Decoy(String hash) {}

    /** A user and the hash of their password. */
    private record Credentials(User user, @Nullable String hash) {}

    private static String decoy(Jdbc jdbc) {
        return jdbc.shared(
                        Decoy.class,
                        () -> new Decoy(hasher(jdbc).hash(UUID.randomUUID().toString())))
                .hash();
    }

    private static PasswordHasher hasher(Jdbc jdbc) {
        return jdbc.options().passwordHasher();
    }

    /**
     * Stores a new user, active, and gives them back as stored. Takes as long as hashing the password does.
     *
     * @throws ConstraintViolationException if email or username belongs to another user, in whatever case
     *     ({@code idx_users_email}, {@code idx_users_username})
     */
    public User create(NewUser user) {
        String hash = user.password() == null ? null : hasher(jdbc).hash(user.password());
        return TRAIL.created(
                jdbc,
                on -> TABLE.insert(
                        on,
                        Uuids.next(),
                        new Columns()
                                .set("email", user.email())
                                .set("username", user.username())
                                .set("display_name", user.displayName())
                                .set("password_hash", hash)
                                .set("role", user.role())
                                .set("email_verified", user.emailVerified())
                                .set("metadata", user.metadata())));
    }

    /** The user, also one who is deleted; or empty when none has the id. */
    public Optional<User> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /**
     * The user, also one who is deleted.
     *
     * @throws NotFoundException if none has the id
     */
    public User get(UUID id) {
        return TABLE.get(jdbc, id);
    }

    /** The user with the address, in any case; empty when there is none or they are deleted. */
    public Optional<User> findByEmail(String email) {
        Check.content("email", email);
        return jdbc.find(TABLE.select().and("and lower(email) = lower(?) and " + LIVE, email), TABLE.mapper());
    }

    /** The user with the name, in any case; empty when there is none or they are deleted. */
    public Optional<User> findByUsername(String username) {
        Check.content("username", username);
        return jdbc.find(TABLE.select().and("and lower(username) = lower(?) and " + LIVE, username), TABLE.mapper());
    }

    /**
     * Users that the filter admits, newest first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<User> list(UserFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.page(jdbc, filter.sql(), NEWEST, limit, after);
    }

    /** How many users the filter admits. Counts them: the time grows with the answer. */
    public long count(UserFilter filter) {
        return TABLE.count(jdbc, filter.sql());
    }

    /**
     * Changes the given fields in one statement and gives the user as they are then.
     *
     * @throws NotFoundException if none has the id, or they are deleted
     * @throws ConstraintViolationException if email or username belongs to another user
     */
    public User update(UUID id, UpdateUser change) {
        return TRAIL.changed(
                jdbc,
                "update",
                id,
                on -> TABLE.update(
                                on,
                                id,
                                new Columns()
                                        .setIfGiven("email", change.email())
                                        .setIfGiven("username", change.username())
                                        .patch("display_name", change.displayName())
                                        .setIfGiven("role", change.role())
                                        .setIfGiven("active", change.active())
                                        .setIfGiven("email_verified", change.emailVerified())
                                        .patch("metadata", change.metadata()),
                                "and " + LIVE)
                        .orElseThrow(() -> TABLE.notFound(id)));
    }

    /**
     * Notes that the user has logged in now, by other means than {@link #authenticate}.
     *
     * @throws NotFoundException if none has the id, or they are deleted
     */
    public User updateLastLogin(UUID id) {
        return jdbc.change(
                        Sql.of(
                                "update evalstore.users set last_login_at = statement_timestamp() where id = ? and "
                                        + LIVE + " returning " + TABLE.columns(),
                                id),
                        TABLE.mapper())
                .orElseThrow(() -> TABLE.notFound(id));
    }

    /**
     * Gives the user a new password. Takes as long as hashing it does.
     *
     * @param password 1 to 1,024 characters
     * @throws NotFoundException if none has the id, or they are deleted
     */
    public User setPassword(UUID id, String password) {
        String hash = hasher(jdbc).hash(AccountRules.password(password));
        return TRAIL.changed(
                jdbc,
                "set_password",
                id,
                on -> TABLE.update(on, id, new Columns().set("password_hash", hash), "and " + LIVE)
                        .orElseThrow(() -> TABLE.notFound(id)));
    }

    /**
     * The user, if the login is theirs and the password is right; notes the login, and stores a new hash where the hasher has
     * become stronger since the old one was made. Empty for an unknown, inactive or deleted user, one without a password, and a
     * wrong password, after the same time and the same work, so that a caller cannot tell which it was.
     *
     * @param login an email address or a username, in any case
     * @param password what was typed
     */
    public Optional<User> authenticate(String login, String password) {
        Check.content("login", login);
        AccountRules.password(password);
        String decoy = decoy(jdbc);
        String column = login.indexOf('@') >= 0 ? "email" : "username";
        Sql lookup = Sql.of(
                "select " + TABLE.columns() + ", password_hash from evalstore.users where lower(" + column
                        + ") = lower(?) and active and " + LIVE,
                login);
        Credentials found = credentials(lookup);
        while (true) {
            String hash = found == null ? null : found.hash();
            boolean right = hasher(jdbc).verify(password, hash == null ? decoy : hash);
            if (found == null || hash == null || !right) {
                return Optional.empty();
            }
            Optional<User> user = noteLogin(found.user().id(), hash, password);
            if (user.isPresent()) {
                return user;
            }
            // The hash was replaced meanwhile: by another login, whose hash is of this password, or by a new password.
            found = credentials(lookup);
            if (found == null || hash.equals(found.hash())) {
                return Optional.empty();
            }
        }
    }

    private @Nullable Credentials credentials(Sql lookup) {
        return jdbc.find(lookup, row -> new Credentials(map(row, ""), row.textOrNull("password_hash")))
                .orElse(null);
    }

    /** Only while the hash is the one that was compared: the user may have been shut out while we were hashing. */
    private Optional<User> noteLogin(UUID id, String hash, String password) {
        PasswordHasher hasher = hasher(jdbc);
        String stored = hasher.needsRehash(hash) ? hasher.hash(password) : hash;
        return jdbc.change(
                Sql.of(
                        "/* users.authenticate */ update evalstore.users set last_login_at = statement_timestamp(),"
                                + " password_hash = ? where id = ? and password_hash = ? and active and " + LIVE
                                + " returning " + TABLE.columns(),
                        stored,
                        id,
                        hash),
                TABLE.mapper());
    }

    /**
     * Deletes the user and keeps the row for what refers to it: they cannot log in, their keys are refused from now on, and
     * email and username are free for others at once.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if they are deleted already
     */
    public User softDelete(UUID id) {
        return TRAIL.changed(
                jdbc,
                "soft_delete",
                id,
                on -> on.change(
                                Sql.of(
                                        "update evalstore.users set deleted_at = statement_timestamp(), active = false,"
                                                + " updated_at = statement_timestamp() where id = ? and " + LIVE
                                                + " returning "
                                                + TABLE.columns(),
                                        id),
                                TABLE.mapper())
                        .orElseThrow(() -> {
                            TABLE.get(on, id);
                            return new ConflictException("user " + id + " is deleted already");
                        }));
    }

    /**
     * Deletes the user like {@link #softDelete}, if that was not done before, and blanks what is personal: email, username, display name,
     * password and metadata. What the audit trail says of them stays.
     *
     * @throws NotFoundException if none has the id
     */
    public User anonymize(UUID id) {
        // The trail names the act and not the fields: to keep in it what is being blanked would defeat the purpose.
        return TRAIL.named(
                jdbc,
                "anonymize",
                id,
                on -> on.change(
                                Sql.of(
                                        "update evalstore.users set email = 'deleted-' || id || '@invalid',"
                                                + " username = 'deleted-' || id, display_name = null, password_hash = null,"
                                                + " metadata = null, email_verified = false, active = false,"
                                                + " deleted_at = coalesce(deleted_at, statement_timestamp()),"
                                                + " updated_at = statement_timestamp() where id = ? returning "
                                                + TABLE.columns(),
                                        id),
                                TABLE.mapper())
                        .orElseThrow(() -> TABLE.notFound(id)));
    }

    /**
     * Removes the row, and the user's keys with it; what they created stays and names nobody. False when none has the id. See
     * {@link #softDelete} for the gentler way.
     */
    public boolean delete(UUID id) {
        return TRAIL.deleted(jdbc, id);
    }

    static User map(Row row, String prefix) throws SQLException {
        return new User(
                row.uuid(prefix + "id"),
                row.text(prefix + "email"),
                row.text(prefix + "username"),
                row.textOrNull(prefix + "display_name"),
                row.enumValue(prefix + "role", UserRole.class),
                row.bool(prefix + "active"),
                row.bool(prefix + "email_verified"),
                row.jsonOrNull(prefix + "metadata"),
                row.instantOrNull(prefix + "last_login_at"),
                row.instant(prefix + "created_at"),
                row.instant(prefix + "updated_at"),
                row.instantOrNull(prefix + "deleted_at"));
    }
}
