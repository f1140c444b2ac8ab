package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.NotFoundException;
import dev.evalstore.benchmark.Evaluation;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Figures over evaluations equal those of an oracle, under every filter alone and under many together. */
class AnalyticsTest {
    private static final int COMBINATIONS = Integer.getInteger("analytics.combinations", 40);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final List<UUID> EXPERIMENTS = new ArrayList<>();
    private static UUID dataset = UUID.randomUUID();
    private static UUID model = UUID.randomUUID();
    private static UUID modelVersion = UUID.randomUUID();

    /** The twelve, each with the values of one draw. */
    private static final List<BiFunction<EvaluationFilter, Random, EvaluationFilter>> FILTERS = List.of(
            (f, r) -> f.text(r.nextBoolean() ? "100% OF 1" : "A_B"),
            (f, r) -> f.experiments(EXPERIMENTS.subList(r.nextInt(2), 2 + r.nextInt(3))),
            (f, r) -> f.models(r.nextInt(9) == 0 ? List.of() : List.of(model)),
            (f, r) -> f.datasets(List.of(dataset)),
            (f, r) -> f.rating(2.0, null),
            (f, r) -> f.rating(null, 4.5),
            (f, r) -> f.cost(new BigDecimal("0.01"), null),
            (f, r) -> f.cost(null, new BigDecimal("0.09")),
            (f, r) -> f.created(Instant.parse("2026-03-02T00:00:00Z"), null),
            (f, r) -> f.created(null, Instant.parse("2026-03-05T12:00:00Z")),
            (f, r) -> f.experimentStatus(r.nextBoolean() ? ExperimentStatus.RUNNING : ExperimentStatus.FAILED),
            (f, r) -> f.experimentKind(r.nextBoolean() ? ExperimentKind.EVALUATION : ExperimentKind.COMPARISON));

    private final Database db = database.db();

    /** Of four experiments, two models and six days, with gaps in every figure. */
    @BeforeAll
    static void store() {
        RatedAnswers rows = new RatedAnswers(database);
        database.admin("""
                insert into evalstore.datasets (id, name, format) values ('%s', 'd', 'csv');
                insert into evalstore.models (id, name, kind) values ('%s', 'm', 'open');
                insert into evalstore.model_versions (id, model_id, quantization, format)
                values ('%s', '%2$s', 'fp16', 'safetensors')""".formatted(dataset, model, modelVersion));
        for (int i = 0; i < 4; i++) {
            EXPERIMENTS.add(rows.experiment());
        }
        database.admin("""
                update evalstore.experiments set dataset_id = '%s' where id in ('%s', '%s');
                update evalstore.experiments set kind = 'comparison' where id = '%2$s';
                update evalstore.experiments set status = 'failed', completed_at = now() where id = '%3$s'""".formatted(dataset, EXPERIMENTS.get(0), EXPERIMENTS.get(1)));
        Random random = new Random(7);
        List<UUID> ids = database.db()
                .evaluations()
                .createAll(IntStream.range(0, 300).mapToObj(i -> answer(random)).toList());
        database.admin(ids.stream()
                .map(id -> "('%s', timestamptz '2026-03-0%d 00:00:00+00' + interval '%d s')"
                        .formatted(id, 1 + random.nextInt(6), random.nextInt(86_400)))
                .collect(Collectors.joining(
                        ", ",
                        "update evalstore.evaluations set created_at = given.at from (values ",
                        ") given(of, at) where id = given.of::uuid")));
        FeedbackRepository feedback = database.db().tracking().feedback();
        for (UUID id : ids) {
            for (int i = random.nextInt(3); i > 0; i--) {
                feedback.give(NewFeedback.of(id).rating(1 + random.nextInt(5)));
            }
        }
    }

    private static NewEvaluation answer(Random random) {
        NewEvaluation answer = NewEvaluation.of(
                "p" + random.nextInt(2), "m" + random.nextInt(2), "100% of " + random.nextInt(9), "a_b");
        if (random.nextInt(5) > 0) {
            answer = answer.score(random.nextInt(10) / 10.0);
        }
        if (random.nextInt(5) > 0) {
            answer = answer.latencyMs(random.nextInt(3_000));
        }
        if (random.nextInt(5) > 0) {
            answer = answer.usage(
                    random.nextInt(900), random.nextInt(90), BigDecimal.valueOf(random.nextInt(100_000), 6));
        }
        if (random.nextBoolean()) {
            answer = answer.modelVersion(modelVersion);
        }
        return random.nextInt(6) == 0 ? answer : answer.experiment(EXPERIMENTS.get(random.nextInt(4)));
    }

    @Test
    void every_filter_alone_is_honoured() {
        for (BiFunction<EvaluationFilter, Random, EvaluationFilter> filter : FILTERS) {
            EvaluationFilter alone = filter.apply(EvaluationFilter.ALL, new Random(1));
            assertThat(same(alone)).as(FILTERS.indexOf(filter) + "").isBetween(1, 299);
        }
        same(EvaluationFilter.ALL);
    }

