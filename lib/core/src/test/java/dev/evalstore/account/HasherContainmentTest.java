package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.PasswordHasher;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

/** A host's password hasher may throw anything. */
class HasherContainmentTest {
    private static final CheapHasher CHEAP = new CheapHasher();
    private static volatile boolean failing;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new PasswordHasher() {
        @Override
        public String hash(String password) {
            if (failing) {
                throw new NoClassDefFoundError("native library, while hashing " + password);
            }
            return CHEAP.hash(password);
        }

        @Override
        public boolean verify(String password, String hash) {
            return CHEAP.verify(password, hash);
        }

        @Override
        public boolean needsRehash(String hash) {
            return CHEAP.needsRehash(hash);
        }
    }));

    @Test
    void a_login_with_the_right_password_succeeds_although_the_stronger_hash_cannot_be_made() {
        UserRepository users = database.db().users();
        User user = users.create(NewUser.of("ada@x.org", "ada").password("correct horse"));
        assertThat(users.authenticate("ada", "wrong horse")).isEmpty();
        CHEAP.strength = 2;
        failing = true;
        try (LogCapture log = LogCapture.of(UserRepository.class.getName(), Level.WARN)) {
            assertThat(users.authenticate("ada", "wrong horse")).isEmpty();
            assertThat(users.authenticate("ada", "correct horse")).map(User::id).contains(user.id());
            assertThat(log.text()).contains("the password hasher failed").doesNotContain("horse");
        }
        failing = false;
        assertThat(users.authenticate("ada", "correct horse")).isPresent();
        assertThat(database.value("select password_hash from evalstore.users")).startsWith("$cheap$2$");
    }
}
