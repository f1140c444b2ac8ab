package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A deleted or anonymized user gets no key, and none of the user's keys comes back. */
class DeletedUsersKeysTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new CheapHasher()));

    private final Database db = database.db();
    private final ApiKeyRepository keys = db.apiKeys();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.users");
    }

    private static List<Consumer<UUID>> deletions(UserRepository users) {
        return List.of(users::anonymize, users::softDelete);
    }

    @Test
    void no_key_is_made_resumed_or_rotated_for_a_user_who_is_deleted() {
        for (Consumer<UUID> deletion : deletions(db.users())) {
            UUID user = db.users().create(NewUser.of("ada@x", "ada")).id();
            IssuedApiKey active = keys.create(NewApiKey.of(user, "active", "read"));
            ApiKey suspended =
                    keys.setActive(keys.create(NewApiKey.of(user, "k")).key().id(), false);
            deletion.accept(user);

            refused(user, () -> keys.create(NewApiKey.of(user, "new")));
            refused(user, () -> keys.setActive(suspended.id(), true));
            refused(user, () -> keys.rotate(active.key().id(), Duration.ofHours(1), null));
            assertThat(keys.get(suspended.id()).active()).isFalse();
            assertThat(keys.get(active.key().id())).isEqualTo(active.key());
            assertThat(keys.count(ApiKeyFilter.ALL.user(user))).isEqualTo(2);
            assertThat(keys.verify(active.secret())).isEmpty();

            assertThat(keys.setActive(active.key().id(), false).active()).isFalse();
            assertThat(keys.revoke(active.key().id()).revokedAt()).isNotNull();
            assertThatThrownBy(() -> keys.setActive(active.key().id(), true))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("revoked");
            database.admin("delete from evalstore.users");
        }
    }

    @Test
    void a_key_waits_for_an_anonymization_under_way_and_is_refused() throws Exception {
        for (boolean resumes : new boolean[] {false, true}) {
            UUID user = db.users().create(NewUser.of("ada@x", "ada")).id();
            UUID suspended = keys.create(NewApiKey.of(user, "k")).key().id();
            keys.setActive(suspended, false);
            CompletableFuture<Object> late = new CompletableFuture<>();
            db.useTransaction(tx -> {
                tx.users().anonymize(user);
                late.completeAsync(
                        () -> resumes ? keys.setActive(suspended, true) : keys.create(NewApiKey.of(user, "new")));
                database.awaitBlocked();
            });
            assertThatThrownBy(() -> late.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(ConflictException.class);
            assertThat(keys.list(ApiKeyFilter.ALL.user(user)).items())
                    .singleElement()
                    .satisfies(key -> assertThat(key.active()).isFalse());
        }
    }

    @Test
    void an_anonymization_waits_for_a_key_under_way() throws Exception {
        UUID user = db.users().create(NewUser.of("ada@x", "ada")).id();
        CompletableFuture<User> anonymized = new CompletableFuture<>();
        IssuedApiKey issued = db.inTransaction(tx -> {
            IssuedApiKey made = tx.apiKeys().create(NewApiKey.of(user, "new"));
            anonymized.completeAsync(() -> db.users().anonymize(user));
            database.awaitBlocked();
            return made;
        });
        assertThat(anonymized.get(30, TimeUnit.SECONDS).deletedAt()).isNotNull();
        assertThat(keys.verify(issued.secret())).isEmpty();
    }

    private static void refused(UUID user, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(user.toString())
                .hasMessageContaining("deleted");
    }
}