    @Test
    void filters_together_are_honoured() {
        for (int seed = 0; seed < COMBINATIONS; seed++) {
            Random random = new Random(seed);
            EvaluationFilter filter = EvaluationFilter.ALL;
            for (BiFunction<EvaluationFilter, Random, EvaluationFilter> one : FILTERS) {
                filter = random.nextInt(4) == 0 ? one.apply(filter, random) : filter;
            }
            same(filter);
        }
    }

    /** An empty list meant everything once. */
    @Test
    void an_empty_list_admits_nothing() {
        Analytics none = db.tracking().analytics(EvaluationFilter.ALL.experiments(List.of()));
        assertThat(none.overview()).isEqualTo(new Analytics.Overview(figures(List.of()), 0, 0, null, null));
        assertThat(none.perModel(10)).isEmpty();
        assertThat(none.perDay(10)).isEmpty();
        assertThat(none.recent(10)).isEmpty();
    }

    /** Returns how many evaluations the filter admits. */
    private int same(EvaluationFilter filter) {
        List<Evaluation> all = db.evaluations().list(filter, 1_000).items();
        Analytics analytics = db.tracking().analytics(filter);
        same(
                analytics.overview(),
                new Analytics.Overview(
                        figures(all),
                        all.stream()
                                .map(e -> List.of(e.provider(), e.model()))
                                .distinct()
                                .count(),
                        all.stream()
                                .map(Evaluation::experimentId)
                                .filter(Objects::nonNull)
                                .distinct()
                                .count(),
                        all.isEmpty() ? null : all.get(all.size() - 1).createdAt(),
                        all.isEmpty() ? null : all.get(0).createdAt()));

        Map<List<String>, List<Evaluation>> models =
                all.stream().collect(Collectors.groupingBy(e -> List.of(e.provider(), e.model())));
        same(
                analytics.perModel(1_000),
                models.entrySet().stream()
                        .map(of -> new Analytics.OfModel(
                                of.getKey().get(0), of.getKey().get(1), figures(of.getValue())))
                        .sorted(Comparator.comparingLong((Analytics.OfModel of) ->
                                        -of.evaluations().count())
                                .thenComparing(Analytics.OfModel::provider)
                                .thenComparing(Analytics.OfModel::model))
                        .toList());

        Map<LocalDate, List<Evaluation>> days = all.stream()
                .collect(Collectors.groupingBy(
                        e -> e.createdAt().atOffset(ZoneOffset.UTC).toLocalDate()));
        List<Analytics.OfDay> expected = days.entrySet().stream()
                .map(of -> new Analytics.OfDay(of.getKey(), figures(of.getValue())))
                .sorted(Comparator.comparing(Analytics.OfDay::day).reversed())
                .toList();
        same(analytics.perDay(1_000), expected);
        same(analytics.perDay(2), expected.subList(0, Math.min(2, expected.size())));
        assertThat(analytics.recent(7)).isEqualTo(all.subList(0, Math.min(7, all.size())));
        return all.size();
    }

    /** The server divides by 16 digits, so a mean may differ from that of the oracle in its last bit. */
    private static void same(Object figures, Object expected) {
        assertThat(figures)
                .usingRecursiveComparison()
                .withComparatorForType((a, b) -> Math.abs(a - b) <= 1e-12 ? 0 : Double.compare(a, b), Double.class)
                .isEqualTo(expected);
    }

    private static EvaluationFigures figures(List<Evaluation> all) {
        List<Double> scores = given(all, Evaluation::score);
        List<Double> ratings = given(all, Evaluation::rating);
        List<Integer> latencies = given(all, Evaluation::latencyMs);
        return new EvaluationFigures(
                all.size(),
                scores.size(),
                mean(scores),
                ratings.size(),
                mean(ratings),
                new EvaluationFigures.Latency(
                        latencies.size(),
                        percentile(latencies, 0.5),
                        percentile(latencies, 0.9),
                        percentile(latencies, 0.99)),
                given(all, Evaluation::inputTokens).stream().mapToLong(n -> n).sum(),
                given(all, Evaluation::outputTokens).stream().mapToLong(n -> n).sum(),
                given(all, Evaluation::costUsd).stream().reduce(BigDecimal.ZERO, BigDecimal::add));
    }

    private static <T extends Comparable<T>> List<T> given(List<Evaluation> all, Function<Evaluation, @Nullable T> of) {
        return all.stream().map(of).filter(Objects::nonNull).sorted().toList();
    }

    /** Of decimals with few digits, so that the exact sum is at hand. */
    private static @Nullable Double mean(List<Double> values) {
        return values.isEmpty()
                ? null
                : (Double) values.stream()
                        .map(value -> new BigDecimal(Double.toString(value)))
                        .reduce(BigDecimal.ZERO, BigDecimal::add)
                        .divide(BigDecimal.valueOf(values.size()), new MathContext(30))
                        .doubleValue();
    }

