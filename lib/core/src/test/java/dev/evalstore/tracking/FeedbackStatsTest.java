package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Retry;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** However many give, change and withdraw at once: one for a user, the mean right at every commit, and figures that an oracle has too. */
class FeedbackStatsTest {
    private static final int THREADS = 24;

    /**
     * Deferred to the commit: refuses a transaction that leaves another mean than that of the stored ratings. It sees what the
     * transaction wrote and what was committed before.
     */
    private static final String AT_EVERY_COMMIT = """
            create function evalstore.check_mean() returns trigger language plpgsql as $$
            declare
                checked uuid := coalesce(to_jsonb(new), to_jsonb(old)) ->> 'evaluation_id';
            begin
                if (select rating from evalstore.evaluations where id = checked) is distinct from (
                    select sum(rating)::float8 / nullif(count(rating), 0)
                    from evalstore.evaluation_feedback where evaluation_id = checked)
                then
                    raise exception 'the rating of an evaluation is not the mean of its feedback';
                end if;
                return null;
            end $$;
            create constraint trigger evaluation_feedback_mean
                after insert or update or delete on evalstore.evaluation_feedback
                deferrable initially deferred for each row execute function evalstore.check_mean();""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** Nothing is sent a second time: a deadlock would be seen. */
    private static Database db;

    private final RatedAnswers rows = new RatedAnswers(database);

    @BeforeAll
    static void checkEveryCommit() {
        database.admin(AT_EVERY_COMMIT);
        db = Database.open(database.config().retry(Retry.NONE).build());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @Test
    void many_threads_give_change_and_withdraw() throws Exception {
        storm(20, 1);
    }

    @Tag("long")
    @Test
    void many_threads_give_change_and_withdraw_for_long() throws Exception {
        storm(Integer.getInteger("feedback.each", 500), 2);
    }

    /** Fewer users than threads, so that the same user also meets itself. */
    private void storm(int each, long seed) throws Exception {
        List<UUID> answers = List.of(rows.evaluation(), rows.evaluation());
        List<UUID> users = Stream.generate(rows::user).limit(10).toList();
        FeedbackRepository feedback = db.tracking().feedback();
        List<Integer> written = Threads.together(THREADS, thread -> () -> {
            Random random = new Random(seed * 1_000 + thread);
            for (int i = 0; i < each; i++) {
                UUID answer = answers.get(random.nextInt(answers.size()));
                UUID user = users.get(random.nextInt(users.size()));
                if (random.nextInt(4) > 0) {
                    feedback.give(said(NewFeedback.of(answer).user(user), random));
                } else {
                    feedback.findByUser(answer, user).ifPresent(given -> feedback.withdraw(given.id()));
                }
            }
            return each;
        });
        assertThat(written).hasSize(THREADS);
        for (UUID answer : answers) {
            List<Feedback> left =
                    feedback.list(FeedbackFilter.ALL.evaluation(answer)).items();
            assertThat(left).isNotEmpty().extracting(Feedback::userId).doesNotHaveDuplicates();
            assertThat(rows.rating(answer)).isEqualTo(mean(left));
        }
    }

    /** Without the lock one of them would read the other's rating too late, or the second would be refused. */
    @Test
    void of_one_user_who_gives_on_many_threads_one_feedback_is_stored() throws Exception {
        UUID user = rows.user();
        FeedbackRepository feedback = db.tracking().feedback();
        for (int round = 0; round < 10; round++) {
            UUID answer = rows.evaluation();
            List<Feedback> given = Threads.together(
                    8,
                    i -> () -> feedback.give(NewFeedback.of(answer).user(user).rating(1 + i % 5)));
            assertThat(given).extracting(Feedback::id).containsOnly(given.get(0).id());
            assertThat(feedback.count(FeedbackFilter.ALL.evaluation(answer))).isEqualTo(1);
        }
    }

    @Test
    void figures_equal_an_oracle_under_every_filter() {
        Random random = new Random(3);
        UUID experiment = rows.experiment();
        List<UUID> answers = List.of(rows.evaluation(experiment), rows.evaluation(experiment), rows.evaluation());
        List<UUID> users = Stream.generate(rows::user).limit(20).toList();
        FeedbackRepository feedback = db.tracking().feedback();
        List<Feedback> all = IntStream.range(0, 60)
                .mapToObj(i ->
                        feedback.give(said(NewFeedback.of(answers.get(i % 3)).user(users.get(i / 3)), random)))
                .toList();
        UUID first = answers.get(0);
        FeedbackFilter both = FeedbackFilter.ALL.experiment(experiment);
        same(all, given -> answers.indexOf(given.evaluationId()) < 2, feedback.stats(both));
        same(all, given -> given.evaluationId().equals(first), feedback.stats(FeedbackFilter.ALL.evaluation(first)));
        same(
                all,
                given -> answers.indexOf(given.evaluationId()) < 2 && given.rating() != null && given.rating() >= 4,
                feedback.stats(both.rating(4, 5)));
        same(
                all,
                given -> answers.indexOf(given.evaluationId()) < 2 && given.comment() != null,
                feedback.stats(both.commented()));
        same(
                all,
                given -> given.evaluationId().equals(first) && given.thumbs() == Thumbs.DOWN,
                feedback.stats(FeedbackFilter.ALL.evaluation(first).thumbs(Thumbs.DOWN)));
        same(all, given -> users.get(4).equals(given.userId()), feedback.stats(FeedbackFilter.ALL.user(users.get(4))));
    }

    @Test
    void without_feedback_figures_are_zeros_and_nothing() {
        assertThat(db.tracking().feedback().stats(FeedbackFilter.ALL.evaluation(rows.evaluation())))
                .isEqualTo(new FeedbackStats(0, 0, null, List.of(0L, 0L, 0L, 0L, 0L), 0, 0, 0, List.of()));
    }

    private static void same(List<Feedback> all, Predicate<Feedback> admits, FeedbackStats stats) {
        List<Feedback> admitted = all.stream()
                .filter(admits)
                .sorted(Comparator.comparing(Feedback::createdAt)
                        .thenComparing(given -> given.id().toString())
                        .reversed())
                .toList();
        assertThat(admitted).isNotEmpty();
        assertThat(stats)
                .isEqualTo(new FeedbackStats(
                        admitted.size(),
                        count(admitted, given -> given.rating() != null),
                        mean(admitted),
                        IntStream.rangeClosed(1, 5)
                                .mapToObj(stars -> count(admitted, given -> Objects.equals(given.rating(), stars)))
                                .toList(),
                        count(admitted, given -> given.thumbs() == Thumbs.UP),
                        count(admitted, given -> given.thumbs() == Thumbs.DOWN),
                        count(admitted, given -> given.comment() != null),
                        admitted.subList(0, Math.min(10, admitted.size()))));
    }

    private static long count(List<Feedback> all, Predicate<Feedback> admits) {
        return all.stream().filter(admits).count();
    }

    private static Double mean(List<Feedback> all) {
        List<Integer> ratings =
                all.stream().map(Feedback::rating).filter(Objects::nonNull).toList();
        return ratings.isEmpty()
                ? null
                : (Double) ((double) ratings.stream().mapToInt(rating -> rating).sum() / ratings.size());
    }

    private static NewFeedback said(NewFeedback feedback, Random random) {
        NewFeedback said = random.nextInt(4) > 0 ? feedback.rating(1 + random.nextInt(5)) : feedback.comment("Hm.");
        if (random.nextBoolean()) {
            said = said.thumbs(random.nextBoolean() ? Thumbs.UP : Thumbs.DOWN);
        }
        return random.nextInt(3) == 0 ? said.comment("It's “right”.") : said;
    }
}
