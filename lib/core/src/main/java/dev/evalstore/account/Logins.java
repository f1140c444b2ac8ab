package dev.evalstore.account;

import dev.evalstore.PasswordHasher;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logins by password. */
final class Logins {
    private static final Logger LOG = LoggerFactory.getLogger(UserRepository.class);

    /** Compared in place of the hash of a user who does not exist, so that the refusal takes as long. */
    private static final Shared<String> DECOY =
            Shared.of(jdbc -> hasher(jdbc).hash(UUID.randomUUID().toString()));

    private static final String FIND_CREDENTIALS = UserReads.TABLE.text("""
            /* users.find_credentials */ select {columns}, password_hash from evalstore.users
            where active and deleted_at is null""");

    /** Only while the hash is still the compared one: the user may have been locked out while the hasher ran. */
    private static final String AUTHENTICATE = UserReads.TABLE.text("""
            /* users.authenticate */ update evalstore.users
            set last_login_at = statement_timestamp(), password_hash = ?
            where id = ? and password_hash = ? and active and deleted_at is null
            returning {columns}""");

    private final Jdbc jdbc;

    Logins(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** See {@link UserRepository#authenticate}. */
    Optional<User> authenticate(String login, String password) {
        Objects.requireNonNull(login, "login");
        boolean possible = AccountRules.mayBePassword(Objects.requireNonNull(password, "password"));
        String typed = possible ? password : "x";
        String decoy = jdbc.shared(DECOY);
        // No user has an empty name: a login that no user can have takes the same statement.
        String text = AccountRules.mayBeLogin(login) ? login : "";
        Sql lookup =
                Sql.of(FIND_CREDENTIALS).and(text.indexOf('@') >= 0 ? UserReads.BY_EMAIL : UserReads.BY_USERNAME, text);
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

    private @Nullable Credentials credentials(Sql lookup) {
        return jdbc.find(lookup, row -> new Credentials(UserReads.map(row), row.textOrNull("password_hash")))
                .orElse(null);
    }

    private Optional<User> recordLogin(UUID id, String hash, String password) {
        PasswordHasher hasher = hasher(jdbc);
        String stored = rehashed(hasher, hash, password);
        return jdbc.change(Sql.of(AUTHENTICATE, stored, id, hash), UserReads.TABLE.mapper());
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

    /** A user and the hash of the user's password. */
    private record Credentials(User user, @Nullable String hash) {}
}
