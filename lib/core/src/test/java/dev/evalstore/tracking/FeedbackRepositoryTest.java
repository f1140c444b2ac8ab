package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.TxOptions;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedbackRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final FeedbackRepository feedback = db.tracking().feedback();
    private final RatedAnswers rows = new RatedAnswers(database);
    private final UUID evaluation = rows.evaluation();
    private final UUID user = rows.user();

    private NewFeedback by(UUID who) {
        return NewFeedback.of(evaluation).user(who);
    }

    @Test
    void given_feedback_reads_back_the_same() {
        Feedback given = feedback.give(
                by(user).rating(4).thumbs(Thumbs.UP).comment("Right, but long.").criteria(Json.of(Map.of("style", 2))));

        assertThat(feedback.get(given.id())).isEqualTo(given);
        assertThat(feedback.findByUser(evaluation, user)).contains(given);
        assertThat(given.evaluationId()).isEqualTo(evaluation);
        assertThat(given.userId()).isEqualTo(user);
        assertThat(given.rating()).isEqualTo(4);
        assertThat(given.thumbs()).isEqualTo(Thumbs.UP);
        assertThat(given.comment()).isEqualTo("Right, but long.");
        assertThat(given.criteria().asMap()).isEqualTo(Map.of("style", 2));
        assertThat(given.toString()).doesNotContain("long").doesNotContain("style");
        assertThat(by(user).comment("secret").toString()).doesNotContain("secret");
        assertThat(feedback.find(UUID.randomUUID())).isEmpty();
        assertThat(feedback.findByUser(evaluation, rows.user())).isEmpty();
    }

    @Test
    void a_user_who_gives_again_changes_the_feedback_in_place() {
        Feedback first = feedback.give(by(user).rating(1).comment("No."));
        Feedback second = feedback.give(by(user).thumbs(Thumbs.UP));

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.createdAt()).isEqualTo(first.createdAt());
        assertThat(second.updatedAt()).isAfter(first.updatedAt());
        assertThat(second.rating()).isNull();
        assertThat(second.comment()).isNull();
        assertThat(feedback.count(FeedbackFilter.ALL.evaluation(evaluation))).isEqualTo(1);
        assertThat(rows.rating(evaluation)).isNull();
        assertThat(feedback.give(by(user).thumbs(Thumbs.UP))).isEqualTo(second);
    }

    @Test
    void feedback_of_nobody_known_is_stored_anew_each_time() {
        feedback.give(NewFeedback.of(evaluation).rating(1));
        feedback.give(NewFeedback.of(evaluation).rating(2));
        assertThat(feedback.count(FeedbackFilter.ALL.evaluation(evaluation))).isEqualTo(2);
        assertThat(rows.rating(evaluation)).isEqualTo(1.5);
    }

    @Test
    void the_evaluation_has_the_mean_of_its_ratings_after_every_change() {
        Feedback first = feedback.give(by(user).rating(5));
        assertThat(rows.rating(evaluation)).isEqualTo(5.0);
        Feedback second = feedback.give(by(rows.user()).rating(4));
        Feedback third = feedback.give(by(rows.user()).rating(4));
        assertThat(rows.rating(evaluation)).isEqualTo(13.0 / 3);
        feedback.change(second.id(), UpdateFeedback.NOTHING.rating(Patch.set(1)));
        assertThat(rows.rating(evaluation)).isEqualTo(10.0 / 3);
        feedback.change(third.id(), UpdateFeedback.NOTHING.rating(Patch.clear()).comment(Patch.set("I cannot tell.")));
        assertThat(rows.rating(evaluation)).isEqualTo(3.0);
        assertThat(feedback.withdraw(first.id())).isTrue();
        assertThat(rows.rating(evaluation)).isEqualTo(1.0);
        assertThat(feedback.withdraw(second.id())).isTrue();
        assertThat(rows.rating(evaluation)).isNull();
        assertThat(feedback.withdraw(second.id())).isFalse();
    }

    @Test
    void a_change_keeps_what_it_does_not_name() {
        Feedback given = feedback.give(by(user).rating(2).thumbs(Thumbs.DOWN).comment("Hm."));
        Feedback changed = feedback.change(given.id(), UpdateFeedback.NOTHING.thumbs(Patch.set(Thumbs.UP)));
        assertThat(changed.rating()).isEqualTo(2);
        assertThat(changed.thumbs()).isEqualTo(Thumbs.UP);
        assertThat(changed.comment()).isEqualTo("Hm.");
        assertThat(feedback.change(given.id(), UpdateFeedback.NOTHING)).isEqualTo(changed);
        Json criteria = Json.of(Map.of("tone", 1));
        assertThat(feedback.change(given.id(), UpdateFeedback.NOTHING.criteria(Patch.set(criteria)))
                        .criteria()
                        .asMap())
                .isEqualTo(Map.of("tone", 1));
    }

    /** A rating of 99 was accepted once. */
    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 6, 99, Integer.MAX_VALUE})
    void a_rating_outside_1_to_5_is_refused_here_and_there(int rating) {
        refused("rating", () -> by(user).rating(rating));
        refused("rating", () -> UpdateFeedback.NOTHING.rating(Patch.set(rating)));
        assertThatThrownBy(() -> database.admin("insert into evalstore.evaluation_feedback (evaluation_id, rating)"
                        + " values ('" + evaluation + "', " + rating + ")"))
                .hasMessageContaining("evaluation_feedback_rating_range");
        assertThat(feedback.count(FeedbackFilter.ALL.evaluation(evaluation))).isZero();
    }

    @Test
    void texts_that_cannot_be_stored_are_refused_by_name() {
        refused("comment", () -> by(user).comment(" "));
        refused("comment", () -> by(user).comment("a\0b"));
        refused("comment", () -> by(user).comment("\ud83d"));
        refused("comment", () -> by(user).comment("x".repeat(20_001)));
        refused("comment", () -> UpdateFeedback.NOTHING.comment(Patch.set("")));
        refused("criteria", () -> by(user).criteria(Json.of(List.of(1))));
        refused("criteria", () -> UpdateFeedback.NOTHING.criteria(Patch.set(Json.of(1))));
        refused("criteria", () -> by(user).criteria(Json.of(Map.of("c", "x".repeat(1_000_000)))));
        assertThat(feedback.give(by(user).comment("😀".repeat(20_000))).comment())
                .hasSize(40_000);
    }

    @Test
    void feedback_that_says_nothing_is_refused_here_and_there() {
        refused("feedback", () -> feedback.give(by(user)));
        Feedback given = feedback.give(by(user).rating(3));
        assertThatThrownBy(() -> feedback.change(given.id(), UpdateFeedback.NOTHING.rating(Patch.clear())))
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo("evaluation_feedback_given"));
        assertThat(feedback.get(given.id())).isEqualTo(given);
        assertThat(rows.rating(evaluation)).isEqualTo(3.0);
    }

    @Test
    void what_feedback_needs_must_be_there() {
        assertThatThrownBy(() -> feedback.give(
                        NewFeedback.of(UUID.randomUUID()).user(user).rating(1)))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("evaluation");
        assertThatThrownBy(() -> feedback.give(by(UUID.randomUUID()).rating(1)))
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo("evaluation_feedback_user_fk"));
        assertThatThrownBy(() -> feedback.change(UUID.randomUUID(), UpdateFeedback.NOTHING.rating(Patch.set(1))))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("feedback");
        assertThatThrownBy(() -> feedback.get(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void an_inactive_user_gives_none() {
        db.users().softDelete(user);
        assertThatThrownBy(() -> feedback.give(by(user).rating(1)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("is not active: cannot give feedback");
    }

    /** Its evaluations are about to go. */
    @Test
    void the_evaluations_of_a_deleted_experiment_take_none() {
        UUID experiment = rows.experiment();
        UUID answer = rows.evaluation(experiment);
        Feedback given = feedback.give(NewFeedback.of(answer).rating(1));
        database.admin("update evalstore.experiments set deleted_at = now() where id = '" + experiment + "'");
        assertThatThrownBy(() -> feedback.give(NewFeedback.of(answer).rating(1)))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> feedback.change(given.id(), UpdateFeedback.NOTHING.rating(Patch.set(2))))
                .isInstanceOf(NotFoundException.class);
        assertThat(feedback.withdraw(given.id())).isFalse();
    }

    @Test
    void writers_refuse_an_isolation_level_at_which_the_mean_could_be_wrong() {
        Feedback given = feedback.give(by(user).rating(3));
        List<ThrowingCallable> calls = List.of(
                () -> aboveReadCommitted(f -> f.give(by(user).rating(1))),
                () -> aboveReadCommitted(f -> f.change(given.id(), UpdateFeedback.NOTHING.rating(Patch.set(1)))),
                () -> aboveReadCommitted(f -> f.withdraw(given.id())));
        calls.forEach(call -> assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("read committed"));
        assertThat(feedback.get(given.id())).isEqualTo(given);
    }

    private void aboveReadCommitted(Function<FeedbackRepository, Object> call) {
        db.inTransaction(
                TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ),
                tx -> call.apply(tx.tracking().feedback()));
    }

    @Test
    void what_is_rolled_back_leaves_the_mean_as_it_was() {
        feedback.give(by(user).rating(2));
        assertThatThrownBy(() -> db.inTransaction(tx -> {
                    tx.tracking().feedback().give(by(user).rating(5));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(rows.rating(evaluation)).isEqualTo(2.0);
    }

    @Test
    void feedback_goes_with_its_evaluation() {
        Feedback given = feedback.give(by(user).rating(2));
        db.evaluations().delete(evaluation);
        assertThat(feedback.find(given.id())).isEmpty();
        assertThat(feedback.withdraw(given.id())).isFalse();
    }

    /** The mean stays, since the rating does. */
    @Test
    void of_a_removed_user_the_feedback_stays_with_nobodys_name() {
        Feedback given = feedback.give(by(user).rating(2).comment("Hm."));
        assertThat(db.users().delete(user)).isTrue();
        Feedback left = feedback.get(given.id());
        assertThat(left.userId()).isNull();
        assertThat(left.comment()).isEqualTo("Hm.");
        assertThat(rows.rating(evaluation)).isEqualTo(2.0);
        assertThat(feedback.withdraw(given.id())).isTrue();
    }

    @Test
    void two_removed_users_may_have_said_something_of_one_evaluation() {
        UUID other = rows.user();
        feedback.give(by(user).rating(2));
        feedback.give(by(other).rating(4));
        db.users().delete(user);
        db.users().delete(other);
        assertThat(feedback.count(FeedbackFilter.ALL.evaluation(evaluation))).isEqualTo(2);
    }

    @Test
    void of_an_anonymized_user_the_feedback_stays_and_can_be_withdrawn() {
        Feedback given = feedback.give(by(user).rating(2).comment("Hm."));
        db.users().anonymize(user);
        assertThat(feedback.get(given.id())).isEqualTo(given);
        assertThatThrownBy(() -> feedback.give(by(user).rating(1))).isInstanceOf(ConflictException.class);
        assertThat(feedback.withdraw(given.id())).isTrue();
    }

    @Test
    void every_write_of_a_person_leaves_an_audit_entry() {
        FeedbackRepository acting = db.actingAs(new Actor(ActorKind.USER, user, "rater", null, null))
                .tracking()
                .feedback();
        Feedback given = acting.give(by(user).rating(2));
        acting.give(by(user).rating(3));
        acting.change(given.id(), UpdateFeedback.NOTHING.rating(Patch.set(4)));
        acting.withdraw(given.id());
        assertThat(db.audit()
                        .list(AuditFilter.ALL.entity("feedback", given.id().toString()))
                        .items())
                .extracting(AuditEntry::action)
                .containsExactly("withdraw", "change", "change", "create");
    }

    /** To withdraw feedback is how its texts go; once they stayed in the entry of that. */
    @Test
    void an_audit_entry_names_the_texts_that_changed_and_repeats_none() {
        FeedbackRepository acting = db.actingAs(Actor.SYSTEM).tracking().feedback();
        Feedback given =
                acting.give(by(user).rating(2).comment("first secret").criteria(Json.of(Map.of("secret", "secret"))));
        acting.give(by(user).rating(2).comment("second secret"));
        acting.change(given.id(), UpdateFeedback.NOTHING.comment(Patch.clear()));
        acting.change(given.id(), UpdateFeedback.NOTHING.comment(Patch.set("third secret")));
        acting.withdraw(given.id());

        List<AuditEntry> entries = db.audit()
                .list(AuditFilter.ALL.entity("feedback", given.id().toString()))
                .items();
        Map<String, Object> begun = Collections.singletonMap("from", null);
        Map<String, Object> ended = Collections.singletonMap("to", null);
        assertThat(entries)
                .extracting(entry -> changes(entry).get("comment"))
                .containsExactly(Map.of(), begun, ended, Map.of(), Map.of());
        assertThat(changes(entries.get(2))).containsOnlyKeys("comment");
        assertThat(changes(entries.get(3))).isEqualTo(Map.of("comment", Map.of(), "criteria", ended));
        assertThat(changes(entries.get(4)))
                .containsEntry("criteria", Map.of())
                .containsEntry("rating", Map.of("to", 2));
        assertThat(database.value(
                        "select string_agg(to_jsonb(a)::text, '') from evalstore.audit_log a where entity_id = '"
                                + given.id() + "'"))
                .contains("withdraw")
                .doesNotContain("secret");
    }

    private static Map<String, Object> changes(AuditEntry entry) {
        return Objects.requireNonNull(entry.changes()).asMap();
    }

    @Test
    void the_feedback_on_an_evaluation_is_listed_newest_first_by_pages() {
        List<Feedback> given = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            given.add(0, feedback.give(NewFeedback.of(evaluation).rating(1 + i)));
        }
        feedback.give(NewFeedback.of(rows.evaluation()).rating(1));
        Page<Feedback> first = feedback.ofEvaluation(evaluation, 3, null);
        assertThat(first.items()).isEqualTo(given.subList(0, 3));
        Page<Feedback> second = feedback.ofEvaluation(evaluation, 3, first.next());
        assertThat(second.items()).isEqualTo(given.subList(3, 5));
        assertThat(second.next()).isNull();
    }

    @Test
    void filters_add_up() {
        UUID experiment = rows.experiment();
        UUID answer = rows.evaluation(experiment);
        Feedback low = feedback.give(NewFeedback.of(answer).user(user).rating(1).thumbs(Thumbs.DOWN));
        Feedback high = feedback.give(NewFeedback.of(answer).rating(5).comment("Yes."));
        Feedback none = feedback.give(NewFeedback.of(answer).thumbs(Thumbs.UP));
        FeedbackFilter all = FeedbackFilter.ALL.experiment(experiment);
        assertThat(feedback.list(all).items()).containsExactly(none, high, low);
        assertThat(feedback.list(all.user(user)).items()).containsExactly(low);
        assertThat(feedback.list(all.rating(2, null)).items()).containsExactly(high);
        assertThat(feedback.list(all.rating(null, 4)).items()).containsExactly(low);
        assertThat(feedback.list(all.rating(null, null)).items()).hasSize(3);
        assertThat(feedback.list(all.thumbs(Thumbs.UP)).items()).containsExactly(none);
        assertThat(feedback.list(all.commented()).items()).containsExactly(high);
        assertThat(feedback.list(all.created(high.createdAt(), none.createdAt()))
                        .items())
                .containsExactly(high);
        assertThat(feedback.count(all.created(Instant.EPOCH, low.createdAt()))).isZero();
        assertThat(feedback.list(FeedbackFilter.ALL.experiment(UUID.randomUUID()))
                        .items())
                .isEmpty();
        List<UUID> answers = List.of(UUID.randomUUID(), answer);
        assertThat(feedback.list(FeedbackFilter.ALL.evaluations(answers)).items())
                .containsExactly(none, high, low);
        assertThat(feedback.list(all.evaluations(List.of())).items()).isEmpty();
        refused("evaluations", () -> all.evaluations(Collections.nCopies(10_001, answer)));
        refused("rating", () -> all.rating(0, 5));
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(field);
    }
}