    /** Interpolated linearly between neighbours, as {@code percentile_cont} does. */
    private static @Nullable Double percentile(List<Integer> sorted, double fraction) {
        if (sorted.isEmpty()) {
            return null;
        }
        double at = fraction * (sorted.size() - 1);
        double low = sorted.get((int) Math.floor(at));
        double high = sorted.get((int) Math.ceil(at));
        return low + (high - low) * (at - Math.floor(at));
    }

    @Test
    void each_is_one_statement() {
        List<String> statements = new CopyOnWriteArrayList<>();
        try (Database own = Database.open(database.config()
                .listener((name, time, failure) -> statements.add(name))
                .build())) {
            Analytics analytics = own.tracking().analytics(EvaluationFilter.ALL.rating(1.0, 5.0));
            analytics.overview();
            analytics.perModel(10);
            analytics.perDay(10);
            analytics.recent(10);
            own.tracking().summary(EXPERIMENTS.get(0));
        }
        assertThat(statements)
                .containsExactly(
                        "evaluations.overview",
                        "evaluations.per_model",
                        "evaluations.per_day",
                        "evaluations.list",
                        "experiments.summary");
    }

    @Test
    void limits_hold() {
        Analytics all = db.tracking().analytics(EvaluationFilter.ALL);
        assertThatThrownBy(() -> all.perModel(0)).hasMessageContaining("limit");
        assertThatThrownBy(() -> all.perDay(1_001)).hasMessageContaining("limit");
        assertThatThrownBy(() -> all.recent(0)).hasMessageContaining("limit");
        assertThat(all.perModel(1)).hasSize(1);
    }

    @Test
    void the_summary_of_an_experiment_has_all_that_hangs_on_it() {
        UUID id = EXPERIMENTS.get(2);
        database.admin("""
                update evalstore.experiments set started_at = now() - interval '1 hour' where id = '%1$s';
                update evalstore.experiments set parent_id = '%1$s' where id = '%2$s';
                insert into evalstore.experiment_params (experiment, name_id, project, kind, text_value)
                select number, 1, project, 'string', 'x' from evalstore.experiments where id = '%1$s';
                insert into evalstore.experiment_metrics (experiment, name_id, last_value, last_step, last_at, value_count, project)
                select number, n, 'NaN', 1, now(), 10 * n, project
                from evalstore.experiments, generate_series(1, 2) n where id = '%1$s'""".formatted(id, EXPERIMENTS.get(3)));
        BigDecimal dime = new BigDecimal("0.1");
        db.tracking()
                .costs()
                .appendAll(List.of(
                        NewCostEntry.of("p", "m", dime).experiment(id).tokens(3, 1),
                        NewCostEntry.of("q", "n", dime).experiment(id).tokens(4, 1),
                        NewCostEntry.of("q", "n", dime)));

        ExperimentSummary summary = db.tracking().summary(id);

        List<Evaluation> answers =
                db.evaluations().list(EvaluationFilter.ALL.experiment(id)).items();
        assertThat(summary.experimentId()).isEqualTo(id);
        assertThat(summary.status()).isEqualTo(ExperimentStatus.RUNNING);
        assertThat(summary.ran()).isBetween(Duration.ofHours(1), Duration.ofHours(2));
        assertThat(summary.params()).isEqualTo(1);
        assertThat(summary.metrics()).isEqualTo(2);
        assertThat(summary.points()).isEqualTo(30);
        assertThat(summary.children()).isEqualTo(1);
        same(summary.evaluations(), figures(answers));
        assertThat(summary.feedback())
                .isPositive()
                .isEqualTo(db.tracking().feedback().count(FeedbackFilter.ALL.experiment(id)));
        assertThat(summary.costs())
                .isEqualTo(new CostTotal(null, null, id, null, 2, 7, 2, new BigDecimal("0.200000000")));
        database.admin("""
                update evalstore.experiments set parent_id = null where id = '%s'""".formatted(EXPERIMENTS.get(3)));
    }

    @Test
    void an_experiment_of_which_nothing_is_known_yet_has_zeros() {
        UUID id = new RatedAnswers(database).experiment();
        database.admin(
                "update evalstore.experiments set status = 'created', started_at = null where id = '" + id + "'");
        assertThat(db.tracking().summary(id))
                .isEqualTo(new ExperimentSummary(
                        id,
                        ExperimentStatus.CREATED,
                        null,
                        0,
                        0,
                        0,
                        0,
                        figures(List.of()),
                        0,
                        new CostTotal(null, null, id, null, 0, 0, 0, BigDecimal.ZERO)));
    }

    @Test
    void no_summary_is_of_an_experiment_that_is_not_there() {
        UUID deleted = new RatedAnswers(database).experiment();
        database.admin("update evalstore.experiments set deleted_at = now() where id = '" + deleted + "'");
        assertThatThrownBy(() -> db.tracking().summary(deleted)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> db.tracking().summary(UUID.randomUUID()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("experiment");
    }
}
