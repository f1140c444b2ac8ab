package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestServer;
import java.text.Normalizer;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins are equal in any case, whatever the database's locale: no locale, one of Unicode's, and Turkish, where I is not i. */
class CaseFoldingTest {
    private static final TestServer SERVER = TestServer.get();

    /** A database of that locale, migrated and opened. */
    private static final class Place implements AutoCloseable {
        private final String name = "fold_" + UUID.randomUUID().toString().replace("-", "");
        final Database db;

        Place(String locale) {
            boolean icu = !locale.equals("C");
            if (icu) {
                Assumptions.assumeTrue(
                        SERVER.query("postgres", "select 1 from pg_collation where collprovider = 'i' limit 1")
                                        .size()
                                == 1,
                        "this server was built without ICU");
            }
            SERVER.execute(
                    "postgres",
                    "create database " + name + " owner evalstore_owner template template0 encoding 'UTF8' "
                            + (icu ? "locale_provider icu icu_locale '" + locale + "' locale 'C'" : "locale 'C'"));
            db = Database.open(SERVER.as("evalstore_owner", name)
                    .passwordHasher(new CheapHasher())
                    .build());
            db.migrate();
        }

        @Override
        public void close() {
            db.close();
            SERVER.drop(name);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"C", "und", "tr-TR"})
    void addresses_and_names_that_differ_in_case_alone_are_one_account_in_every_locale(String locale) {
        try (Place place = new Place(locale)) {
            UserRepository users = place.db.users();
            User ulrike = users.create(
                    NewUser.of("Ülrike.STRAẞE@Müller.example", "ILIIA").password("right"));

            for (String same : List.of(
                    "ülrike.straẞe@mÜLLER.EXAMPLE",
                    "ÜLRIKE.STRAẞE@MÜLLER.EXAMPLE",
                    "U\u0308lrike.Straẞe@Mu\u0308ller.example")) {
                assertThat(users.findByEmail(same)).as(same).map(User::id).contains(ulrike.id());
                assertThat(users.authenticate(same, "right")).as(same).isPresent();
                assertThatThrownBy(() -> users.create(NewUser.of(same, "other")))
                        .isInstanceOfSatisfying(
                                ConstraintViolationException.class,
                                e -> assertThat(e.constraint()).isEqualTo("idx_users_email"));
            }
            assertThat(users.findByUsername("iliia")).map(User::id).contains(ulrike.id());
            assertThat(users.authenticate("IliIa", "right")).isPresent();
            assertThatThrownBy(() -> users.create(NewUser.of("other@x", "iliiA")))
                    .isInstanceOfSatisfying(
                            ConstraintViolationException.class,
                            e -> assertThat(e.constraint()).isEqualTo("idx_users_username"));
            // A letter whose upper case is shared with another letter is that letter's account nowhere.
            assertThat(users.findByEmail("ulrike.STRAẞE@müller.example")).isEmpty();
            assertThat(users.create(NewUser.of("mike@x", "mike")).id())
                    .isNotEqualTo(users.create(NewUser.of("mıke@x", "mike2")).id());
        }
    }

    /** The server's list is Unicode's as this JDK knows it; both grow by letters that nobody's address has yet. */
    @Test
    void the_server_folds_what_is_a_pair_of_cases_and_nothing_else() {
        String letters = IntStream.rangeClosed('!', 0x1E943)
                .filter(Character::isLetter)
                .filter(letter -> letter < 0xD800 || letter > 0xDFFF)
                .mapToObj(Character::toString)
                .filter(letter -> Normalizer.isNormalized(letter, Normalizer.Form.NFC))
                .collect(Collectors.joining());
        String folded = letters.codePoints()
                .map(CaseFoldingTest::fold)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        try (Place place = new Place("C")) {
            String stored = SERVER.query(place.name, "select evalstore.fold_case('" + letters + "')")
                    .get(0);
            assertThat(stored).isEqualTo(Normalizer.normalize(folded, Normalizer.Form.NFC));
        }
    }

    private static int fold(int letter) {
        int lower = Character.toLowerCase(letter);
        boolean isPair = lower != letter && Character.toUpperCase(lower) == letter;
        return isPair && Normalizer.isNormalized(Character.toString(lower), Normalizer.Form.NFC) ? lower : letter;
    }

    @ParameterizedTest
    @CsvSource({"ABC,abc", "'',''", "a.B-9_@X,a.b-9_@x"})
    void ascii_is_folded_alone(String text, String expected) {
        try (Place place = new Place("C")) {
            assertThat(SERVER.query(place.name, "select evalstore.fold_case('" + text + "')"))
                    .containsExactly(expected);
        }
    }
}
