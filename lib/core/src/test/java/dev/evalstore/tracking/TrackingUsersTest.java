package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.Retry;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What stays in tracking of users who are removed or anonymized. */
class TrackingUsersTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** Nothing is sent a second time: a deadlock would be seen. */
    private static Database db;

    private final RatedAnswers rows = new RatedAnswers(database);

    @BeforeAll
    static void open() {
        db = Database.open(database.config().retry(Retry.NONE).build());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    private UUID experiment(UUID user) {
        return db.tracking()
                .experiments()
                .create(NewExperiment.of("e", ExperimentKind.EVALUATION).createdBy(user))
                .id();
    }

    @Test
    void what_a_removed_user_created_and_said_stays_with_nobodys_name() {
        UUID user = rows.user();
        UUID experiment = experiment(user);
        UUID answer = db.evaluations()
                .create(NewEvaluation.of("p", "m", "i", "o").createdBy(user))
                .id();
        Feedback given =
                db.tracking().feedback().give(NewFeedback.of(answer).user(user).rating(4));

        assertThat(db.users().delete(user)).isTrue();

        assertThat(db.tracking().experiments().get(experiment).createdBy()).isNull();
        assertThat(db.evaluations().get(answer).createdBy()).isNull();
        assertThat(db.evaluations().get(answer).rating()).isEqualTo(4);
        assertThat(db.tracking().feedback().get(given.id()).userId()).isNull();
    }

    @Test
    void what_an_anonymized_user_created_and_said_stays_as_it_is() {
        UUID user = rows.user();
        UUID experiment = experiment(user);
        UUID answer = rows.evaluation();
        Feedback given =
                db.tracking().feedback().give(NewFeedback.of(answer).user(user).rating(4));

        db.users().anonymize(user);

        assertThat(db.tracking().experiments().get(experiment).createdBy()).isEqualTo(user);
        assertThat(db.tracking().feedback().get(given.id())).isEqualTo(given);
        assertThat(db.evaluations().get(answer).rating()).isEqualTo(4);
    }

    /** Who gives locks the evaluation and then the user, and who removes the user and then the feedback. */
    @Test
    void users_who_are_removed_while_they_say_something_deadlock_with_nobody() throws Exception {
        FeedbackRepository feedback = db.tracking().feedback();
        for (int round = 0; round < 10; round++) {
            UUID answer = rows.evaluation();
            List<UUID> users = Stream.generate(rows::user).limit(4).toList();
            feedback.give(NewFeedback.of(answer).user(users.get(0)).rating(1));
            Threads.together(8, i -> () -> {
                UUID user = users.get(i / 2);
                if (i % 2 == 0) {
                    return db.users().delete(user);
                }
                try {
                    return feedback.give(NewFeedback.of(answer).user(user).rating(5)) != null;
                } catch (ConstraintViolationException e) {
                    assertThat(e.constraint()).isEqualTo("evaluation_feedback_user_fk");
                    return false;
                }
            });
            List<Feedback> left =
                    feedback.list(FeedbackFilter.ALL.evaluation(answer)).items();
            assertThat(left).isNotEmpty().allMatch(given -> given.userId() == null);
            assertThat(rows.rating(answer))
                    .isEqualTo(
                            left.stream().mapToInt(Feedback::rating).average().orElseThrow());
        }
    }
}
