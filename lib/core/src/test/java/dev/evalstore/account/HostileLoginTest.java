package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.PasswordHasher;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A login form passes on whatever was typed or forged: the answer is empty, and costs what a wrong password costs. */
class HostileLoginTest {
    private static final CheapHasher HASHER = new CheapHasher();
    private static final List<String> STATEMENTS = new CopyOnWriteArrayList<>();

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(HASHER));

    private static final String NUL = "a\0b";
    private static final String HALF = "a\ud83d";
    private static final String OTHER_HALF = "\ude00a";
    private static final String LONG = "x".repeat(2_000_000);

    @BeforeEach
    void ada() {
        database.admin("delete from evalstore.users");
        database.db().users().create(NewUser.of("ada@x", "ada").password("right"));
    }

    static Stream<Arguments> logins() {
        return Stream.of(
                Arguments.of("a wrong password", "ada", "wrong"),
                Arguments.of("an unknown user", "nobody", "right"),
                Arguments.of("no password", "ada", ""),
                Arguments.of("a password with NUL", "ada", NUL),
                Arguments.of("a password with half a letter", "ada", HALF),
                Arguments.of("a password with the other half", "ada", OTHER_HALF),
                Arguments.of("a very long password", "ada", LONG),
                Arguments.of("a password of one more than allowed", "ada", "x".repeat(1_025)),
                Arguments.of("no login", "", "right"),
                Arguments.of("a blank login", " \t", "right"),
                Arguments.of("a login with NUL", NUL, "right"),
                Arguments.of("an address with NUL", NUL + "@x", "right"),
                Arguments.of("a login with half a letter", HALF, "right"),
                Arguments.of("an address with half a letter", HALF + "@x", "right"),
                Arguments.of("a very long login", LONG, "right"),
                Arguments.of("a very long address", LONG + "@x", "right"),
                Arguments.of("everything at once", NUL + HALF, OTHER_HALF + NUL));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("logins")
    void whatever_is_typed_is_answered_by_nothing_and_costs_the_same(String what, String login, String password) {
        try (Database db = Database.open(database.config()
                .listener((name, time, failure) -> STATEMENTS.add(name))
                .build())) {
            assertThat(db.users().authenticate("ada", "right")).isPresent();
            STATEMENTS.clear();
            int before = HASHER.verified.get();

            assertThat(db.users().authenticate(login, password)).isEmpty();

            assertThat(HASHER.verified.get() - before).isEqualTo(1);
            assertThat(STATEMENTS).containsExactly("users.find_credentials");
        }
    }

    /** What cannot be a password is not the password that a driver or hasher would make of it. */
    @Test
    void a_text_that_is_no_password_is_not_taken_for_a_like_one() {
        UserRepository users = database.db().users();
        users.create(NewUser.of("eve@x", "eve").password("a?"));

        assertThat(users.authenticate("eve", "a?")).isPresent();
        assertThat(users.authenticate("eve", HALF)).isEmpty();
        for (String typed : List.of("", NUL, HALF, "x".repeat(1_025))) {
            assertThatThrownBy(() -> NewUser.of("b@x", "b").password(typed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("password");
        }
    }

    @Test
    void the_hasher_of_the_library_tells_half_a_letter_from_a_question_mark() {
        PasswordHasher pbkdf2 = PasswordHasher.pbkdf2(1_000);

        assertThat(pbkdf2.verify(HALF, pbkdf2.hash("a?"))).isFalse();
        assertThat(pbkdf2.verify(LONG, pbkdf2.hash(LONG))).isTrue();
        assertThat(pbkdf2.verify(NUL, pbkdf2.hash(NUL))).isTrue();
        assertThat(pbkdf2.verify("", pbkdf2.hash(""))).isTrue();
        assertThat(pbkdf2.verify("a", "a\0\ud83d")).isFalse();
        assertThatThrownBy(() -> pbkdf2.hash(HALF))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("password");
    }

    @Test
    void a_presented_text_of_any_length_and_content_is_no_key() {
        ApiKeyRepository keys = database.db().apiKeys();

        for (String presented : List.of("", NUL, HALF, OTHER_HALF, LONG, "evs_" + NUL, "evs_" + LONG + "_a_b")) {
            assertThat(keys.verify(presented)).isEmpty();
            assertThat(keys.verify(presented, "read")).isEmpty();
        }
    }
}
