package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Isolation;
import dev.evalstore.Repositories;
import dev.evalstore.Retry;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One-time tokens under concurrent callers, and by the server's clock. No deadlock is retried away. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UserTokenRaceTest {
    private static final int THREADS = 50;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
    private static final Executor ASIDE = task -> new Thread(task).start();

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(
            config -> config.poolSize(THREADS).retry(Retry.NONE).passwordHasher(new CheapHasher()));

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

    private String issue(TokenPurpose purpose) {
        return tokens.issue(user.id(), purpose, HOUR).secret();
    }

    @Test
    void fifty_threads_redeem_a_token_once() throws Exception {
        String proof = issue(TokenPurpose.EMAIL_VERIFICATION);
        String reset = issue(TokenPurpose.PASSWORD_RESET);
        String invitation = tokens.invite(organization, "bo@x", HOUR, null).secret();
        Map<String, Function<Integer, Optional<?>>> redemptions = Map.of(
                "redeem", i -> tokens.redeem(TokenPurpose.PASSWORD_RESET, reset),
                "redeemInvitation", i -> tokens.redeemInvitation(invitation),
                "verifyEmail", i -> tokens.verifyEmail(proof));

        for (Map.Entry<String, Function<Integer, Optional<?>>> redemption : redemptions.entrySet()) {
            List<Optional<?>> redeemed =
                    Threads.together(THREADS, i -> () -> redemption.getValue().apply(i));
            assertThat(redeemed)
                    .as(redemption.getKey())
                    .filteredOn(Optional::isPresent)
                    .hasSize(1);
        }
    }

    @Test
    void of_fifty_threads_that_reset_a_password_one_does_and_its_password_stays() throws Exception {
        String secret = issue(TokenPurpose.PASSWORD_RESET);

        List<Optional<User>> reset = Threads.together(THREADS, i -> () -> tokens.resetPassword(secret, "new " + i));

        List<Integer> done = IntStream.range(0, THREADS)
                .filter(i -> reset.get(i).isPresent())
                .boxed()
                .toList();
        assertThat(done).hasSize(1);
        assertThat(db.users().authenticate("ada", "new " + done.get(0))).isPresent();
    }

    @Test
    void of_tokens_that_are_issued_at_once_one_is_good() throws Exception {
        List<String> resets = Threads.together(THREADS, i -> () -> issue(TokenPurpose.PASSWORD_RESET));
        List<String> invitations = Threads.together(
                THREADS,
                i -> () -> tokens.invite(organization, i % 2 == 0 ? "bo@x" : "BO@X", HOUR, null)
                        .secret());

        assertThat(tokens.count(UserTokenFilter.ALL)).isEqualTo(2);
        assertThat(resets)
                .filteredOn(secret ->
                        tokens.redeem(TokenPurpose.PASSWORD_RESET, secret).isPresent())
                .hasSize(1);
        assertThat(invitations)
                .filteredOn(secret -> tokens.redeemInvitation(secret).isPresent())
                .hasSize(1);
    }

    @Test
    void issuing_redeeming_and_changing_a_user_at_once_ends_without_a_deadlock() throws Exception {
        List<Integer> done = Threads.together(12, thread -> () -> {
            Random random = new Random(thread);
            int redeemed = 0;
            for (int i = 0; i < 40; i++) {
                TokenPurpose purpose =
                        random.nextBoolean() ? TokenPurpose.PASSWORD_RESET : TokenPurpose.EMAIL_VERIFICATION;
                String secret = issue(purpose);
                Optional<?> result = switch (random.nextInt(4)) {
                    case 0 -> tokens.resetPassword(secret, "new");
                    case 1 -> tokens.verifyEmail(secret);
                    case 2 -> tokens.redeem(purpose, secret);
                    default -> Optional.of(db.users().update(user.id(), UpdateUser.NOTHING.emailVerified(false)));
                };
                redeemed += result.isPresent() ? 1 : 0;
                tokens.cleanup();
            }
            return redeemed;
        });
        assertThat(done.stream().mapToInt(Integer::intValue).sum()).isPositive();
        assertThat(tokens.count(UserTokenFilter.ALL.open(true))).isLessThanOrEqualTo(2);
    }

    @Test
    void a_redemption_waits_for_a_change_under_way_and_is_refused() throws Exception {
        String proof = issue(TokenPurpose.EMAIL_VERIFICATION);
        String reset = issue(TokenPurpose.PASSWORD_RESET);
        String invitation = tokens.invite(organization, "bo@x", HOUR, null).secret();

        assertThat(during(
                        () -> tokens.verifyEmail(proof),
                        "update evalstore.users set email = 'ada@elsewhere'",
                        "update evalstore.users set email = 'ada@x'"))
                .isEmpty();
        assertThat(during(
                        () -> tokens.resetPassword(reset, "new"),
                        "update evalstore.users set active = false",
                        "update evalstore.users set active = true"))
                .isEmpty();
        assertThat(during(
                        () -> tokens.redeemInvitation(invitation),
                        "update evalstore.organizations set deleted_at = statement_timestamp()",
                        "update evalstore.organizations set deleted_at = null"))
                .isEmpty();

        assertThat(db.users().get(user.id()).emailVerified()).isFalse();
        assertThat(db.users().authenticate("ada", "old")).isPresent();
        assertThat(tokens.count(UserTokenFilter.ALL.open(true)))
                .as("nothing was used up")
                .isEqualTo(3);
    }

    /** Redeems while a transaction has made the change and not committed it, and undoes the change afterwards. */
    private <T> T during(Supplier<T> redemption, String change, String undo) throws Exception {
        CompletableFuture<T> late = new CompletableFuture<>();
        db.useTransaction(tx -> {
            try (var statement = tx.connection().createStatement()) {
                statement.execute(change);
            }
            late.completeAsync(redemption, ASIDE);
            database.awaitBlocked();
        });
        T result = late.get(1, TimeUnit.MINUTES);
        database.admin(undo);
        return result;
    }

    /** A higher isolation level does not see what it would have to revoke: the index does. */
    @Test
    void a_snapshot_from_before_another_token_cannot_add_a_second_good_one() {
        TxOptions snapshot = TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ);
        Map<String, Function<Repositories, IssuedToken>> issues = Map.of(
                "idx_user_tokens_user_id_purpose",
                rooms -> rooms.users().tokens().issue(user.id(), TokenPurpose.PASSWORD_RESET, HOUR),
                "idx_user_tokens_organization_id_email",
                rooms -> rooms.users().tokens().invite(organization, "bo@x", HOUR, null));

        issues.forEach((index, issue) -> {
            assertThatThrownBy(() -> db.inTransaction(snapshot, tx -> {
                        tx.users().tokens().count(UserTokenFilter.ALL);
                        assertThat(issue.apply(db)).isNotNull();
                        return issue.apply(tx);
                    }))
                    .isInstanceOfSatisfying(
                            ConstraintViolationException.class,
                            e -> assertThat(e.constraint()).isEqualTo(index));
        });
        assertThat(tokens.count(UserTokenFilter.ALL)).isEqualTo(2);
    }

    @Test
    void a_redemption_that_is_rolled_back_leaves_the_token_good_and_nothing_half_done() {
        String secret = issue(TokenPurpose.PASSWORD_RESET);

        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    assertThat(tx.users().tokens().resetPassword(secret, "new")).isPresent();
                    assertThat(tx.users().tokens().resetPassword(secret, "new")).isEmpty();
                    throw new IllegalStateException("the host's");
                }))
                .hasMessage("the host's");

        assertThat(db.users().authenticate("ada", "old")).isPresent();
        assertThat(tokens.resetPassword(secret, "new")).isPresent();
    }

    /** The server's clock is turned, which is to the library as if this process's were turned the other way. */
    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void the_servers_clock_decides_also_where_the_clients_is_ten_minutes_off(int minutes) {
        String invited = null;
        try (Database turned = turned(minutes)) {
            UserTokenRepository there = turned.users().tokens();
            IssuedToken issued = there.issue(user.id(), TokenPurpose.PASSWORD_RESET, FIVE_MINUTES);
            IssuedToken invitation = there.invite(organization, "bo@x", FIVE_MINUTES, null);
            assertThat(Duration.between(Instant.now(), issued.token().expiresAt())
                            .plusMinutes(-minutes))
                    .as("the clock is turned")
                    .isBetween(Duration.ofMinutes(2), Duration.ofMinutes(8));
            assertThat(there.resetPassword(issued.secret(), "new")).isPresent();
            assertThat(there.redeemInvitation(invitation.secret())).isPresent();
            invited = there.invite(organization, "cy@x", FIVE_MINUTES, null).secret();
        }
        // By the server's own clock a token of the fast one has fifteen minutes left, and one of the slow one has
        // expired.
        assertThat(tokens.redeemInvitation(invited).isPresent()).isEqualTo(minutes > 0);

        String proof = tokens.issue(user.id(), TokenPurpose.EMAIL_VERIFICATION, FIVE_MINUTES)
                .secret();
        String reset = tokens.issue(user.id(), TokenPurpose.PASSWORD_RESET, FIVE_MINUTES)
                .secret();
        try (Database turned = turned(minutes)) {
            UserTokenRepository there = turned.users().tokens();
            assertThat(there.verifyEmail(proof).isPresent()).isEqualTo(minutes < 0);
            assertThat(there.resetPassword(reset, "third").isPresent()).isEqualTo(minutes < 0);
            assertThat(there.count(UserTokenFilter.ALL.user(user.id()).open(true)))
                    .isZero();
        }
    }

    /** The statements ask {@code statement_timestamp()}, and are answered by a function of that name in another schema. */
    private Database turned(int minutes) {
        database.admin("create schema if not exists turned; grant usage on schema turned to public;"
                + " create or replace function turned.statement_timestamp() returns timestamptz language sql"
                + " return pg_catalog.statement_timestamp() + interval '" + minutes + " minutes'");
        DatabaseConfig config = database.config().poolSize(2).build();
        HikariConfig hikari = Pools.hikari(config);
        hikari.setConnectionInitSql("set search_path = turned, pg_catalog");
        return Database.open(hikari, config.options());
    }
}
