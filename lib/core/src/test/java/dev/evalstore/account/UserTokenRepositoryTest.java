package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.OperationStats;
import dev.evalstore.PasswordHasher;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UserTokenRepositoryTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final CheapHasher CHEAP = new CheapHasher();

    /** What happens while a password is hashed. */
    private static final AtomicReference<Runnable> hashing = new AtomicReference<>(() -> {});

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new PasswordHasher() {
        @Override
        public String hash(String password) {
            hashing.get().run();
            return CHEAP.hash(password);
        }

        @Override
        public boolean verify(String password, String hash) {
            return CHEAP.verify(password, hash);
        }

        @Override
        public boolean needsRehash(String hash) {
            return false;
        }
    }));

    private final Database db = database.db();
    private final UserTokenRepository tokens = db.users().tokens();
    private User user;

    @BeforeEach
    void oneUser() {
        hashing.set(() -> {});
        database.admin("delete from evalstore.users; delete from evalstore.organizations");
        user = db.users().create(NewUser.of("ada@x", "ada").password("old"));
    }

    private IssuedToken issue(TokenPurpose purpose) {
        return tokens.issue(user.id(), purpose, HOUR);
    }

    private static UUID organization(String slug) {
        UUID id = UUID.randomUUID();
        database.admin("insert into evalstore.organizations (id, slug, name, type) values ('" + id + "', '" + slug
                + "', 'Acme', 'enterprise')");
        return id;
    }

    private static void expire(IssuedToken issued) {
        database.admin("update evalstore.user_tokens set expires_at = statement_timestamp() where id = '"
                + issued.token().id() + "'");
    }

    @Test
    void a_token_is_shown_once_and_stored_only_as_a_hash() {
        IssuedToken issued = issue(TokenPurpose.PASSWORD_RESET);

        assertThat(issued.secret()).matches("evt_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}");
        assertThat(tokens.get(issued.token().id())).isEqualTo(issued.token());
        assertThat(issued.token().userId()).isEqualTo(user.id());
        assertThat(issued.token().email()).isEqualTo("ada@x");
        assertThat(Duration.between(issued.token().createdAt(), issued.token().expiresAt()))
                .isEqualTo(HOUR);
        String secret = issued.secret().split("_")[1];
        assertThat(database.value("select t::text from evalstore.user_tokens t"))
                .doesNotContain(secret)
                .contains("\\x");
        assertThat(database.value("select token_hash = sha256('" + secret + "') from evalstore.user_tokens"))
                .isEqualTo("t");
        assertThat(List.of(
                        issued.toString(),
                        issued.token().toString(),
                        Json.of(issued).text()))
                .noneMatch(text -> text.contains(secret));
        assertThat(String.valueOf(TokenText.parse(issued.secret()))).doesNotContain(secret);
        assertThat(issue(TokenPurpose.PASSWORD_RESET).secret()).isNotEqualTo(issued.secret());
    }

    @Test
    void a_token_is_redeemed_once_and_for_its_purpose_alone() {
        String secret = issue(TokenPurpose.PASSWORD_RESET).secret();

        assertThat(tokens.redeem(TokenPurpose.EMAIL_VERIFICATION, secret)).isEmpty();
        assertThat(tokens.verifyEmail(secret)).isEmpty();
        assertThat(tokens.redeemInvitation(secret)).isEmpty();
        assertThat(tokens.redeem(TokenPurpose.PASSWORD_RESET, secret)).contains(user);
        assertThat(tokens.redeem(TokenPurpose.PASSWORD_RESET, secret)).isEmpty();
        assertThat(tokens.resetPassword(secret, "new")).isEmpty();
        assertThat(tokens.list(UserTokenFilter.ALL).items())
                .singleElement()
                .satisfies(token -> assertThat(token.usedAt()).isNotNull());
    }

    @Test
    void issuing_revokes_the_users_earlier_tokens_of_the_same_purpose_and_no_others() {
        User other = db.users().create(NewUser.of("bo@x", "bo"));
        String first = issue(TokenPurpose.PASSWORD_RESET).secret();
        String proof = issue(TokenPurpose.EMAIL_VERIFICATION).secret();
        String theirs =
                tokens.issue(other.id(), TokenPurpose.PASSWORD_RESET, HOUR).secret();
        String second = issue(TokenPurpose.PASSWORD_RESET).secret();

        assertThat(tokens.redeem(TokenPurpose.PASSWORD_RESET, first)).isEmpty();
        assertThat(tokens.redeem(TokenPurpose.PASSWORD_RESET, second)).contains(user);
        assertThat(tokens.redeem(TokenPurpose.EMAIL_VERIFICATION, proof)).contains(user);
        assertThat(tokens.redeem(TokenPurpose.PASSWORD_RESET, theirs)).contains(other);
    }

    @Test
    void an_invitation_revokes_the_earlier_ones_of_its_organization_to_its_address_in_any_case() {
        UUID acme = organization("acme");
        UUID other = organization("other");
        String first = tokens.invite(acme, "Élan@x", HOUR, null).secret();
        String elsewhere = tokens.invite(other, "Élan@x", HOUR, null).secret();
        String another = tokens.invite(acme, "bo@x", HOUR, null).secret();
        String second = tokens.invite(acme, "éLAN@X", HOUR, Json.of(Map.of("role", "admin")))
                .secret();

        assertThat(tokens.redeemInvitation(first)).isEmpty();
        Invitation invitation = tokens.redeemInvitation(second).orElseThrow();
        assertThat(invitation.organizationId()).isEqualTo(acme);
        assertThat(invitation.email()).isEqualTo("éLAN@X");
        assertThat(invitation.metadata().asMap()).containsEntry("role", "admin");
        assertThat(tokens.get(invitation.tokenId()).usedAt()).isNotNull();
        assertThat(invitation.toString()).doesNotContain("LAN");
        assertThat(tokens.redeemInvitation(second)).isEmpty();
        assertThat(tokens.redeemInvitation(elsewhere))
                .get()
                .extracting(Invitation::organizationId)
                .isEqualTo(other);
        assertThat(tokens.redeemInvitation(another)).isPresent();
    }

    @Test
    void an_invitation_into_a_deleted_organization_is_no_good() {
        UUID acme = organization("acme");
        String secret = tokens.invite(acme, "bo@x", HOUR, null).secret();
        database.admin("update evalstore.organizations set deleted_at = statement_timestamp()");

        assertThat(tokens.redeemInvitation(secret)).isEmpty();
        for (UUID id : List.of(acme, UUID.randomUUID())) {
            assertThatThrownBy(() -> tokens.invite(id, "bo@x", HOUR, null))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessage("no organization has the id " + id);
        }
        database.admin("update evalstore.organizations set deleted_at = null");
        assertThat(tokens.redeemInvitation(secret)).isPresent();
    }

    @Test
    void a_token_of_an_inactive_or_deleted_user_is_no_good() {
        String proof = issue(TokenPurpose.EMAIL_VERIFICATION).secret();
        String reset = issue(TokenPurpose.PASSWORD_RESET).secret();
        List<Supplier<Optional<User>>> redemptions = List.of(
                () -> tokens.verifyEmail(proof),
                () -> tokens.redeem(TokenPurpose.PASSWORD_RESET, reset),
                () -> tokens.resetPassword(reset, "new"));

        db.users().update(user.id(), UpdateUser.NOTHING.active(false));
        assertThat(redemptions).allMatch(redemption -> redemption.get().isEmpty());
        db.users().softDelete(user.id());
        assertThat(redemptions).allMatch(redemption -> redemption.get().isEmpty());
        assertThat(tokens.list(UserTokenFilter.ALL).items()).hasSize(2).allMatch(token -> token.usedAt() == null);
        for (UUID id : List.of(user.id(), UUID.randomUUID())) {
            assertThatThrownBy(() -> tokens.issue(id, TokenPurpose.PASSWORD_RESET, HOUR))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessage("no user has the id " + id);
        }
    }

    @Test
    void a_token_is_good_only_for_the_address_that_it_was_issued_for() {
        String proof = issue(TokenPurpose.EMAIL_VERIFICATION).secret();
        String reset = issue(TokenPurpose.PASSWORD_RESET).secret();

        db.users().update(user.id(), UpdateUser.NOTHING.email("ada@elsewhere"));
        assertThat(tokens.verifyEmail(proof)).isEmpty();
        assertThat(tokens.redeem(TokenPurpose.EMAIL_VERIFICATION, proof)).isEmpty();
        assertThat(tokens.resetPassword(reset, "new")).isEmpty();
        assertThat(db.users().get(user.id()).emailVerified()).isFalse();

        db.users().update(user.id(), UpdateUser.NOTHING.email("ADA@X"));
        User verified = tokens.verifyEmail(proof).orElseThrow();
        assertThat(verified.emailVerified()).isTrue();
        assertThat(verified).isEqualTo(db.users().get(user.id()));
        assertThat(tokens.verifyEmail(proof)).isEmpty();
    }

    @Test
    void a_reset_replaces_the_password_and_no_other_reset_of_the_user_is_good_after_it() {
        String proof = issue(TokenPurpose.EMAIL_VERIFICATION).secret();
        String earlier = issue(TokenPurpose.PASSWORD_RESET).secret();
        String secret = issue(TokenPurpose.PASSWORD_RESET).secret();

        User changed = tokens.resetPassword(secret, "new").orElseThrow();

        assertThat(changed).isEqualTo(db.users().get(user.id()));
        assertThat(db.users().authenticate("ada", "old")).isEmpty();
        assertThat(db.users().authenticate("ada", "new")).isPresent();
        assertThat(tokens.resetPassword(secret, "third")).isEmpty();
        assertThat(tokens.resetPassword(earlier, "third")).isEmpty();
        assertThat(db.users().authenticate("ada", "new")).isPresent();
        assertThat(tokens.verifyEmail(proof)).isPresent();
    }

    @Test
    void a_reset_hashes_before_it_locks_and_looks_at_the_token_again() {
        String secret = issue(TokenPurpose.PASSWORD_RESET).secret();
        // A lock of the user or the token would keep this from ending.
        hashing.set(() -> issue(TokenPurpose.PASSWORD_RESET));

        assertThat(tokens.resetPassword(secret, "new")).isEmpty();
        assertThat(db.users().authenticate("ada", "old")).isPresent();

        String next = issue(TokenPurpose.PASSWORD_RESET).secret();
        hashing.set(() -> database.admin("update evalstore.user_tokens set expires_at = statement_timestamp()"));
        assertThat(tokens.resetPassword(next, "new")).isEmpty();
        assertThat(db.users().authenticate("ada", "old")).isPresent();
    }

    @Test
    void a_bad_secret_costs_no_hashing() {
        IssuedToken expired = issue(TokenPurpose.PASSWORD_RESET);
        expire(expired);
        hashing.set(() -> {
            throw new AssertionError("hashed");
        });

        assertThat(tokens.resetPassword(expired.secret(), "new")).isEmpty();
        assertThat(tokens.resetPassword(TokenText.random().text(), "new")).isEmpty();
        assertThat(tokens.resetPassword("", "new")).isEmpty();
    }

    /** The answers differ in nothing that a caller could measure: each is one statement that finds no row. */
    @Test
    void an_unknown_and_an_expired_token_take_the_same_statements() {
        IssuedToken expired = issue(TokenPurpose.EMAIL_VERIFICATION);
        IssuedToken invitation = tokens.invite(organization("acme"), "bo@x", HOUR, null);
        expire(expired);
        expire(invitation);
        String unknown = TokenText.random().text();

        Map<String, Long> forExpired = statements(() -> {
            tokens.verifyEmail(expired.secret());
            tokens.redeem(TokenPurpose.PASSWORD_RESET, expired.secret());
            tokens.redeemInvitation(invitation.secret());
        });
        Map<String, Long> forUnknown = statements(() -> {
            tokens.verifyEmail(unknown);
            tokens.redeem(TokenPurpose.PASSWORD_RESET, unknown);
            tokens.redeemInvitation(unknown);
        });
        assertThat(forExpired)
                .isEqualTo(forUnknown)
                .isEqualTo(Map.of("user_tokens.find_redeemable", 2L, "user_tokens.find_invitation", 1L));
    }

    /** The statements about tokens and users that the work runs, and how often. */
    private Map<String, Long> statements(Runnable work) {
        Map<String, Long> before = calls();
        work.run();
        Map<String, Long> after = calls();
        after.replaceAll((name, calls) -> calls - before.getOrDefault(name, 0L));
        after.values().removeIf(calls -> calls == 0);
        return after;
    }

    private Map<String, Long> calls() {
        Map<String, Long> calls = new HashMap<>();
        for (OperationStats operation : db.stats().operations()) {
            if (operation.name().matches("(user_tokens|users|organizations)\\..*")) {
                calls.put(operation.name(), operation.calls());
            }
        }
        return calls;
    }
}
