package dev.evalstore.account;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.PasswordHasher;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.UnitChanges;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import dev.evalstore.internal.organization.Memberships;
import dev.evalstore.internal.organization.Owners;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * People and services that use the platform. Email and username match in any case, whatever the database's locale, and
 * are unique among users who are not deleted. If two concurrent callers take the same one, one gets it. A deleted user
 * is still found by id, because other rows refer to it, but lists, counts and the other finders pass over it.
 */
public final class UserRepository extends UserReads {
    private static final String UPDATE_LAST_LOGIN = TABLE.text("""
            /* users.update_last_login */ update evalstore.users set last_login_at = statement_timestamp()
            where id = ? and deleted_at is null
            returning {columns}""");

    /** Of those who act for the user at this moment one records it, and the others neither wait nor record it again. */
    private static final String RECORD_ACTIVITY = """
            /* users.record_activity */ update evalstore.users set last_active_at = statement_timestamp()
            where id = (
                select id from evalstore.users
                where id = ? and active
                    and (last_active_at is null or last_active_at <= statement_timestamp() - interval '1 minute')
                for no key update skip locked)
            returning last_active_at""";

    private static final String ANONYMIZE = TABLE.text("""
            /* users.anonymize */ update evalstore.users
            set email = 'deleted-' || id || '@invalid', username = 'deleted-' || id, display_name = null,
                password_hash = null, metadata = null, bio = null, affiliation = null, website = null,
                github_username = null, orcid = null, public_email = null, email_verified = false, active = false,
                deleted_at = coalesce(deleted_at, statement_timestamp()), updated_at = statement_timestamp()
            where id = ?
            returning {columns}""");

    /** Called by {@code Repositories} alone. */
    public UserRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a new, active user and returns it as stored. Takes as long as hashing the password.
     *
     * @throws ConstraintViolationException if email or username belongs to another user, in any case
     *     ({@code idx_users_email}, {@code idx_users_username})
     */
    public User create(NewUser user) {
        Objects.requireNonNull(user, "user");
        Columns values = new Columns()
                .set("email", user.email())
                .set("username", user.username())
                .set("display_name", user.displayName())
                .set(
                        "password_hash",
                        user.password() == null ? null : hasher(jdbc).hash(user.password()))
                .set("role", user.role())
                .set("email_verified", user.emailVerified())
                .set("metadata", user.metadata())
                .set("bio", user.profile().bio())
                .set("affiliation", user.profile().affiliation())
                .set("website", user.profile().website())
                .set("github_username", user.profile().githubUsername())
                .set("orcid", user.profile().orcid())
                .set("public_email", user.profile().publicEmail());
        return TABLE.create(jdbc, values);
    }

    /** One-time tokens: proof of an address, password reset, invitation. */
    @Override
    public UserTokenRepository tokens() {
        return new UserTokenRepository(jdbc);
    }

    /**
     * Changes the given fields in one statement and returns the changed row. A new address is not verified, as {@link
     * UpdateUser#email} says. To deactivate the user takes a transaction,
     * which waits for changes of the organizations that the user owns.
     *
     * @throws NotFoundException if none has the id, or the user is deleted
     * @throws ConstraintViolationException if email or username belongs to another user
     * @throws ConflictException if it deactivates the last active owner of an organization
     * @throws IllegalStateException if it deactivates, and the transaction's isolation level is not read committed
     */
    public User update(UUID id, UpdateUser change) {
        return Objects.requireNonNull(change, "change").deactivates()
                ? Owners.lose(jdbc, id, "deactivate", tx -> TABLE.update(tx, id, change))
                : TABLE.update(jdbc, id, change);
    }

    /**
     * Records a login now, by other means than {@link #authenticate}.
     *
     * @throws NotFoundException if none has the id, or the user is deleted
     */
    public User updateLastLogin(UUID id) {
        return jdbc.change(Sql.of(UPDATE_LAST_LOGIN, Objects.requireNonNull(id, "id")), TABLE.mapper())
                .orElseThrow(() -> TABLE.notFound(id));
    }

    /**
     * Records that the user did something now, unless the last recorded activity is less than a minute old. Made to be
     * called with every request: it then only reads, and it never waits for another caller.
     *
     * @return false when nothing was recorded: within the last minute, beside another change of the user, for an
     *     inactive or deleted user, or when none has the id
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost and the activity may or may
     *     not be recorded; recording it again does no harm
     */
    public boolean recordActivity(UUID id) {
        return UnknownOutcome.findAndTouch(
                        jdbc,
                        Sql.of(RECORD_ACTIVITY, Objects.requireNonNull(id, "id")),
                        row -> row.instant("last_active_at"))
                .isPresent();
    }

    /**
     * Replaces the user's password and revokes the user's password reset, which may lie in a mailbox that is no longer
     * the user's alone, in one commit. Takes as long as hashing the password, which is done before the transaction.
     *
     * @param password 1 to 1,024 characters
     * @throws NotFoundException if none has the id, or the user is deleted
     */
    public User setPassword(UUID id, String password) {
        Objects.requireNonNull(id, "id");
        Columns changed = new Columns().set("password_hash", hasher(jdbc).hash(AccountRules.password(password)));
        return jdbc.atomically(tx -> {
            User user = TABLE.update(tx, id, "set_password", changed);
            UserTokenRepository.revoke(tx, id, TokenPurpose.PASSWORD_RESET);
            return user;
        });
    }

    /**
     * Deletes the user and keeps the row, because other rows refer to it. The user cannot log in, the user's keys are
     * refused from now on, and others may take the email and username at once.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the user is deleted already, or is the last active owner of an organization
     * @throws IllegalStateException if the transaction's isolation level is not read committed
     */
    public User softDelete(UUID id) {
        Columns values = new Columns().set("active", false);
        return Owners.lose(
                jdbc, id, "soft delete", tx -> Memberships.end(tx, id, on -> TABLE.softDelete(on, id, values)));
    }

    /**
     * Deletes the user like {@link #softDelete}, if that was not done before, and blanks the personal fields: email,
     * username, display name, password, metadata and profile. The user's one-time tokens are removed, and the
     * invitations to the address, unless it is another user's by now. Earlier audit entries stay as they are.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the user is the last active owner of an organization
     * @throws IllegalStateException if the transaction's isolation level is not read committed
     */
    public User anonymize(UUID id) {
        // Without fields in the audit entry: they would keep what is being blanked.
        return Owners.loseAddress(
                jdbc,
                id,
                "anonymize",
                tx -> Memberships.end(
                        tx,
                        id,
                        ending -> TABLE.act(ending, "anonymize", id, on -> {
                            UserTokenRepository.forget(on, id);
                            return on.change(Sql.of(ANONYMIZE, id), TABLE.mapper())
                                    .orElseThrow(() -> TABLE.notFound(id));
                        })));
    }

    /**
     * Removes the row, the user's keys and memberships; false when none has the id. Rows that the user created stay, with
     * no creator. See {@link #softDelete} to keep the row.
     *
     * @throws ConflictException if the user is the last active owner of an organization
     * @throws IllegalStateException if the transaction's isolation level is not read committed
     */
    public boolean delete(UUID id) {
        return Owners.loseRow(
                jdbc,
                id,
                "delete",
                tx -> Memberships.end(tx, id, on -> {
                    // Definitions name their creator no more.
                    UnitChanges.touch(on, Set.of(UnitNames.EVERYTHING));
                    return TABLE.delete(on, id);
                }));
    }

    private static PasswordHasher hasher(Jdbc jdbc) {
        return jdbc.options().passwordHasher();
    }
}
