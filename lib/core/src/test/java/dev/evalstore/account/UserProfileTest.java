package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Patch;
import dev.evalstore.account.NewUser.Profile;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users show to others, and when they were last active. */
class UserProfileTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final String ORCID = "0000-0002-1825-0097";

    private final Database db = database.db();
    private final UserRepository users = db.users();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.users");
    }

    private static NewUser ada() {
        return NewUser.of("ada@example.org", "ada");
    }

    private static Profile profile() {
        return Profile.NONE
                .bio("Wrote the first program.\nThen notes on it.")
                .affiliation("Analytical Engine")
                .website("https://ada.example/notes")
                .githubUsername("ada-l")
                .orcid(ORCID)
                .publicEmail("hello@ada.example");
    }

    private static List<String> shown(User user) {
        return Arrays.asList(
                user.bio(),
                user.affiliation(),
                user.website(),
                user.githubUsername(),
                user.orcid(),
                user.publicEmail());
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(field + " ");
    }

    @Test
    void a_profile_reads_back_the_same_and_changes_field_by_field() {
        User user = users.create(ada().profile(profile()));
        assertThat(shown(user))
                .containsExactly(
                        "Wrote the first program.\nThen notes on it.",
                        "Analytical Engine",
                        "https://ada.example/notes",
                        "ada-l",
                        ORCID,
                        "hello@ada.example");
        assertThat(users.get(user.id())).isEqualTo(user);
        assertThat(shown(users.create(NewUser.of("b@x", "b")))).containsOnlyNulls();

        User changed = users.update(
                user.id(),
                UpdateUser.NOTHING
                        .bio(Patch.clear())
                        .affiliation(Patch.set("a"))
                        .website(Patch.set("http://w"))
                        .githubUsername(Patch.set("g_h"))
                        .orcid(Patch.set("0000-0002-1694-233X"))
                        .publicEmail(Patch.set("p@x")));
        assertThat(shown(changed)).containsExactly(null, "a", "http://w", "g_h", "0000-0002-1694-233X", "p@x");
        assertThat(shown(users.update(user.id(), UpdateUser.NOTHING.orcid(Patch.clear()))))
                .containsExactly(null, "a", "http://w", "g_h", null, "p@x");
    }

    @Test
    void an_anonymized_user_shows_nothing_and_a_print_never_does() {
        User user = users.create(ada().profile(profile()));
        assertThat(user + " " + ada().profile(profile()) + " " + profile())
                .doesNotContain("Engine")
                .doesNotContain("ada")
                .doesNotContain(ORCID);
        assertThat(shown(users.anonymize(user.id()))).containsOnlyNulls();
    }

    @Test
    void bad_input_is_refused_by_name() {
        refused("bio", () -> Profile.NONE.bio(" "));
        refused("bio", () -> UpdateUser.NOTHING.bio(Patch.set("b".repeat(5_001))));
        refused("affiliation", () -> Profile.NONE.affiliation("a".repeat(201)));
        refused("affiliation", () -> UpdateUser.NOTHING.affiliation(Patch.set("\0")));
        refused("website", () -> Profile.NONE.website("javascript:alert(1)"));
        refused("website", () -> UpdateUser.NOTHING.website(Patch.set("ada.example")));
        for (String name : List.of("", "@ada", "-ada", "a b", "a.b", "ä", "a".repeat(40))) {
            refused("githubUsername", () -> Profile.NONE.githubUsername(name));
            refused("githubUsername", () -> UpdateUser.NOTHING.githubUsername(Patch.set(name)));
        }
        for (String address : List.of("ada", "a@b@c", "a b@c", "@", "a".repeat(320) + "@x")) {
            refused("publicEmail", () -> Profile.NONE.publicEmail(address));
            refused("publicEmail", () -> UpdateUser.NOTHING.publicEmail(Patch.set(address)));
        }
        refused("email", () -> NewUser.of("ada", "ada"));
        refused("orcid", () -> UpdateUser.NOTHING.orcid(Patch.set("0000-0002-1825-0098")));
        // The longest of each.
        users.create(ada().profile(new Profile(
                "🦖".repeat(5_000), "ä".repeat(200), "http://" + "w".repeat(1_993), "g".repeat(39), ORCID, "p@x")));
    }

    @Test
    void a_row_that_breaks_a_rule_is_refused_by_the_tables_constraint() {
        users.create(ada());
        for (String[] rule : new String[][] {
            {"bio = ' '", "users_bio_length"},
            {"bio = repeat('b', 5001)", "users_bio_length"},
            {"affiliation = repeat('a', 201)", "users_affiliation_length"},
            {"website = 'javascript:alert(1)'", "users_website_format"},
            {"github_username = '-a'", "users_github_username_format"},
            {"orcid = '0000-0002-1825-0098'", "users_orcid_format"},
            {"orcid = '0000000218250097'", "users_orcid_format"},
            {"public_email = 'a'", "users_public_email_format"}
        }) {
            assertThatThrownBy(() -> database.admin("update evalstore.users set " + rule[0]))
                    .as(rule[0])
                    .hasMessageContaining(rule[1]);
        }
    }

    /** The first three are ORCID's own examples. */
    @ParameterizedTest
    @ValueSource(strings = {ORCID, "0000-0001-5109-3700", "0000-0002-1694-233X", "0000-0000-0000-0001"})
    void an_orcid_with_the_right_check_character_is_taken(String orcid) {
        assertThat(users.create(ada().profile(Profile.NONE.orcid(orcid))).orcid())
                .isEqualTo(orcid);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000-0002-1694-2330",
                "0000-0002-1694-233x",
                "0000-0002-169X-2330",
                "0000000218250097",
                "0000-0002-1825-009",
                " 0000-0002-1825-0097",
                "https://orcid.org/0000-0002-1825-0097",
                "0000-0002-1825-009７",
                "٠000-0002-1825-0097"
            })
    void an_orcid_of_another_form_is_refused(String orcid) {
        refused("orcid", () -> Profile.NONE.orcid(orcid));
    }

    /** Of each iD one check character in eleven is right, and library and table agree which. */
    @Test
    void library_and_table_check_an_orcid_alike() {
        Random random = new Random(11);
        List<String> all = new ArrayList<>();
        List<String> right = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String digits = "%015d".formatted(random.nextLong(1_000_000_000_000_000L));
            for (char check : "0123456789X".toCharArray()) {
                String orcid = (digits + check).replaceAll("(.{4})(?=.)", "$1-");
                all.add(orcid);
                try {
                    Profile.NONE.orcid(orcid);
                    right.add(orcid);
                } catch (IllegalArgumentException e) {
                    assertThat(e).hasMessageStartingWith("orcid ");
                }
            }
        }
        assertThat(right).hasSize(100);
        assertThat(database.query("select o from unnest(string_to_array('" + String.join(" ", all)
                        + "', ' ')) with ordinality x (o, n) where evalstore.is_orcid(o) order by n"))
                .isEqualTo(right);
    }

    @Test
    void activity_is_recorded_at_most_once_a_minute() {
        User user = users.create(ada());
        assertThat(user.lastActiveAt()).isNull();

        assertThat(users.recordActivity(user.id())).isTrue();
        User active = users.get(user.id());
        assertThat(active.lastActiveAt()).isNotNull();
        assertThat(active.updatedAt()).isEqualTo(user.updatedAt());
        assertThat(users.recordActivity(user.id())).isFalse();
        database.admin("update evalstore.users set last_active_at = statement_timestamp() - interval '59 seconds'");
        assertThat(users.recordActivity(user.id())).isFalse();

        database.admin("update evalstore.users set last_active_at = statement_timestamp() - interval '1 minute'");
        assertThat(users.recordActivity(user.id())).isTrue();
        assertThat(users.get(user.id()).lastActiveAt()).isAfterOrEqualTo(active.lastActiveAt());
        assertThat(users.get(user.id()).updatedAt()).isEqualTo(user.updatedAt());
    }

    @Test
    void of_many_who_record_activity_at_once_one_does_and_none_waits() throws Exception {
        UUID id = users.create(ada()).id();
        assertThat(Threads.together(20, i -> () -> users.recordActivity(id)))
                .filteredOn(recorded -> recorded)
                .hasSize(1);

        database.admin("update evalstore.users set last_active_at = null");
        boolean beside = db.inTransaction(tx -> {
            tx.users().updateLastLogin(id);
            return users.recordActivity(id);
        });
        assertThat(beside).isFalse();
    }

    @Test
    void no_activity_is_recorded_of_a_user_who_cannot_log_in() {
        UUID inactive = users.create(ada()).id();
        users.update(inactive, UpdateUser.NOTHING.active(false));
        UUID deleted = users.create(NewUser.of("b@x", "b")).id();
        users.softDelete(deleted);
        for (UUID id : List.of(inactive, deleted, UUID.randomUUID())) {
            assertThat(users.recordActivity(id)).isFalse();
        }
        assertThat(database.value("select count(last_active_at) from evalstore.users"))
                .isEqualTo("0");
    }
}
