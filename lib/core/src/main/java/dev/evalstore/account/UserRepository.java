package dev.evalstore.account;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.PasswordHasher;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * People and services that use the platform. Email and username match in any case, whatever the database's locale, and
 * are unique among users who are not deleted. If two concurrent callers take the same one, one gets it. A deleted user
 * is still found by id, because other rows refer to it, but lists, counts and the other finders pass over it.
 */
public final class UserRepository extends TableRows<User, UserFilter> {
    private static final Logger LOG = LoggerFactory.getLogger(UserRepository.class);

    static final Table<User> TABLE = Table.of("user", "users", """
                    id, email, username, display_name, role, active, email_verified, metadata, last_login_at,
                    created_at, updated_at, deleted_at""", UserRepository::map)
            .newestFirst(User::createdAt, User::id)
            .softDeleted()
            .audited("create", "update", "set_password", "soft_delete", "anonymize", "delete");

    /** Compared in place of the hash of a user who does not exist, so that the refusal takes as long. */
    private static final Shared<String> DECOY =
            Shared.of(jdbc -> hasher(jdbc).hash(UUID.randomUUID().toString()));

    private static final String BY_EMAIL = "and evalstore.fold_case(email) = evalstore.fold_case(?)";
    private static final String BY_USERNAME = "and evalstore.fold_case(username) = evalstore.fold_case(?)";

    private static final String FIND_CREDENTIALS = TABLE.text("""
            /* users.find_credentials */ select {columns}, password_hash from evalstore.users
            where active and deleted_at is null""");

    /** Only while the hash is still the compared one: the user may have been locked out while the hasher ran. */
    private static final String AUTHENTICATE = TABLE.text("""
            /* users.authenticate */ update evalstore.users
            set last_login_at = statement_timestamp(), password_hash = ?
            where id = ? and password_hash = ? and active and deleted_at is null
            returning {columns}""");

    private static final String UPDATE_LAST_LOGIN = TABLE.text("""
            /* users.update_last_login */ update evalstore.users set last_login_at = statement_timestamp()
            where id = ? and deleted_at is null
            returning {columns}""");

    private static final String ANONYMIZE = TABLE.text("""
            /* users.anonymize */ update evalstore.users
            set email = 'deleted-' || id || '@invalid', username = 'deleted-' || id, display_name = null,
                password_hash = null, metadata = null, email_verified = false, active = false,
                deleted_at = coalesce(deleted_at, statement_timestamp()), updated_at = statement_timestamp()
            where id = ?
            returning {columns}""");

