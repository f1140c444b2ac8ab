package dev.evalstore.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserRepositoryTest {
    private static final CheapHasher hasher = new CheapHasher();

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(hasher));

    private final Database db = database.db();
    private final UserRepository users = db.users();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.users");
        hasher.strength = 1;
    }

    private static NewUser ada() {
        return NewUser.of("Ada@Example.org", "Ada").password("correct horse");
    }

    @Test
    void a_created_user_reads_back_the_same_and_has_no_hash_to_leak() {
        User created = users.create(ada().displayName("Ada L.")
                .role(UserRole.ADMIN)
                .emailVerified(true)
                .metadata(Json.of(Map.of("team", "eval"))));

        assertThat(users.get(created.id())).isEqualTo(created);
        assertThat(created.email()).isEqualTo("Ada@Example.org");
        assertThat(created.username()).isEqualTo("Ada");
        assertThat(created.displayName()).isEqualTo("Ada L.");
        assertThat(created.role()).isEqualTo(UserRole.ADMIN);
        assertThat(created.active()).isTrue();
        assertThat(created.emailVerified()).isTrue();
        assertThat(created.metadata().asMap()).isEqualTo(Map.of("team", "eval"));
        assertThat(created.lastLoginAt()).isNull();
        assertThat(created.deletedAt()).isNull();
        assertThat(Json.of(created).text()).doesNotContain("cheap");
        assertThat(created.toString() + ada()).doesNotContainIgnoringCase("ada").doesNotContain("correct horse");
        assertThat(users.create(NewUser.of("b@x", "b")).role()).isEqualTo(UserRole.USER);
    }

    @Test
    void email_and_username_are_found_in_any_case() {
        User user = users.create(ada());

        assertThat(users.findByEmail("aDA@exAMPLE.ORG")).contains(user);
        assertThat(users.findByUsername("ADA")).contains(user);
        assertThat(users.findByEmail("ada")).isEmpty();
        assertThat(users.findByUsername("ada@example.org")).isEmpty();
        assertThat(users.findByUsername("a%")).isEmpty();
    }

    @Test
    void email_and_username_belong_to_one_user_in_whatever_case() {
        users.create(ada());
        User other = users.create(NewUser.of("other@x", "other"));

        taken("idx_users_email", () -> users.create(NewUser.of("ADA@example.org", "new")));
        taken("idx_users_username", () -> users.create(NewUser.of("new@x", "aDA")));
        taken("idx_users_email", () -> users.update(other.id(), UpdateUser.NOTHING.email("ada@EXAMPLE.org")));
        taken("idx_users_username", () -> users.update(other.id(), UpdateUser.NOTHING.username("ADA")));
    }

    private static void taken(String constraint, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ConstraintViolationException.class, e -> {
            assertThat(e.constraint()).isEqualTo(constraint);
            assertThat(e.kind()).isEqualTo(ConstraintViolationException.Kind.UNIQUE);
            assertThat(e).hasMessageNotContaining("ada");
        });
    }

    @Test
    void of_those_who_take_one_address_at_once_in_different_case_one_gets_it() throws Exception {
        for (int round = 0; round < 10; round++) {
            String name = "race" + round;
            List<String> spelled = List.of(
                    name + "@x.org",
                    name.toUpperCase() + "@X.ORG",
                    name + "@X.org",
                    "R" + name.substring(1) + "@x.org");
            List<Object> results = Threads.together(spelled.size(), i -> () -> {
                try {
                    return users.create(NewUser.of(spelled.get(i), name + "-" + i));
                } catch (ConstraintViolationException e) {
                    return e.constraint();
                }
            });

            assertThat(results).filteredOn(User.class::isInstance).hasSize(1);
            assertThat(results).filteredOn("idx_users_email"::equals).hasSize(3);
        }
    }

    @Test
    void a_soft_deleted_user_frees_the_names_and_keeps_the_row() {
        User gone = users.softDelete(users.create(ada()).id());

        assertThat(gone.deletedAt()).isNotNull();
        assertThat(gone.active()).isFalse();
        assertThat(gone.email()).isEqualTo("Ada@Example.org");
        assertThat(users.get(gone.id())).isEqualTo(gone);
        assertThat(users.findByEmail("ada@example.org")).isEmpty();
        assertThat(users.findByUsername("ada")).isEmpty();
        assertThat(users.authenticate("ada", "correct horse")).isEmpty();
        assertThat(users.list(UserFilter.ALL, 10, null).items()).isEmpty();
        assertThat(users.list(UserFilter.ALL.includingDeleted(), 10, null).items())
                .containsExactly(gone);

        User next = users.create(ada());
        assertThat(users.findByEmail("ada@example.org")).contains(next);
        assertThatThrownBy(() -> users.softDelete(gone.id())).isInstanceOf(ConflictException.class);
        for (ThrowingCallable verb : List.<ThrowingCallable>of(
                () -> users.update(gone.id(), UpdateUser.NOTHING.role(UserRole.ADMIN)),
                () -> users.update(gone.id(), UpdateUser.NOTHING),
                () -> users.setPassword(gone.id(), "x"),
                () -> users.updateLastLogin(gone.id()))) {
            assertThatThrownBy(verb).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void lists_counts_and_walks_pass_over_deleted_users_unless_the_filter_includes_them() {
        User here = users.create(ada());
        User gone = users.softDelete(users.create(NewUser.of("gone@x", "gone")).id());

        UserFilter all = UserFilter.ALL;
        assertThat(users.list(all, 10).items()).containsExactly(here);
        assertThat(users.count(all)).isEqualTo(1);
        List<User> walked = new ArrayList<>();
        users.forEach(all, walked::add);
        assertThat(walked).containsExactly(here);
        assertThat(users.list(all.active(false), 10).items()).isEmpty();
        assertThat(users.count(all.active(false))).isZero();

        UserFilter withDeleted = all.includingDeleted();
        assertThat(users.list(withDeleted, 10).items()).containsExactly(gone, here);
        assertThat(users.count(withDeleted)).isEqualTo(2);
        assertThat(users.list(withDeleted.active(false).role(UserRole.USER), 10).items())
                .containsExactly(gone);
        assertThat(users.count(all.active(false).includingDeleted())).isEqualTo(1);
        assertThat(users.find(gone.id())).contains(gone);
    }

    @Test
    void beside_deletion_and_new_creation_there_is_never_more_than_one_live_user_of_a_name() throws Exception {
        Callable<Integer> churn = () -> {
            int made = 0;
            for (int i = 0; i < 60; i++) {
                try {
                    users.create(ada());
                    made++;
                } catch (ConstraintViolationException e) {
                    users.findByEmail("ada@example.org").ifPresent(user -> {
                        try {
                            users.softDelete(user.id());
                        } catch (ConflictException alreadyGone) {
                            assertThat(alreadyGone).hasMessageContaining("deleted already");
                        }
                    });
                }
            }
            return made;
        };

        int made = Threads.together(4, i -> churn).stream()
                .mapToInt(Integer::intValue)
                .sum();

        assertThat(users.count(UserFilter.ALL)).isLessThanOrEqualTo(1);
        assertThat(users.count(UserFilter.ALL.includingDeleted())).isEqualTo(made);
    }

    @Test
    void an_anonymized_user_keeps_nothing_personal_and_what_they_did_stays_theirs() {
        User user = users.create(ada().displayName("Ada L.").metadata(Json.of(Map.of("phone", "1"))));
        UUID run = db.benchmarks()
                .create(NewBenchmark.of("r", "p", "m", "d", 1).createdBy(user.id()))
                .id();

        User blank = users.anonymize(user.id());

        assertThat(database.value("select u::text from evalstore.users u where id = '" + user.id() + "'"))
                .doesNotContainIgnoringCase("ada")
                .doesNotContain("phone")
                .doesNotContain("cheap");
        assertThat(blank.deletedAt()).isNotNull();
        assertThat(db.benchmarks().get(run).createdBy()).isEqualTo(user.id());
        assertThat(users.anonymize(user.id()).deletedAt()).isEqualTo(blank.deletedAt());
        UUID softly = users.softDelete(users.create(ada()).id()).id();
        assertThat(users.anonymize(softly).email()).isEqualTo("deleted-" + softly + "@invalid");
    }

    @Test
    void a_removed_user_takes_the_keys_along_and_leaves_the_work() {
        UUID id = users.create(ada()).id();
        UUID run = db.benchmarks()
                .create(NewBenchmark.of("r", "p", "m", "d", 1).createdBy(id))
                .id();
        UUID key = db.apiKeys().create(NewApiKey.of(id, "k")).key().id();

        assertThat(users.delete(id)).isTrue();

        assertThat(users.find(id)).isEmpty();
        assertThat(users.delete(id)).isFalse();
        assertThat(db.apiKeys().find(key)).isEmpty();
        assertThat(db.benchmarks().get(run).createdBy()).isNull();
    }

    @Test
    void an_update_changes_what_it_names_and_can_clear_what_may_be_empty() {
        User user = users.create(ada().displayName("Ada L.").metadata(Json.EMPTY));

        assertThat(users.update(user.id(), UpdateUser.NOTHING)).isEqualTo(user);
        User changed = users.update(
                user.id(),
                UpdateUser.NOTHING
                        .email("ada@new.org")
                        .username("ada.l")
                        .displayName(Patch.clear())
                        .role(UserRole.REVIEWER)
                        .active(false)
                        .emailVerified(true)
                        .metadata(Patch.clear()));

        assertThat(changed.email()).isEqualTo("ada@new.org");
        assertThat(changed.username()).isEqualTo("ada.l");
        assertThat(changed.displayName()).isNull();
        assertThat(changed.role()).isEqualTo(UserRole.REVIEWER);
        assertThat(changed.active()).isFalse();
        assertThat(changed.emailVerified()).isTrue();
        assertThat(changed.metadata()).isNull();
        assertThat(changed.updatedAt()).isAfter(user.updatedAt());
        assertThat(users.get(user.id())).isEqualTo(changed);
    }

    @Test
    void the_right_password_by_email_or_username_lets_in_and_notes_the_login() {
        User user = users.create(ada());

        assertThat(users.authenticate("ADA@EXAMPLE.ORG", "correct horse"))
                .map(User::id)
                .contains(user.id());
        User in = users.authenticate("ada", "correct horse").orElseThrow();

        assertThat(in.lastLoginAt()).isNotNull();
        assertThat(in.updatedAt()).isEqualTo(user.updatedAt());
        assertThat(users.get(user.id())).isEqualTo(in);
        assertThat(users.updateLastLogin(user.id()).lastLoginAt()).isAfter(in.lastLoginAt());
    }

    @Test
    void whatever_is_wrong_with_a_login_it_costs_one_comparison_and_gives_nothing() {
        users.create(ada());
        UUID off = users.create(NewUser.of("off@x", "off").password("correct horse"))
                .id();
        users.update(off, UpdateUser.NOTHING.active(false));
        users.create(NewUser.of("none@x", "none"));

        for (String login : List.of("nobody", "nobody@x", "off", "none", "ada", "' or true --")) {
            int before = hasher.verified.get();
            assertThat(users.authenticate(login, login.equals("ada") ? "wrong" : "correct horse"))
                    .isEmpty();
            assertThat(hasher.verified.get() - before).as(login).isEqualTo(1);
        }
    }

    @Test
    void a_hash_that_has_become_weak_is_made_again_at_login() {
        UUID id = users.create(ada()).id();
        hasher.strength = 2;

        assertThat(users.authenticate("ada", "wrong")).isEmpty();
        assertThat(hash(id)).startsWith("$cheap$1$");
        assertThat(users.authenticate("ada", "correct horse")).isPresent();
        assertThat(hash(id)).startsWith("$cheap$2$");
        assertThat(users.authenticate("ada", "correct horse")).isPresent();
    }

    @Test
    void logins_that_meet_while_the_hash_is_made_again_all_get_in() throws Exception {
        UUID id = users.create(ada()).id();
        hasher.strength = 7;

        List<Boolean> in = Threads.together(
                8, i -> () -> users.authenticate("ada", "correct horse").isPresent());

        assertThat(in).containsOnly(true);
        assertThat(hash(id)).startsWith("$cheap$7$");
    }

    @Test
    void a_new_password_is_the_only_one() {
        UUID id = users.create(ada()).id();

        users.setPassword(id, "battery staple");

        assertThat(users.authenticate("ada", "correct horse")).isEmpty();
        assertThat(users.authenticate("ada", "battery staple")).isPresent();
        assertThatThrownBy(() -> users.setPassword(id, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> users.setPassword(id, "x".repeat(1_025)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("password")
                .hasMessageNotContaining("xx");
    }

    private static String hash(UUID id) {
        return database.value("select password_hash from evalstore.users where id = '" + id + "'");
    }

    @Test
    void pages_cover_every_user_once_newest_first_and_filters_hold() {
        List<User> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.add(
                    0,
                    users.create(
                            NewUser.of("u" + i + "@x", "u" + i).role(i % 2 == 0 ? UserRole.VIEWER : UserRole.SERVICE)));
        }
        users.update(made.get(0).id(), UpdateUser.NOTHING.active(false));

        List<UUID> seen = new ArrayList<>();
        Cursor cursor = null;
        do {
            Page<User> page = users.list(UserFilter.ALL, 3, cursor);
            page.items().forEach(user -> seen.add(user.id()));
            cursor = page.next();
        } while (cursor != null);

        assertThat(seen).isEqualTo(made.stream().map(User::id).toList());
        assertThat(users.count(UserFilter.ALL.role(UserRole.VIEWER))).isEqualTo(4);
        assertThat(users.count(UserFilter.ALL.active(true))).isEqualTo(6);
        assertThat(users.list(UserFilter.ALL.role(UserRole.VIEWER).active(false), 10, null)
                        .items())
                .extracting(User::id)
                .containsExactly(made.get(0).id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a",
                "@",
                "a@",
                "@b",
                "a@b@c",
                "a b@c",
                "a@b c",
                "a@b\n",
                "a\u00a0b@c",
                "a\u2028@c",
                "\u0000@b",
                "\ud83d@b"
            })
    void what_is_no_address_is_refused_by_name(String email) {
        assertThatThrownBy(() -> NewUser.of(email, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("email");
        assertThatThrownBy(() -> UpdateUser.NOTHING.email(email)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".a", "-a", "a b", "a@b", "a\n", "é", "а", "a/b", "a'b"})
    void what_is_no_username_is_refused_by_name(String username) {
        assertThatThrownBy(() -> NewUser.of("a@b", username))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("username");
    }

    @Test
    void the_longest_names_are_stored_and_longer_ones_are_not() {
        String email = "😀".repeat(318) + "@x";
        assertThat(users.create(NewUser.of(email, "u".repeat(64))).email()).isEqualTo(email);
        assertThatThrownBy(() -> NewUser.of("x" + email, "u")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NewUser.of("a@b", "u".repeat(65))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_user_of_an_unknown_id_is_named_as_missing() {
        UUID unknown = UUID.randomUUID();
        for (ThrowingCallable verb : List.<ThrowingCallable>of(
                () -> users.get(unknown),
                () -> users.update(unknown, UpdateUser.NOTHING),
                () -> users.setPassword(unknown, "x"),
                () -> users.updateLastLogin(unknown),
                () -> users.softDelete(unknown),
                () -> users.anonymize(unknown))) {
            assertThatThrownBy(verb).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void a_new_address_is_not_verified_unless_the_same_update_says_so() {
        User user = users.create(ada().emailVerified(true));
        UpdateUser other = UpdateUser.NOTHING.email("other@example.org");

        assertThat(users.update(user.id(), UpdateUser.NOTHING.email("ADA@example.ORG"))
                        .emailVerified())
                .isTrue();
        assertThat(users.update(user.id(), UpdateUser.NOTHING.displayName(Patch.set("A")))
                        .emailVerified())
                .isTrue();
        assertThat(users.update(user.id(), other).emailVerified()).isFalse();
        assertThat(users.update(user.id(), other).emailVerified()).isFalse();
        for (UpdateUser said : List.of(
                UpdateUser.NOTHING.email("a@x").emailVerified(true),
                UpdateUser.NOTHING.emailVerified(true).email("b@x"),
                UpdateUser.NOTHING.emailVerified(true).active(true).email("c@x"))) {
            assertThat(users.update(user.id(), said).emailVerified()).isTrue();
        }
        assertThat(users.update(user.id(), UpdateUser.NOTHING.active(true).email("d@x"))
                        .emailVerified())
                .isFalse();
    }

    /** As of every other field, an emoji is one. */
    @Test
    void a_passwords_characters_are_counted_as_the_servers_are() {
        String longest = "\ud83e\udd96".repeat(1_024);
        User user = users.create(ada().password(longest));
        assertThat(users.authenticate("ada", longest)).isPresent();
        assertThatThrownBy(() -> users.setPassword(user.id(), longest + "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1024");
        assertThat(users.authenticate("ada", longest + "x")).isEmpty();
    }
}
