package dev.evalstore.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Filters and orders of evaluations against an oracle that reads all rows in memory. */
class EvaluationFilterTest {
    private static final int COMBINATIONS = Integer.getInteger("evaluations.filters", 100);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static EvaluationWorld world;
    private static List<Evaluation> all;

    private final EvaluationRepository answers = database.db().evaluations();

    /** A filter with one condition more, and what that condition means. */
    private record Condition(
            String name, Function<EvaluationFilter, EvaluationFilter> added, Predicate<Evaluation> met) {}

    /** Makes a condition with random values. */
    private interface Kind {
        Condition of(Random random);
    }

    /** The twelve, in the order of the documentation. */
    private static final List<Kind> TWELVE = List.of(
            random -> {
                String part = EvaluationWorld.PARTS.get(random.nextInt(EvaluationWorld.PARTS.size()));
                return new Condition("text " + part, filter -> filter.text(part), row -> contains(row, part));
            },
            random -> {
                List<UUID> ids = some(
                        random,
                        world.experiments.stream()
                                .map(EvaluationWorld.Experiment::id)
                                .toList());
                return new Condition(
                        "experiments " + ids,
                        filter -> filter.experiments(ids),
                        row -> ids.contains(row.experimentId()));
            },
            random -> {
                List<UUID> ids = some(random, world.models);
                return new Condition(
                        "models " + ids,
                        filter -> filter.models(ids),
                        row -> row.modelVersionId() != null && ids.contains(world.model(row.modelVersionId())));
            },
            random -> {
                List<UUID> ids = some(random, world.datasets);
                return new Condition(
                        "datasets " + ids, filter -> filter.datasets(ids), of(made -> ids.contains(made.dataset())));
            },
            random -> {
                double min = 1 + random.nextInt(17) / 4.0;
                return new Condition(
                        "rating from " + min,
                        filter -> filter.rating(min, null),
                        row -> row.rating() != null && row.rating() >= min);
            },
            random -> {
                double max = 1 + random.nextInt(17) / 4.0;
                return new Condition(
                        "rating to " + max,
                        filter -> filter.rating(null, max),
                        row -> row.rating() != null && row.rating() <= max);
            },
            random -> {
                BigDecimal min = BigDecimal.valueOf(random.nextInt(8), 9);
                return new Condition(
                        "cost from " + min,
                        filter -> filter.cost(min, null),
                        row -> row.costUsd() != null && row.costUsd().compareTo(min) >= 0);
            },
            random -> {
                BigDecimal max = BigDecimal.valueOf(random.nextInt(8), 9);
                return new Condition(
                        "cost to " + max,
                        filter -> filter.cost(null, max),
                        row -> row.costUsd() != null && row.costUsd().compareTo(max) <= 0);
            },
            random -> {
                Instant from = time(random);
                return new Condition(
                        "created from " + from,
                        filter -> filter.created(from, null),
                        row -> !row.createdAt().isBefore(from));
            },
            random -> {
                Instant to = time(random);
                return new Condition(
                        "created to " + to,
                        filter -> filter.created(null, to),
                        row -> row.createdAt().isBefore(to));
            },
            random -> {
                ExperimentStatus status = ExperimentStatus.values()[random.nextInt(5)];
                return new Condition(
                        "status " + status,
                        filter -> filter.experimentStatus(status),
                        of(made -> made.status() == status));
            },
            random -> {
                ExperimentKind kind = ExperimentKind.values()[random.nextInt(3)];
                return new Condition(
                        "kind " + kind, filter -> filter.experimentKind(kind), of(made -> made.kind() == kind));
            });

    @BeforeAll
    static void fill() {
        world = new EvaluationWorld(database, 12);
        all = world.add(400);
    }

