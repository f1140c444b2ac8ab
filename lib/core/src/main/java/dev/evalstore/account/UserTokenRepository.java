package dev.evalstore.account;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One-time tokens: a secret that is sent to an address and does one thing once, until it expires by the server's clock.
 * The secret is shown when the token is issued and never again: only its SHA-256 is stored.
 *
 * <p>A user's token is good while the user is active and has the address that it was issued for; an invitation, while
 * the organization is not deleted. Whatever the reason to refuse a secret, the answer is empty and comes from the same
 * statement, which finds no row. Text that cannot be a token, by its form and checksum, is refused without asking the
 * database.
 *
 * <p>Of concurrent callers that redeem one token, one succeeds. Inside a transaction the token is redeemed with its
 * commit; others that present it wait for that.
 */
public final class UserTokenRepository extends UserTokenReads {
    private static final int CLEANUP_BATCH = 1_000;

    /** The lock keeps the tokens of one user in an order: each is issued and redeemed under it. */
    private static final String LOCK_USER = """
            /* user_tokens.lock_user */ select email from evalstore.users where id = ? and deleted_at is null
            for no key update""";

    private static final String LOCK_ORGANIZATION = """
            /* user_tokens.lock_organization */ select id from evalstore.organizations
            where id = ? and deleted_at is null
            for no key update""";

    private static final String FIND_REDEEMABLE = """
            /* user_tokens.find_redeemable */ select t.id as token_id, %s
            from evalstore.user_tokens t join evalstore.users u on u.id = t.user_id
            where t.token_hash = ? and t.purpose = ? and t.used_at is null
                and t.expires_at > statement_timestamp() and u.active and u.deleted_at is null
                and evalstore.fold_case(u.email) = evalstore.fold_case(t.email)""".formatted(UserReads.TABLE.columns("u"));

    private static final String FIND_INVITATION = """
            /* user_tokens.find_invitation */ select t.id as token_id
            from evalstore.user_tokens t join evalstore.organizations o on o.id = t.organization_id
            where t.token_hash = ? and t.purpose = 'invitation' and t.used_at is null
                and t.expires_at > statement_timestamp() and o.deleted_at is null
            for no key update of o""";

    private static final String REVOKE = """
            /* user_tokens.revoke */ delete from evalstore.user_tokens
            where user_id = ? and purpose = ? and used_at is null""";

    private static final String FORGET = """
            /* user_tokens.forget */ delete from evalstore.user_tokens
            where user_id = ? or purpose = 'invitation' and evalstore.fold_case(email) = (
                select evalstore.fold_case(u.email) from evalstore.users u where u.id = ? and not exists (
                    select from evalstore.users o where o.deleted_at is null and o.id <> u.id
                        and evalstore.fold_case(o.email) = evalstore.fold_case(u.email)))""";

    private static final String REVOKE_INVITATIONS = """
            /* user_tokens.revoke_invitations */ delete from evalstore.user_tokens
            where organization_id = ? and evalstore.fold_case(email) = evalstore.fold_case(?) and used_at is null""";

    private static final String CLEANUP = """
            /* user_tokens.cleanup */ with expired as materialized (
                select id from evalstore.user_tokens where expires_at <= statement_timestamp()
                order by expires_at limit ? for update skip locked)
            delete from evalstore.user_tokens where id = any (array(select id from expired))""";

    private static final String OPEN = "used_at is null and expires_at > statement_timestamp()";

    private static final String FROM_NOW = "statement_timestamp() + make_interval(secs => ?)";

    UserTokenRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Issues a token to send to the user's address, and revokes the user's earlier one for the purpose, in one
     * transaction. Of two concurrent callers, the later one's token is good.
     *
     * @param purpose any but an invitation; see {@link #invite}
     * @param ttl how long the token is good, by the server's clock; at most 36,500 days
     * @throws NotFoundException if no user has the id, or the user is deleted
     * @throws ConstraintViolationException in a transaction above read committed that does not see what another caller
     *     issued meanwhile ({@code idx_user_tokens_user_id_purpose})
     */
    public IssuedToken issue(UUID userId, TokenPurpose purpose, Duration ttl) {
        Objects.requireNonNull(userId, "userId");
        Check.period("ttl", ttl);
        ofUser(purpose);
        return jdbc.atomically(tx -> {
            String email = tx.find(Sql.of(LOCK_USER, userId), row -> row.text("email"))
                    .orElseThrow(() -> UserReads.TABLE.notFound(userId));
            revoke(tx, userId, purpose);
            return create(tx, new Columns().set("user_id", userId).set("email", email), purpose, ttl);
        });
    }

    /**
     * Issues an invitation into an organization, and revokes the earlier one of that organization to the address, in
     * any case, in one transaction. Of two concurrent callers, the later one's invitation is good.
     *
     * @param email the address to invite, by the rules of {@link NewUser}
     * @param ttl how long the invitation is good, by the server's clock; at most 36,500 days
     * @param metadata returned by {@link #redeemInvitation}, such as the member's role, or null
     * @throws NotFoundException if no organization has the id, or it is deleted
     * @throws ConstraintViolationException as for {@link #issue} ({@code idx_user_tokens_organization_id_email})
     */
    public IssuedToken invite(UUID organizationId, String email, Duration ttl, @Nullable Json metadata) {
        Objects.requireNonNull(organizationId, "organizationId");
        Check.period("ttl", ttl);
        AccountRules.email(email);
        return jdbc.atomically(tx -> {
            if (tx.find(Sql.of(LOCK_ORGANIZATION, organizationId), row -> row.uuid("id"))
                    .isEmpty()) {
                throw new NotFoundException("organization", organizationId);
            }
            tx.update(Sql.of(REVOKE_INVITATIONS, organizationId, email));
            Columns invited = new Columns()
                    .set("organization_id", organizationId)
                    .set("email", email)
                    .set("metadata", metadata);
            return create(tx, invited, TokenPurpose.INVITATION, ttl);
        });
    }

    /**
     * Redeems a token and returns its user. Empty if the secret is no good token for the purpose: unknown, expired,
     * redeemed or revoked, of an inactive or deleted user, or of one whose address is another by now.
     *
     * @param purpose any but an invitation; see {@link #redeemInvitation}
     * @param secret the text that the caller sent, of any length and content
     */
    public Optional<User> redeem(TokenPurpose purpose, String secret) {
        return redeem(ofUser(purpose), secret, (tx, user) -> user);
    }

    /**
     * Redeems an invitation. Empty if the secret is no good invitation: unknown, expired, redeemed or revoked, or of an
     * organization that is deleted. Call this in a transaction that adds the member, so that both are done or neither.
     *
     * @param secret the text that the caller sent, of any length and content
     */
    public Optional<Invitation> redeemInvitation(String secret) {
        TokenText text = parse(secret);
        return text == null
                ? Optional.empty()
                : jdbc.atomically(tx -> tx.find(Sql.of(FIND_INVITATION, text.hash()), row -> row.uuid("token_id"))
                        .flatMap(id -> use(tx, id))
                        .map(UserTokenRepository::invitation));
    }

    /**
     * Redeems a password reset and replaces the user's password, in one commit. No other reset of the user stays good.
     * Takes as long as hashing the password, which is done before the transaction and only for a good secret. Returns
     * the user; empty as for {@link #redeem}, and then nothing is changed.
     *
     * @param secret the text that the caller sent, of any length and content
     * @param password 1 to 1,024 characters
     */
    public Optional<User> resetPassword(String secret, String password) {
        AccountRules.password(password);
        TokenText text = parse(secret);
        if (text == null
                || jdbc.find(redeemable(TokenPurpose.PASSWORD_RESET, text), row -> row.uuid("token_id"))
                        .isEmpty()) {
            return Optional.empty();
        }
        String hash = jdbc.options().passwordHasher().hash(password);
        return redeem(TokenPurpose.PASSWORD_RESET, secret, (tx, user) -> {
            Columns changed = new Columns().set("password_hash", hash);
            return UserReads.TABLE.update(tx, user.id(), "reset_password", changed);
        });
    }

    /**
     * Redeems a proof of the user's address and marks the address as verified, in one commit. Returns the user; empty
     * as for {@link #redeem}, and then nothing is changed.
     *
     * @param secret the text that the caller sent, of any length and content
     */
    public Optional<User> verifyEmail(String secret) {
        return redeem(TokenPurpose.EMAIL_VERIFICATION, secret, (tx, user) -> {
            Columns changed = new Columns().set("email_verified", true);
            return UserReads.TABLE.update(tx, user.id(), "verify_email", changed);
        });
    }

    /** Removes the token, which revokes it; false when none has the id. */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }

    /**
     * Deletes expired tokens, redeemed ones too. In batches of 1,000 rows, each its own commit outside of a
     * transaction, and at most 100,000 rows a call.
     */
    public Cleanup cleanup() {
        return Batches.run(CLEANUP_BATCH, () -> jdbc.update(Sql.of(CLEANUP, CLEANUP_BATCH)));
    }

    /** Whoever calls this has locked the user. */
    static void revoke(Jdbc tx, UUID userId, TokenPurpose purpose) {
        tx.update(Sql.of(REVOKE, userId, purpose));
    }

    /** Removes all of a user's tokens and the invitations to the user, which hold the user's address. */
    static void forget(Jdbc tx, UUID userId) {
        tx.update(Sql.of(FORGET, userId, userId));
    }

    private static TokenPurpose ofUser(TokenPurpose purpose) {
        if (Objects.requireNonNull(purpose, "purpose") == TokenPurpose.INVITATION) {
            throw new IllegalArgumentException("purpose must not be an invitation, which has methods of its own");
        }
        return purpose;
    }

    private static @Nullable TokenText parse(String secret) {
        return TokenText.parse(Objects.requireNonNull(secret, "secret"));
    }

    private static IssuedToken create(Jdbc tx, Columns whose, TokenPurpose purpose, Duration ttl) {
        TokenText text = TokenText.random();
        Columns values =
                whose.set("purpose", purpose).set("token_hash", text.hash()).expression("expires_at", FROM_NOW, ttl);
        return new IssuedToken(TABLE.create(tx, values), text.text());
    }

    private static Sql redeemable(TokenPurpose purpose, TokenText text) {
        return Sql.of(FIND_REDEEMABLE, text.hash(), purpose);
    }

    /** First the user's lock, then the token: what is read of both under the lock stays so until the commit. */
    private Optional<User> redeem(TokenPurpose purpose, String secret, BiFunction<Jdbc, User, User> then) {
        TokenText text = parse(secret);
        if (text == null) {
            return Optional.empty();
        }
        Sql locked = redeemable(purpose, text).and("for no key update of u");
        return jdbc.atomically(tx -> tx.find(locked, Found::map)
                .filter(found -> use(tx, found.tokenId()).isPresent())
                .map(found -> then.apply(tx, found.user())));
    }

    /** Empty where another caller redeemed or revoked the token while this one waited for the lock, or it expired. */
    private static Optional<UserToken> use(Jdbc tx, UUID id) {
        try {
            return Optional.of(TABLE.move(tx, id, "redeem", OPEN, new Columns().now("used_at")));
        } catch (ConflictException | NotFoundException e) {
            return Optional.empty();
        }
    }

    private static Invitation invitation(UserToken token) {
        UUID organization = Objects.requireNonNull(token.organizationId());
        return new Invitation(token.id(), organization, token.email(), token.metadata());
    }

    /** A token that can be redeemed, and its user. */
    private record Found(UUID tokenId, User user) {
        static Found map(Row row) throws SQLException {
            return new Found(row.uuid("token_id"), UserReads.map(row.at("u")));
        }
    }
}