    /** Called by {@code Repositories} alone. */
    public UserRepository(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /**
     * Stores a new, active user and returns it as stored. Takes as long as hashing the password.
     *
     * @throws ConstraintViolationException if email or username belongs to another user, in any case
     *     ({@code idx_users_email}, {@code idx_users_username})
     */
    public User create(NewUser user) {
        Columns values = new Columns()
                .set("email", user.email())
                .set("username", user.username())
                .set("display_name", user.displayName())
                .set(
                        "password_hash",
                        user.password() == null ? null : hasher(jdbc).hash(user.password()))
                .set("role", user.role())
                .set("email_verified", user.emailVerified())
                .set("metadata", user.metadata());
        return TABLE.create(jdbc, values);
    }

    /** The user with this address, in any case; empty when there is none or the user is deleted. */
    public Optional<User> findByEmail(String email) {
        return jdbc.find(TABLE.select("find_by_email").and(BY_EMAIL, Check.content("email", email)), TABLE.mapper());
    }

    /** The user with this name, in any case; empty when there is none or the user is deleted. */
    public Optional<User> findByUsername(String username) {
        return jdbc.find(
                TABLE.select("find_by_username").and(BY_USERNAME, Check.content("username", username)), TABLE.mapper());
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id, or the user is deleted
     * @throws ConstraintViolationException if email or username belongs to another user
     */
    public User update(UUID id, UpdateUser change) {
        return TABLE.update(jdbc, id, change);
    }

    /**
     * Records a login now, by other means than {@link #authenticate}.
     *
     * @throws NotFoundException if none has the id, or the user is deleted
     */
    public User updateLastLogin(UUID id) {
        return jdbc.change(Sql.of(UPDATE_LAST_LOGIN, id), TABLE.mapper()).orElseThrow(() -> TABLE.notFound(id));
    }

    /**
     * Replaces the user's password. Takes as long as hashing it.
     *
     * @param password 1 to 1,024 characters
     * @throws NotFoundException if none has the id, or the user is deleted
     */
    public User setPassword(UUID id, String password) {
        String hash = hasher(jdbc).hash(AccountRules.password(password));
        return TABLE.update(jdbc, id, "set_password", new Columns().set("password_hash", hash));
    }

    /**
     * The user, if the login exists and the password is right. Records the login, and stores a new hash if the hasher
     * has become stronger since the old one was made. Empty for an unknown, inactive or deleted user, a user without a
     * password, a wrong password, and texts that no login or password can be. All of these take the same time and work,
     * so that a caller cannot tell them apart.
     *
     * @param login an email address or a username, in any case; any text
     * @param password any text
     */
    public Optional<User> authenticate(String login, String password) {
        Objects.requireNonNull(login, "login");
        boolean possible = AccountRules.mayBePassword(Objects.requireNonNull(password, "password"));
        String typed = possible ? password : "x";
        String decoy = jdbc.shared(DECOY);
        // No user has an empty name: a login that no user can have takes the same statement.
        String text = AccountRules.mayBeLogin(login) ? login : "";
        Sql lookup = Sql.of(FIND_CREDENTIALS).and(text.indexOf('@') >= 0 ? BY_EMAIL : BY_USERNAME, text);
        Credentials found = credentials(lookup);
        while (true) {
            String hash = found == null ? null : found.hash();
            boolean right = hasher(jdbc).verify(typed, hash == null ? decoy : hash) && possible;
            if (found == null || hash == null || !right) {
                return Optional.empty();
            }
            Optional<User> user = recordLogin(found.user().id(), hash, password);
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

    /**
     * Deletes the user and keeps the row, because other rows refer to it. The user cannot log in, the user's keys are
     * refused from now on, and others may take the email and username at once.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the user is deleted already
     */
    public User softDelete(UUID id) {
        return TABLE.softDelete(jdbc, id, new Columns().set("active", false));
    }

    /**
     * Deletes the user like {@link #softDelete}, if that was not done before, and blanks the personal fields: email,
     * username, display name, password and metadata. Earlier audit entries stay as they are.
     *
     * @throws NotFoundException if none has the id
     */
    public User anonymize(UUID id) {
        // Without fields in the audit entry: they would keep what is being blanked.
        return TABLE.act(
                jdbc,
                "anonymize",
                id,
                on -> on.change(Sql.of(ANONYMIZE, id), TABLE.mapper()).orElseThrow(() -> TABLE.notFound(id)));
    }

    /**
     * Removes the row and the user's keys; false when none has the id. Rows that the user created stay, with no
     * creator. See {@link #softDelete} to keep the row.
     */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }

    private @Nullable Credentials credentials(Sql lookup) {
        return jdbc.find(lookup, row -> new Credentials(map(row), row.textOrNull("password_hash")))
                .orElse(null);
    }

    private Optional<User> recordLogin(UUID id, String hash, String password) {
        PasswordHasher hasher = hasher(jdbc);
        String stored = rehashed(hasher, hash, password);
        return jdbc.change(Sql.of(AUTHENTICATE, stored, id, hash), TABLE.mapper());
    }

    /** The password is right, whatever becomes of a stronger hash. */
    private static String rehashed(PasswordHasher hasher, String hash, String password) {
        try {
            return hasher.needsRehash(hash) ? hasher.hash(password) : hash;
        } catch (Throwable e) {
            // Its message may hold what must not be logged.
            LOG.warn(
                    "the password hasher failed to make a stronger hash: {}",
                    e.getClass().getName());
            return hash;
        }
    }

    private static PasswordHasher hasher(Jdbc jdbc) {
        return jdbc.options().passwordHasher();
    }

    static User map(Row row) throws SQLException {
        return new User(
                row.uuid("id"),
                row.text("email"),
                row.text("username"),
                row.textOrNull("display_name"),
                row.enumValue("role", UserRole.class),
                row.bool("active"),
                row.bool("email_verified"),
                row.jsonOrNull("metadata"),
                row.instantOrNull("last_login_at"),
                row.instant("created_at"),
                row.instant("updated_at"),
                row.instantOrNull("deleted_at"));
    }

    /** A user and the hash of the user's password. */
    private record Credentials(User user, @Nullable String hash) {}
}