    private static boolean contains(Evaluation row, String part) {
        String wanted = part.toLowerCase(Locale.ROOT);
        return java.util.stream.Stream.of(row.input(), row.output(), row.expected() == null ? "" : row.expected())
                .anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(wanted));
    }

    /** Of the experiment, where there is one that is not deleted. */
    private static Predicate<Evaluation> of(Predicate<EvaluationWorld.Experiment> met) {
        return row -> {
            EvaluationWorld.Experiment made = world.experiment(row.experimentId());
            return made != null && !made.deleted() && met.test(made);
        };
    }

    private static <T> List<T> some(Random random, List<T> of) {
        List<T> shuffled = new ArrayList<>(of);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, random.nextInt(of.size() + 1));
    }

    private static Instant time(Random random) {
        return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(3_600L * random.nextInt(220));
    }

    @Test
    void each_of_the_twelve_alone_admits_what_it_says() {
        Random random = new Random(1);
        for (Kind kind : TWELVE) {
            for (int i = 0; i < 6; i++) {
                Condition condition = kind.of(random);
                List<Evaluation> expected = all.stream().filter(condition.met()).toList();
                EvaluationFilter filter = condition.added().apply(EvaluationFilter.ALL);
                assertThat(listed(filter, EvaluationOrder.NEWEST, 1_000))
                        .as(condition.name())
                        .isEqualTo(sorted(expected, EvaluationOrder.NEWEST));
                assertThat(answers.count(filter)).as(condition.name()).isEqualTo(expected.size());
            }
        }
    }

    @Test
    void wildcards_quotes_and_signs_in_a_searched_text_stand_for_themselves() {
        for (String part : EvaluationWorld.PARTS) {
            long expected = count(row -> contains(row, part));
            assertThat(expected).as(part).isPositive().isLessThan(all.size());
            assertThat(answers.count(EvaluationFilter.ALL.text(part))).as(part).isEqualTo(expected);
        }
        assertThat(answers.count(EvaluationFilter.ALL.text("s_ake"))).isZero();
        assertThat(answers.count(EvaluationFilter.ALL.text("word".repeat(2_500))))
                .isZero();
    }

    @Test
    void combinations_equal_the_oracle_in_every_order_by_pages_of_any_size() {
        combine(2, COMBINATIONS);
    }

    @Tag("long")
    @Test
    void two_thousand_combinations_equal_the_oracle() {
        combine(3, 2_000);
    }

    private void combine(long seed, int combinations) {
        Random random = new Random(seed);
        int notEmpty = 0;
        for (int i = 0; i < combinations; i++) {
            EvaluationFilter filter = EvaluationFilter.ALL;
            Predicate<Evaluation> met = row -> true;
            List<String> names = new ArrayList<>();
            int likelihood = 2 + random.nextInt(8);
            for (Kind kind : TWELVE) {
                if (random.nextInt(likelihood) == 0) {
                    Condition condition = kind.of(random);
                    filter = condition.added().apply(filter);
                    met = met.and(condition.met());
                    names.add(condition.name());
                }
            }
            EvaluationOrder order = EvaluationOrder.values()[random.nextInt(EvaluationOrder.values().length)];
            List<Evaluation> expected = sorted(all.stream().filter(met).toList(), order);
            int limit = 1 + expected.size() / 4 + random.nextInt(20);
            assertThat(listed(filter, order, limit))
                    .as("combination %d by %s, pages of %d: %s", i, order, limit, names)
                    .isEqualTo(expected);
            assertThat(answers.count(filter)).isEqualTo(expected.size());
            notEmpty += expected.isEmpty() ? 0 : 1;
        }
        assertThat(notEmpty).isGreaterThan(combinations / 3);
    }

    private List<Evaluation> listed(EvaluationFilter filter, EvaluationOrder order, int limit) {
        List<Evaluation> rows = new ArrayList<>();
        Cursor next = null;
        do {
            Page<Evaluation> page = answers.list(filter, order, limit, next);
            rows.addAll(page.items());
            next = page.next();
            assertThat(next == null || page.items().size() == limit).isTrue();
        } while (next != null);
        return rows;
    }

    private static List<Evaluation> sorted(List<Evaluation> rows, EvaluationOrder order) {
        Comparator<Evaluation> byId = Comparator.comparing(row -> row.id().toString());
        return rows.stream()
                .sorted(
                        switch (order) {
                            case NEWEST ->
                                Comparator.comparing(Evaluation::createdAt)
                                        .thenComparing(byId)
                                        .reversed();
                            case OLDEST ->
                                Comparator.comparing(Evaluation::createdAt).thenComparing(byId);
                            case HIGHEST_SCORE -> by(EvaluationFilterTest::score, true);
                            case LOWEST_SCORE -> by(EvaluationFilterTest::score, false);
                            case SLOWEST -> by(Evaluation::latencyMs, true);
                            case FASTEST -> by(Evaluation::latencyMs, false);
                            case DEAREST -> by(Evaluation::costUsd, true);
                            case CHEAPEST -> by(Evaluation::costUsd, false);
                            case BEST_RATED -> by(Evaluation::rating, true);
                            case WORST_RATED -> by(Evaluation::rating, false);
                        })
                .toList();
    }

    /** Zeros of both signs are equal to the server. */
    private static @Nullable Double score(Evaluation row) {
        return row.score() == null ? null : (Double) (row.score() + 0.0);
    }

    private static <V extends Comparable<V>> Comparator<Evaluation> by(
            Function<Evaluation, @Nullable V> value, boolean down) {
        Comparator<V> way = down ? Comparator.reverseOrder() : Comparator.naturalOrder();
        Comparator<Evaluation> byId = Comparator.comparing(row -> row.id().toString());
        return Comparator.comparing(value, Comparator.nullsLast(way)).thenComparing(down ? byId.reversed() : byId);
    }

    @Test
    void no_id_admits_nothing_and_no_bound_bounds_nothing() {
        List<UUID> none = List.of();
        EvaluationFilter every = EvaluationFilter.ALL;
        for (EvaluationFilter filter :
                List.of(every.experiments(none), every.models(none), every.modelVersions(none), every.datasets(none))) {
            assertThat(answers.count(filter)).isZero();
            assertThat(answers.list(filter, EvaluationOrder.BEST_RATED, 10, null)
                            .items())
                    .isEmpty();
        }
        EvaluationFilter unbounded =
                every.rating(null, null).cost(null, null).score(null, null).created(null, null);
        assertThat(answers.count(unbounded)).isEqualTo(all.size());
    }

    @Test
    void other_filters_admit_what_they_say() {
        EvaluationFilter every = EvaluationFilter.ALL;
        UUID experiment = world.experiments.get(0).id();
        UUID version = world.versions.get(0);
        assertThat(answers.count(every.experiment(experiment)))
                .isEqualTo(count(row -> experiment.equals(row.experimentId())));
        assertThat(answers.count(every.modelVersions(List.of(version, version))))
                .isEqualTo(count(row -> version.equals(row.modelVersionId())));
        assertThat(answers.count(every.item("nothing"))).isZero();
        assertThat(answers.count(every.words("case WORD"))).isEqualTo(count(row -> {
            String text = (row.input() + " " + row.output()).toLowerCase(Locale.ROOT);
            List<String> words = Arrays.asList(text.split("[^a-z0-9ü]+"));
            return words.stream().anyMatch(word -> word.startsWith("case"))
                    && words.stream().anyMatch(word -> word.startsWith("word"));
        }));
        assertThat(answers.count(every.words("%_"))).isZero();
    }

    private static long count(Predicate<Evaluation> met) {
        return all.stream().filter(met).count();
    }

    @Test
    void bad_input_is_refused_by_name() {
        EvaluationFilter every = EvaluationFilter.ALL;
        List<UUID> withNull = Arrays.asList(UUID.randomUUID(), null);
        List<UUID> tooMany = Collections.nCopies(10_001, UUID.randomUUID());
        assertThat(answers.count(every.experiments(tooMany.subList(1, 10_001)))).isZero();
        bad("experiments", () -> every.experiments(tooMany));
        bad("models", () -> every.models(tooMany));
        bad("modelVersions", () -> every.modelVersions(tooMany));
        bad("datasets", () -> every.datasets(tooMany));
        assertThatThrownBy(() -> every.models(withNull)).hasMessageContaining("models");
        assertThatThrownBy(() -> every.experimentStatus(null)).hasMessageContaining("experimentStatus");
        assertThatThrownBy(() -> every.experimentKind(null)).hasMessageContaining("experimentKind");
        for (String text : List.of(" ", "a\0b", "cut \uD83D", "x".repeat(10_001))) {
            bad("text", () -> every.text(text));
            bad("words", () -> every.words(text));
        }
        bad("itemKey", () -> every.item(" "));
        bad("minRating", () -> every.rating(Double.NaN, null));
        bad("maxRating", () -> every.rating(null, Double.POSITIVE_INFINITY));
        bad("minCost", () -> every.cost(new BigDecimal("-1"), null));
        bad("maxCost", () -> every.cost(null, new BigDecimal("1E+9999999")));
        bad("limit", () -> answers.list(every, EvaluationOrder.SLOWEST, 0, null));
        bad("limit", () -> answers.list(every, EvaluationOrder.OLDEST, 1_001, null));
        assertThatThrownBy(() -> answers.list(every, null, 1, null)).hasMessageContaining("order");
    }

    private static void bad(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }
}
