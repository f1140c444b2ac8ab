package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.Cleanup;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.OperationStats;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is refused, by the library and by the table; lists, audit entries and clean-up of one-time tokens. */
class UserTokenRulesTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new CheapHasher()));

    private final Database db = database.db();
    private final UserTokenRepository tokens = db.users().tokens();
    private User user;
    private UUID organization;

    @BeforeEach
    void oneUserAndOneOrganization() {
        database.admin("delete from evalstore.users; delete from evalstore.organizations;"
                + " insert into evalstore.organizations (slug, name, type) values ('acme', 'Acme', 'enterprise')");
        user = db.users().create(NewUser.of("ada@x", "ada").password("old"));
        organization = UUID.fromString(database.value("select id from evalstore.organizations"));
    }

    private IssuedToken issue(TokenPurpose purpose) {
        return tokens.issue(user.id(), purpose, HOUR);
    }

    private IssuedToken invite(String email) {
        return tokens.invite(organization, email, HOUR, null);
    }

    @Test
    void bad_input_is_refused_by_name_before_anything_is_stored() {
        String secret = issue(TokenPurpose.PASSWORD_RESET).secret();
        UUID id = user.id();
        Map<ThrowingCallable, String> calls = new LinkedHashMap<>();
        for (Duration ttl : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(36_501))) {
            calls.put(() -> tokens.issue(id, TokenPurpose.PASSWORD_RESET, ttl), "ttl ");
            calls.put(() -> tokens.invite(organization, "a@b", ttl, null), "ttl ");
        }
        for (String email : List.of("", "no address", "a@b c", "a@b\0", "x".repeat(320) + "@x")) {
            calls.put(() -> tokens.invite(organization, email, HOUR, null), "email ");
        }
        calls.put(() -> tokens.issue(id, TokenPurpose.INVITATION, HOUR), "purpose ");
        calls.put(() -> tokens.redeem(TokenPurpose.INVITATION, secret), "purpose ");
        for (String password : List.of("", "x".repeat(1_025), "x\0", "x\ud83d")) {
            calls.put(() -> tokens.resetPassword(secret, password), "password ");
            calls.put(() -> tokens.resetPassword("no token", password), "password ");
        }
        calls.forEach((call, field) -> assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(field));
        assertThat(tokens.list(UserTokenFilter.ALL).items()).hasSize(1).allMatch(token -> token.usedAt() == null);
        assertThat(db.users().authenticate("ada", "old")).isPresent();
    }

    @Test
    void text_that_is_no_token_is_refused_without_a_statement() {
        String good = issue(TokenPurpose.PASSWORD_RESET).secret();
        char last = good.charAt(good.length() - 1);
        long before = finds();

        for (String bad : List.of(
                "",
                "evt_",
                "' or 1=1 --",
                "\0",
                "\ud83d",
                good + "x",
                " " + good,
                good.substring(1),
                good.substring(0, good.length() - 1) + (last == 'a' ? 'b' : 'a'),
                good.toUpperCase(Locale.ROOT),
                good.replaceFirst("evt_.", "evt_" + (good.charAt(4) == '1' ? '2' : '1')),
                KeyText.random().text(),
                "x".repeat(1_000_000))) {
            assertThat(tokens.redeem(TokenPurpose.PASSWORD_RESET, bad)).isEmpty();
            assertThat(tokens.redeemInvitation(bad)).isEmpty();
            assertThat(tokens.resetPassword(bad, "new")).isEmpty();
            assertThat(tokens.verifyEmail(bad)).isEmpty();
        }
        assertThat(finds()).isEqualTo(before);
        assertThat(tokens.redeem(TokenPurpose.PASSWORD_RESET, good)).isPresent();
    }

    private long finds() {
        return db.stats().operations().stream()
                .filter(operation -> operation.name().startsWith("user_tokens.find"))
                .mapToLong(OperationStats::calls)
                .sum();
    }

    @Test
    void the_table_refuses_by_name_what_the_library_would_not_store() {
        String hash = "sha256('x')";
        String of = "'" + user.id() + "', null";
        String into = "null, '" + organization + "'";
        Map<String, String> rows = Map.of(
                "(" + of + ", 'invitation', 'a@b', " + hash + ")", "user_tokens_user_unless_invitation",
                "(" + into + ", 'password_reset', 'a@b', " + hash + ")", "user_tokens_user_unless_invitation",
                "(null, null, 'password_reset', 'a@b', " + hash + ")", "user_tokens_user_unless_invitation",
                "('" + user.id() + "', '" + organization + "', 'invitation', 'a@b', " + hash + ")",
                        "user_tokens_user_unless_invitation",
                "(" + of + ", 'login', 'a@b', " + hash + ")", "user_tokens_purpose_valid",
                "(" + of + ", 'password_reset', 'a b', " + hash + ")", "user_tokens_email_format",
                "(" + of + ", 'password_reset', 'a@b', 'plain')", "user_tokens_token_hash_size",
                "(gen_random_uuid(), null, 'password_reset', 'a@b', " + hash + ")", "user_tokens_user_fk",
                "(null, gen_random_uuid(), 'invitation', 'a@b', " + hash + ")", "user_tokens_organization_fk",
                "(" + of + ", 'password_reset', 'a@b', " + hash + "), (" + of + ", 'email_verification', 'a@b', " + hash
                                + ")",
                        "user_tokens_token_hash_unique");
        rows.forEach((row, constraint) -> assertThatThrownBy(() -> database.admin("insert into evalstore.user_tokens"
                        + " (user_id, organization_id, purpose, email, token_hash, expires_at)"
                        + " select a::uuid, b::uuid, c, d, e::bytea, now() from (values " + row + ")"
                        + " r (a, b, c, d, e)"))
                .as(row)
                .hasMessageContaining(constraint));
        assertThat(tokens.count(UserTokenFilter.ALL)).isZero();
    }

    @Test
    void tokens_go_with_their_user_or_organization_and_with_an_anonymization() {
        issue(TokenPurpose.PASSWORD_RESET);
        invite("bo@x");
        db.users().delete(user.id());
        assertThat(tokens.list(UserTokenFilter.ALL).items())
                .extracting(UserToken::purpose)
                .containsExactly(TokenPurpose.INVITATION);
        database.admin("delete from evalstore.organizations");
        assertThat(tokens.count(UserTokenFilter.ALL)).isZero();

        user = db.users().create(NewUser.of("ada@x", "ada"));
        IssuedToken issued = issue(TokenPurpose.EMAIL_VERIFICATION);
        tokens.redeem(TokenPurpose.EMAIL_VERIFICATION, issued.secret());
        issue(TokenPurpose.PASSWORD_RESET);
        db.users().anonymize(user.id());
        assertThat(tokens.count(UserTokenFilter.ALL))
                .as("addresses are personal")
                .isZero();
    }

    @Test
    void every_filter_narrows_lists_and_counts_and_conditions_add_up() {
        User other = db.users().create(NewUser.of("bo@x", "bo"));
        UserToken redeemed = issue(TokenPurpose.EMAIL_VERIFICATION).token();
        database.admin("update evalstore.user_tokens set used_at = statement_timestamp()");
        UserToken expired = issue(TokenPurpose.PASSWORD_RESET).token();
        database.admin("update evalstore.user_tokens set expires_at = statement_timestamp() where id = '" + expired.id()
                + "'");
        UserToken theirs =
                tokens.issue(other.id(), TokenPurpose.PASSWORD_RESET, HOUR).token();
        UserToken invitation = invite("cy@x").token();

        UserTokenFilter all = UserTokenFilter.ALL;
        Map<UserTokenFilter, List<UserToken>> lists = Map.of(
                all,
                List.of(invitation, theirs, expired, redeemed),
                all.user(user.id()),
                List.of(expired, redeemed),
                all.organization(organization),
                List.of(invitation),
                all.organization(UUID.randomUUID()),
                List.of(),
                all.purpose(TokenPurpose.PASSWORD_RESET),
                List.of(theirs, expired),
                all.open(true),
                List.of(invitation, theirs),
                all.open(false),
                List.of(expired, redeemed),
                all.open(true).purpose(TokenPurpose.PASSWORD_RESET),
                List.of(theirs),
                all.open(false).user(other.id()),
                List.of());
        lists.forEach((filter, listed) -> {
            assertThat(tokens.list(filter, 10).items())
                    .extracting(UserToken::id)
                    .containsExactlyElementsOf(
                            listed.stream().map(UserToken::id).toList());
            assertThat(tokens.count(filter)).isEqualTo(listed.size());
        });
        assertThat(tokens.delete(invitation.id())).isTrue();
        assertThat(tokens.delete(invitation.id())).isFalse();
        assertThat(tokens.find(invitation.id())).isEmpty();
    }

    @Test
    void what_a_person_does_is_audited_and_no_entry_holds_a_secret_or_hash() {
        UserTokenRepository audited = db.actingAs(Actor.service("mail")).users().tokens();
        List<IssuedToken> issued = List.of(
                audited.issue(user.id(), TokenPurpose.PASSWORD_RESET, HOUR),
                audited.issue(user.id(), TokenPurpose.EMAIL_VERIFICATION, HOUR),
                audited.invite(organization, "bo@x", HOUR, Json.of(Map.of("role", "admin"))));
        audited.resetPassword(issued.get(0).secret(), "new");
        audited.verifyEmail(issued.get(1).secret());
        audited.redeemInvitation(issued.get(2).secret());
        audited.redeemInvitation(issued.get(2).secret());

        assertThat(database.query("select entity_type || '.' || action from evalstore.audit_log"
                        + " where entity_id in ('" + user.id() + "', '"
                        + issued.get(0).token().id() + "') order by created_at, id"))
                .containsExactlyInAnyOrder(
                        "user_token.create", "user_token.redeem", "user.reset_password", "user.verify_email");
        assertThat(db.audit().list(AuditFilter.ALL, 100).items()).hasSize(8);
        String everything = String.join(" ", database.query("select a::text from evalstore.audit_log a"));
        for (IssuedToken token : issued) {
            String secret = token.secret().split("_")[1];
            assertThat(everything)
                    .doesNotContain(secret)
                    .doesNotContain(database.value("select encode(sha256('" + secret + "'), 'hex')"));
        }
    }

    @Test
    void expired_tokens_are_cleaned_up_redeemed_ones_too_and_by_the_maintenance() {
        UserToken good = issue(TokenPurpose.EMAIL_VERIFICATION).token();
        database.admin(
                "insert into evalstore.user_tokens (organization_id, purpose, email, token_hash, expires_at, used_at)"
                        + " select '" + organization + "', 'invitation', n || '@x', sha256(n::text::bytea),"
                        + " statement_timestamp(), case when n % 2 = 0 then statement_timestamp() end"
                        + " from generate_series(1, 2500) n");

        assertThat(tokens.cleanup()).isEqualTo(new Cleanup(2_500, false));
        assertThat(tokens.list(UserTokenFilter.ALL).items()).containsExactly(good);

        database.admin("update evalstore.user_tokens set expires_at = statement_timestamp()");
        assertThat(db.maintenance().runOnce().steps())
                .filteredOn(step -> step.name().equals("user_tokens.expired"))
                .singleElement()
                .satisfies(step -> assertThat(step.count()).isEqualTo(1));
        assertThat(tokens.count(UserTokenFilter.ALL)).isZero();
    }

    @Test
    void a_new_password_ends_the_users_password_reset_and_no_other_token() {
        String reset = issue(TokenPurpose.PASSWORD_RESET).secret();
        String proof = issue(TokenPurpose.EMAIL_VERIFICATION).secret();
        db.users().setPassword(user.id(), "new");

        assertThat(tokens.resetPassword(reset, "stolen")).isEmpty();
        assertThat(db.users().authenticate("ada", "new")).isPresent();
        assertThat(tokens.verifyEmail(proof)).isPresent();
    }

    @Test
    void what_a_deleted_user_or_organization_has_is_not_open() {
        issue(TokenPurpose.PASSWORD_RESET);
        invite("bob@x");
        assertThat(tokens.count(UserTokenFilter.ALL.open(true))).isEqualTo(2);
        db.users().softDelete(user.id());
        db.organizations().softDelete(organization);
        assertThat(tokens.count(UserTokenFilter.ALL.open(true))).isZero();
        assertThat(tokens.count(UserTokenFilter.ALL.open(false))).isEqualTo(2);
    }

    @Test
    void an_anonymized_users_invitations_go_unless_another_user_has_the_address() {
        UserToken other = invite("bob@x").token();
        invite("ADA@x");
        assertThat(tokens.list(UserTokenFilter.ALL.email("aDa@X")).items()).hasSize(1);
        db.users().softDelete(user.id());
        User next = db.users().create(NewUser.of("ada@X", "next"));
        db.users().anonymize(user.id());
        assertThat(tokens.count(UserTokenFilter.ALL.email("ada@x"))).isEqualTo(1);

        db.users().anonymize(next.id());
        assertThat(tokens.list(UserTokenFilter.ALL).items()).containsExactly(other);
    }
}
