package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Repositories;
import dev.evalstore.account.NewUser;
import dev.evalstore.analysis.stats.CohenKappa;
import dev.evalstore.analysis.stats.FleissKappa;
import dev.evalstore.analysis.stats.Interval;
import dev.evalstore.analysis.stats.KrippendorffAlpha;
import dev.evalstore.analysis.stats.Resampling;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.tracking.FeedbackFilter;
import dev.evalstore.tracking.FeedbackRepository;
import dev.evalstore.tracking.NewFeedback;
import dev.evalstore.tracking.Thumbs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AgreementTest {
    private static final Offset<Double> CLOSE = Offset.offset(1e-12);
    private static ComparisonWorld world;
    private static int named;

    @BeforeAll
    static void startServer() {
        world = new ComparisonWorld();
    }

    @AfterAll
    static void stopServer() {
        world.close();
    }

    @Test
    void ratings_of_three_raters() {
        UUID experiment = experiment(6);
        List<UUID> raters = raters(3);
        int[][] given = {{5, 5, 4}, {1, 2, 1}, {3, 3, 3}, {4, 5, 5}, {2, 2, 3}, {5, 4, 5}};
        rate(experiment, raters, given);

        Agreement agreement = ratings(experiment);

        int[][] counts = counts(given);
        KrippendorffAlpha alpha = KrippendorffAlpha.of(
                counts,
                KrippendorffAlpha.Scale.ORDINAL,
                0.95,
                Resampling.seeded(1).resamples(2_000));
        assertThat(agreement.alpha()).isEqualTo(alpha);
        assertThat(agreement.defined()).isTrue();
        assertThat(agreement.fleiss()).isEqualTo(FleissKappa.of(counts));
        assertThat(agreement.raters()).isEqualTo(3);
        assertThat(agreement.feedback()).isEqualTo(18);
        assertThat(agreement.withoutValue()).isZero();
        assertThat(agreement.withoutRater()).isZero();
        assertThat(agreement.pairs()).extracting(pair -> pair.kappa().n()).containsExactly(6L, 6L, 6L);
        for (Agreement.RaterPair pair : agreement.pairs()) {
            assertThat(pair.first()).isLessThan(pair.second());
            int[] first = column(given, raters.indexOf(pair.first()));
            int[] second = column(given, raters.indexOf(pair.second()));
            assertThat(pair.kappa())
                    .isEqualTo(CohenKappa.of(CohenKappa.table(first, second, 5), CohenKappa.Weights.QUADRATIC, 0.95));
        }
        Agreement.Level three = agreement.levels().stream()
                .filter(level -> level.value() == 3)
                .findFirst()
                .orElseThrow();
        assertThat(three.count()).isEqualTo(4);
        assertThat(three.others()).isCloseTo((3 + 3 + 3 + 2) / 4.0, CLOSE);
        assertThat(three.agreeing()).isCloseTo(3 / 4.0, CLOSE);
        assertThat(three.interval().contains(three.others())).isTrue();
        assertThat(agreement.levels()).extracting(Agreement.Level::value).containsExactly(1, 2, 3, 4, 5);
        assertThat(agreement.levels())
                .allMatch(
                        level -> level.interval().low() >= 1 && level.interval().high() <= 5);
        assertThat(agreement.levels().get(0).interval()).as("of one evaluation").isEqualTo(new Interval(1, 5, 0.95));
    }

    @Test
    void what_cannot_be_used_is_left_out_and_counted() {
        UUID experiment = experiment(5);
        List<UUID> raters = raters(3);
        rate(experiment, raters, new int[][] {{5, 4, 0}, {2, 2, 1}, {4, 0, 0}});
        List<UUID> answers = answers(experiment);
        give(NewFeedback.of(answers.get(0)).rating(1));
        give(NewFeedback.of(answers.get(3)).rating(1));
        give(NewFeedback.of(answers.get(3)).comment("Nothing to say.").user(raters.get(0)));
        give(NewFeedback.of(answers.get(4)).thumbs(Thumbs.UP).user(raters.get(0)));

        Agreement agreement = ratings(experiment);

        assertThat(agreement.feedback()).isEqualTo(10);
        assertThat(agreement.withoutValue()).isEqualTo(2);
        assertThat(agreement.withoutRater()).isEqualTo(2);
        assertThat(agreement.alpha().singles()).isEqualTo(1);
        assertThat(agreement.alpha().items()).isEqualTo(2);
        assertThat(agreement.alpha().ratings()).isEqualTo(5);
        assertThat(agreement.fleiss()).isNull();
        assertThat(agreement.raters()).isEqualTo(3);
        assertThat(agreement.pairs()).extracting(pair -> pair.kappa().n()).containsExactly(2L, 1L, 1L);
    }

    @Test
    void thumbs_of_chosen_evaluations() {
        UUID experiment = experiment(4);
        List<UUID> raters = raters(2);
        List<UUID> answers = answers(experiment);
        for (int i = 0; i < 4; i++) {
            NewFeedback up = NewFeedback.of(answers.get(i)).thumbs(Thumbs.UP);
            NewFeedback down = NewFeedback.of(answers.get(i)).thumbs(Thumbs.DOWN);
            give((i < 2 ? up : down).user(raters.get(0)));
            give((i < 1 ? up : down).user(raters.get(1)));
        }
        FeedbackFilter three = FeedbackFilter.ALL.evaluations(answers.subList(0, 3));
        Agreement agreement = Agreement.of(world.db, Agreement.Kind.THUMBS, three);

        assertThat(agreement.feedback()).isEqualTo(6);
        assertThat(agreement.pairs()).hasSize(1);
        assertThat(agreement.pairs().get(0).kappa().observed()).isCloseTo(2 / 3.0, CLOSE);
        assertThat(agreement.pairs().get(0).kappa().kappa()).isCloseTo(0.4, CLOSE);
        assertThat(agreement.levels()).extracting(Agreement.Level::value).containsExactly(0, 1);
        assertThat(agreement.levels().get(1).others()).isCloseTo(2 / 3.0, CLOSE);
        assertThat(agreement.levels().get(0).others()).isCloseTo(1 / 3.0, CLOSE);
        Agreement ratings = Agreement.of(world.db, Agreement.Kind.RATINGS, three);
        assertThat(ratings.withoutValue()).isEqualTo(6);
        assertThat(ratings.defined()).isFalse();
    }

    @Test
    void nothing_given_and_one_class_are_not_defined() {
        UUID experiment = experiment(2);
        Agreement nothing = ratings(experiment);
        assertThat(nothing.defined()).isFalse();
        assertThat(nothing.feedback()).isZero();
        assertThat(nothing.alpha().alpha()).isNaN();
        assertThat(nothing.alpha().singles()).isZero();
        assertThat(nothing.fleiss()).isNull();
        assertThat(nothing.pairs()).isEmpty();
        assertThat(nothing.levels()).isEmpty();

        rate(experiment, raters(2), new int[][] {{4, 4}, {4, 4}});
        Agreement same = ratings(experiment);
        assertThat(same.defined()).isFalse();
        assertThat(same.alpha().interval()).isEqualTo(new Interval(-1, 1, 0.95));
        assertThat(same.fleiss().defined()).isFalse();
        assertThat(same.pairs().get(0).kappa().defined()).isFalse();
        assertThat(same.levels().get(0).agreeing()).isEqualTo(1);
    }

    /** More feedback than a page, given in another order, in and outside a transaction. */
    @Test
    void the_same_feedback_in_another_order_gives_the_same_agreement() {
        List<UUID> raters = raters(4);
        Random random = new Random(6);
        int[][] given = new int[400][4];
        for (int[] item : given) {
            int deserved = 1 + random.nextInt(5);
            for (int rater = 0; rater < 4; rater++) {
                item[rater] = random.nextInt(6) == 0 ? 0 : Math.max(1, Math.min(5, deserved + random.nextInt(3) - 1));
            }
        }
        UUID first = experiment(400);
        rate(first, raters, given);
        Agreement agreement = ratings(first);
        assertThat(agreement.feedback()).isGreaterThan(1_000);
        assertThat(agreement.alpha().alpha()).isBetween(0.6, 0.9);

        List<UUID> answers = answers(first);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, answers.size()).boxed().toList());
        Collections.shuffle(order, random);
        world.db.inTransaction(tx -> {
            FeedbackRepository feedback = tx.tracking().feedback();
            answers.forEach(
                    id -> feedback.ofEvaluation(id, 10, null).items().forEach(each -> feedback.withdraw(each.id())));
            for (int at : order) {
                for (int rater = 3; rater >= 0; rater--) {
                    give(tx, answers.get(at), given[at][rater], raters.get(rater));
                }
            }
            assertThat(Agreement.of(tx, Agreement.Kind.RATINGS, FeedbackFilter.ALL.experiment(first)))
                    .isEqualTo(agreement);
            return null;
        });
        assertThat(Agreement.of(
                                world.db,
                                Agreement.Kind.RATINGS,
                                FeedbackFilter.ALL.experiment(first),
                                0.95,
                                Resampling.seeded(2).resamples(2_000))
                        .alpha()
                        .interval())
                .isNotEqualTo(agreement.alpha().interval());
    }

    @Test
    void no_more_than_fifty_raters_are_paired_and_all_count() {
        UUID experiment = experiment(3);
        List<UUID> raters = raters(52);
        int[][] given = new int[3][52];
        for (int rater = 0; rater < 52; rater++) {
            given[0][rater] = 1 + rater % 5;
            given[1][rater] = rater < 2 ? 0 : 1 + rater / 2 % 5;
        }
        rate(experiment, raters, given);
        Agreement agreement = ratings(experiment);

        assertThat(agreement.raters()).isEqualTo(52);
        assertThat(agreement.alpha().ratings()).isEqualTo(102);
        assertThat(agreement.pairs())
                .hasSize(50 * 49 / 2)
                .allMatch(pair -> pair.kappa().n() == 2);
    }

    @Test
    void bad_input_is_refused_by_name() {
        assertThatThrownBy(() ->
                        Agreement.of(world.db, Agreement.Kind.RATINGS, FeedbackFilter.ALL, 1, Resampling.seeded(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("confidence must be between 0 and 1");
        assertThatThrownBy(() -> Agreement.of(world.db, null, FeedbackFilter.ALL))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("kind");
    }

    private static Agreement ratings(UUID experiment) {
        return Agreement.of(world.db, Agreement.Kind.RATINGS, FeedbackFilter.ALL.experiment(experiment));
    }

    private static UUID experiment(int answers) {
        return world.experiment(
                "rated", IntStream.range(0, answers).mapToDouble(i -> 1).toArray());
    }

    /** In the order of the items. */
    private static List<UUID> answers(UUID experiment) {
        Map<String, UUID> byItem = new HashMap<>();
        world.db
                .evaluations()
                .forEach(EvaluationFilter.ALL.experiment(experiment), each -> byItem.put(each.itemKey(), each.id()));
        return byItem.keySet().stream()
                .sorted(Comparator.comparingInt(item -> Integer.parseInt(item.substring(1))))
                .map(byItem::get)
                .toList();
    }

    private static List<UUID> raters(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    String name = "rater" + ++named;
                    return world.db
                            .users()
                            .create(NewUser.of(name + "@example.org", name))
                            .id();
                })
                .toList();
    }

    /** A rating of 0 is none. */
    private static void give(Repositories db, UUID answer, int rating, UUID rater) {
        if (rating > 0) {
            db.tracking().feedback().give(NewFeedback.of(answer).rating(rating).user(rater));
        }
    }

    private static void give(NewFeedback feedback) {
        world.db.tracking().feedback().give(feedback);
    }

    private static void rate(UUID experiment, List<UUID> raters, int[][] given) {
        List<UUID> answers = answers(experiment);
        world.db.inTransaction(tx -> {
            for (int item = 0; item < given.length; item++) {
                for (int rater = 0; rater < given[item].length; rater++) {
                    give(tx, answers.get(item), given[item][rater], raters.get(rater));
                }
            }
            return null;
        });
    }

    private static int[][] counts(int[][] given) {
        int[][] counts = new int[given.length][5];
        for (int item = 0; item < given.length; item++) {
            for (int rating : given[item]) {
                counts[item][rating - 1]++;
            }
        }
        return counts;
    }

    private static int[] column(int[][] given, int rater) {
        return Arrays.stream(given).mapToInt(item -> item[rater] - 1).toArray();
    }
}
