package dev.evalstore.account;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Optional;

/** The verbs of {@link UserRepository} that only read, and {@link #authenticate}. */
public sealed class UserReads extends TableRows<User, UserFilter> permits UserRepository {
    static final Table<User> TABLE = Table.of("user", "users", """
                    id, email, username, display_name, role, active, email_verified, metadata, bio, affiliation,
                    website, github_username, orcid, public_email, last_login_at, last_active_at, created_at,
                    updated_at, deleted_at""", UserReads::map)
            .newestFirst(User::createdAt, User::id)
            .softDeleted()
            .audited(
                    "create",
                    "update",
                    "set_password",
                    "reset_password",
                    "verify_email",
                    "soft_delete",
                    "anonymize",
                    "delete");

    static final String SAME_EMAIL = "evalstore.fold_case(email) = evalstore.fold_case(?)";

    static final String BY_EMAIL = "and " + SAME_EMAIL;

    static final String BY_USERNAME = "and evalstore.fold_case(username) = evalstore.fold_case(?)";

    /** Called by {@code Reading} alone. */
    public UserReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** One-time tokens, without their secrets. */
    public UserTokenReads tokens() {
        return new UserTokenReads(jdbc);
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
     * The user, if the login exists and the password is right. Records the login, and stores a new hash if the hasher
     * has become stronger since the old one was made. Empty for an unknown, inactive or deleted user, a user without a
     * password, a wrong password, and texts that no login or password can be. All of these take the same time and work,
     * so that a caller cannot tell them apart. Runs on the primary, also through a {@code Reading}.
     *
     * @param login an email address or a username, in any case; any text
     * @param password any text
     */
    public Optional<User> authenticate(String login, String password) {
        return new Logins(jdbc.present()).authenticate(login, password);
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
                row.textOrNull("bio"),
                row.textOrNull("affiliation"),
                row.textOrNull("website"),
                row.textOrNull("github_username"),
                row.textOrNull("orcid"),
                row.textOrNull("public_email"),
                row.instantOrNull("last_login_at"),
                row.instantOrNull("last_active_at"),
                row.instant("created_at"),
                row.instant("updated_at"),
                row.instantOrNull("deleted_at"));
    }
}
