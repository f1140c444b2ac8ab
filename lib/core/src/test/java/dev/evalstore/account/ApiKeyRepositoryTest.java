package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.NotFoundException;
import dev.evalstore.OperationStats;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ApiKeyRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new CheapHasher()));

    private final Database db = database.db();
    private final ApiKeyRepository keys = db.apiKeys();
    private User user;

    @BeforeEach
    void oneUser() {
        database.admin("delete from evalstore.users");
        user = db.users().create(NewUser.of("ada@x", "ada"));
    }

    private IssuedApiKey issue(String... scopes) {
        return keys.create(NewApiKey.of(user.id(), "ci", scopes));
    }

    @Test
    void a_new_key_is_shown_once_and_stored_only_as_a_hash() {
        IssuedApiKey issued = issue("read", "write");

        assertThat(issued.secret()).matches("evs_" + issued.key().keyId() + "_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}");
        assertThat(issued.key().scopes()).containsExactly("read", "write");
        assertThat(keys.get(issued.key().id())).isEqualTo(issued.key());
        String secret = issued.secret().split("_")[2];
        assertThat(database.value("select k::text from evalstore.api_keys k")).doesNotContain(secret);
        assertThat(issued.toString()).doesNotContain(secret);
        assertThat(KeyText.parse(issued.secret()).toString()).doesNotContain(secret);
    }

    @Test
    void a_good_key_gives_its_user_and_itself() {
        IssuedApiKey issued = issue("read");

        VerifiedKey verified = keys.verify(issued.secret(), "read").orElseThrow();

        assertThat(verified.user()).isEqualTo(user);
        assertThat(verified.key().id()).isEqualTo(issued.key().id());
        assertThat(verified.key().lastUsedAt()).isNotNull();
        assertThat(verified.key()).isEqualTo(keys.get(issued.key().id()));
        assertThat(verified.key().updatedAt()).isEqualTo(issued.key().updatedAt());
        assertThat(keys.verify(issued.secret(), "write")).isEmpty();
        assertThat(keys.verify(issued.secret())).isPresent();
    }

    @Test
    void what_is_no_key_is_refused_without_a_statement() {
        String good = issue().secret();
        char last = good.charAt(good.length() - 1);
        long before = calls("api_keys.verify");

        for (String bad : List.of(
                "",
                "evs_",
                "' or 1=1 --",
                good + "x",
                " " + good,
                good.substring(1),
                good.substring(0, good.length() - 1) + (last == 'a' ? 'b' : 'a'),
                good.toUpperCase(),
                good.replaceFirst("evs_.", "evs_" + (good.charAt(4) == '1' ? '2' : '1')),
                "x".repeat(1_000_000))) {
            assertThat(keys.verify(bad)).isEmpty();
        }
        assertThat(calls("api_keys.verify")).isEqualTo(before);
    }

    @Test
    void a_wrong_secret_with_a_right_checksum_is_refused_and_leaves_no_trace() {
        IssuedApiKey issued = issue();
        String forged = new KeyText(issued.key().keyId(), KeyText.random().secret()).text();

        assertThat(keys.verify(forged)).isEmpty();
        assertThat(keys.verify(KeyText.random().text())).isEmpty();
        assertThat(keys.get(issued.key().id()).lastUsedAt()).isNull();
    }

    @Test
    void a_verification_is_one_statement() {
        String secret = issue().secret();
        long before = total();

        keys.verify(secret);

        assertThat(total() - before)
                .as("one, and the two of the second stats()")
                .isEqualTo(1 + 2);
    }

    private long total() {
        return db.stats().operations().stream().mapToLong(OperationStats::calls).sum();
    }

    private long calls(String name) {
        return db.stats().operations().stream()
                .filter(operation -> operation.name().equals(name))
                .mapToLong(OperationStats::calls)
                .sum();
    }

    @Test
    void the_last_use_is_written_once_a_minute_however_many_use_the_key() throws Exception {
        IssuedApiKey issued = issue();
        database.admin("create table if not exists public.uses (n int); truncate public.uses;"
                + " create or replace function public.count_use() returns trigger language plpgsql security definer as"
                + " $$ begin insert into public.uses values (1); return new; end $$;"
                + " create or replace trigger count_use after update of last_used_at on evalstore.api_keys"
                + " for each row execute function public.count_use()");
        Callable<Integer> verify = () -> {
            int good = 0;
            for (int i = 0; i < 250; i++) {
                good += keys.verify(issued.secret()).isPresent() ? 1 : 0;
            }
            return good;
        };

        assertThat(Threads.together(8, i -> verify)).containsOnly(250);
        assertThat(database.value("select count(*) from public.uses")).isEqualTo("1");

        database.admin("update evalstore.api_keys set last_used_at = statement_timestamp() - interval '61 seconds'");
        Instant old = keys.get(issued.key().id()).lastUsedAt();
        assertThat(Threads.together(8, i -> verify)).containsOnly(250);
        assertThat(keys.get(issued.key().id()).lastUsedAt()).isAfter(old);
        assertThat(database.value("select count(*) from public.uses")).isEqualTo("3");
        database.admin(
                "drop trigger count_use on evalstore.api_keys; drop function public.count_use(); drop table public.uses");
    }

    @Test
    void a_key_that_is_suspended_revoked_expired_or_whose_user_is_out_is_refused() {
        String suspended = suspended();
        String revoked = issue().secret();
        keys.revoke(keys.verify(revoked).orElseThrow().key().id());
        String expired = keys.create(NewApiKey.of(user.id(), "k").expiresAt(Instant.parse("2020-01-01T00:00:00Z")))
                .secret();
        String lasting = keys.create(NewApiKey.of(user.id(), "k").expiresAt(Instant.parse("2100-01-01T00:00:00Z")))
                .secret();

        assertThat(List.of(suspended, revoked, expired))
                .allMatch(key -> keys.verify(key).isEmpty());
        assertThat(keys.verify(lasting)).isPresent();

        db.users().update(user.id(), UpdateUser.NOTHING.active(false));
        assertThat(keys.verify(lasting)).isEmpty();
        db.users().update(user.id(), UpdateUser.NOTHING.active(true));
        assertThat(keys.verify(lasting)).isPresent();
        db.users().softDelete(user.id());
        assertThat(keys.verify(lasting)).isEmpty();
    }

    private String suspended() {
        IssuedApiKey issued = issue();
        assertThat(keys.setActive(issued.key().id(), false).active()).isFalse();
        assertThat(keys.setActive(issued.key().id(), true).active()).isTrue();
        assertThat(keys.verify(issued.secret())).isPresent();
        keys.setActive(issued.key().id(), false);
        return issued.secret();
    }

    @Test
    void a_revoked_key_stays_revoked() {
        UUID id = issue().key().id();
        ApiKey revoked = keys.revoke(id);

        assertThat(revoked.revokedAt()).isNotNull();
        assertThat(revoked.active()).isFalse();
        for (ThrowingCallable verb : List.<ThrowingCallable>of(
                () -> keys.revoke(id), () -> keys.setActive(id, true), () -> keys.rotate(id, Duration.ZERO, null))) {
            assertThatThrownBy(verb).isInstanceOf(ConflictException.class).hasMessageContaining("is revoked");
        }
    }

    @Test
    void after_a_rotation_both_keys_are_good_for_the_overlap() {
        IssuedApiKey old = issue("read");

        IssuedApiKey next = keys.rotate(old.key().id(), Duration.ofHours(1), null);

        assertThat(next.key().id()).isNotEqualTo(old.key().id());
        assertThat(next.key().scopes()).containsExactly("read");
        assertThat(next.key().name()).isEqualTo("ci");
        assertThat(keys.verify(old.secret(), "read")).isPresent();
        assertThat(keys.verify(next.secret(), "read")).isPresent();
        ApiKey ending = keys.get(old.key().id());
        assertThat(Duration.between(ending.updatedAt(), ending.expiresAt())).isEqualTo(Duration.ofHours(1));

        keys.rotate(old.key().id(), Duration.ofDays(9), null);
        assertThat(keys.get(old.key().id()).expiresAt())
                .as("no longer than before")
                .isEqualTo(ending.expiresAt());

        keys.rotate(next.key().id(), Duration.ZERO, Instant.parse("2100-01-01T00:00:00Z"));
        assertThat(keys.verify(next.secret())).isEmpty();
        assertThatThrownBy(() -> keys.rotate(next.key().id(), Duration.ZERO, null))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("is expired");
        assertThatThrownBy(() -> keys.rotate(next.key().id(), Duration.ofSeconds(-1), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("overlap");
    }

    @Test
    void a_users_keys_are_listed_newest_first_and_a_deleted_one_is_gone() {
        UUID first = issue().key().id();
        UUID second = issue().key().id();
        UUID other = db.users().create(NewUser.of("b@x", "b")).id();
        keys.create(NewApiKey.of(other, "theirs"));

        assertThat(keys.listByUser(user.id(), 10, null).items())
                .extracting(ApiKey::id)
                .containsExactly(second, first);
        assertThat(keys.listByUser(
                                user.id(),
                                1,
                                keys.listByUser(user.id(), 1, null).next())
                        .items())
                .extracting(ApiKey::id)
                .containsExactly(first);
        assertThat(keys.delete(first)).isTrue();
        assertThat(keys.delete(first)).isFalse();
        assertThat(keys.find(first)).isEmpty();
    }

    @Test
    void every_filter_narrows_lists_and_counts_and_conditions_add_up() {
        ApiKey suspended = keys.setActive(issue().key().id(), false);
        ApiKey expired = keys.create(NewApiKey.of(user.id(), "k").expiresAt(Instant.parse("2020-01-01T00:00:00Z")))
                .key();
        ApiKey revoked = keys.revoke(issue().key().id());
        UUID other = db.users().create(NewUser.of("b@x", "b")).id();
        ApiKey theirs = keys.create(NewApiKey.of(other, "theirs")).key();

        ApiKeyFilter all = ApiKeyFilter.ALL;
        assertThat(keys.list(all, 10).items()).containsExactly(theirs, revoked, expired, suspended);
        assertThat(keys.list(all.user(user.id()), 10).items()).containsExactly(revoked, expired, suspended);
        assertThat(keys.list(all.active(true), 10).items()).containsExactly(theirs, expired);
        assertThat(keys.list(all.active(false), 10).items()).containsExactly(revoked, suspended);
        assertThat(keys.list(all.user(user.id()).active(true), 10).items()).containsExactly(expired);
        assertThat(keys.count(all)).isEqualTo(4);
        assertThat(keys.count(all.user(other))).isEqualTo(1);
        assertThat(keys.count(all.user(other).active(false))).isZero();
        List<ApiKey> walked = new ArrayList<>();
        keys.forEach(all.user(user.id()), walked::add);
        assertThat(walked).containsExactly(revoked, expired, suspended);
    }

    @Test
    void an_unknown_id_is_an_error_to_every_verb_and_an_unknown_user_to_create() {
        UUID unknown = UUID.randomUUID();
        for (ThrowingCallable verb : List.<ThrowingCallable>of(
                () -> keys.get(unknown),
                () -> keys.revoke(unknown),
                () -> keys.setActive(unknown, true),
                () -> keys.rotate(unknown, Duration.ZERO, null))) {
            assertThatThrownBy(verb).isInstanceOf(NotFoundException.class);
        }
        assertThatThrownBy(() -> keys.create(NewApiKey.of(unknown, "k")))
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo("api_keys_user_fk"));
    }
}
