package dev.evalstore.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationBulkTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final EvaluationRepository answers = db.evaluations();

    @BeforeEach
    void empty() {
        database.admin("truncate evalstore.benchmarks, evalstore.evaluations cascade");
        Answers.createUser(database);
        Answers.createExperiment(database);
    }

    private UUID run() {
        return db.benchmarks().create(NewBenchmark.of("a", "p", "m", "d", 0)).id();
    }

    /** 9,999 go by arrays, 10,000 by binary copy. */
    @ParameterizedTest(name = "{0} rows, seed 31")
    @ValueSource(ints = {1, 9_999, 10_000, 25_000})
    void all_are_stored_as_they_were_given_and_the_ids_are_in_order(int count) {
        UUID run = run();
        List<NewEvaluation> given = Answers.random(new Random(31), count, run);
        List<UUID> ids = answers.createAll(given);
        assertThat(ids).hasSize(count).doesNotHaveDuplicates();
        Map<UUID, Evaluation> stored = new HashMap<>();
        answers.stream(EvaluationFilter.ALL, answer -> stored.put(answer.id(), answer));
        assertThat(stored).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertSame(given.get(i), stored.get(ids.get(i)));
        }
    }

    private static void assertSame(NewEvaluation given, @Nullable Evaluation stored) {
        assertThat(stored).isNotNull();
        NewEvaluation again = new NewEvaluation(
                new NewEvaluation.Place(stored.benchmarkId(), stored.experimentId(), stored.itemKey(), stored.repeat()),
                new NewEvaluation.Answer(
                        stored.provider(),
                        stored.model(),
                        stored.modelVersionId(),
                        stored.input(),
                        stored.output(),
                        stored.expected()),
                compact(stored.metrics()),
                stored.score(),
                new NewEvaluation.Measured(
                        stored.latencyMs(), stored.inputTokens(), stored.outputTokens(), stored.costUsd()),
                new NewEvaluation.Judged(
                        stored.judgeScores() == null ? null : compact(stored.judgeScores()),
                        stored.criteria() == null ? null : compact(stored.criteria()),
                        stored.evaluatorVersion()),
                stored.metadata() == null ? null : compact(stored.metadata()),
                stored.createdBy());
        assertThat(again).isEqualTo(given);
        assertThat(stored.rating()).isNull();
    }

    /** The server writes a space after each comma and colon. */
    private static Json compact(Json stored) {
        return Json.parse(stored.text().replace(" ", ""));
    }

    @Test
    void arrays_and_copy_give_identical_rows() {
        List<NewEvaluation> given = Answers.random(new Random(32), 10_000, run());
        answers.createAll(given);
        String byCopy = rows();
        database.admin("delete from evalstore.evaluations");
        answers.createAll(given.subList(0, 5_000));
        answers.createAll(given.subList(5_000, 10_000));
        assertThat(rows()).isEqualTo(byCopy);
    }

    /** Everything but id and time, in the order of the ids, which is that of the list. */
    private static String rows() {
        return database.value(
                "select count(*) || ' ' || md5(string_agg(concat_ws('|', benchmark_id, provider, model, input,"
                        + " output, expected, metrics, score, latency_ms, input_tokens, output_tokens, cost_usd, metadata,"
                        + " experiment_id, model_version_id, item_key, repeat, rating, judge_scores, criteria,"
                        + " evaluator_version, created_by), '~' order by id)) from evalstore.evaluations");
    }

    /** Rows go to the unique index in one order, so that nobody waits in a circle. */
    @ParameterizedTest(name = "{0} rows")
    @ValueSource(ints = {500, 10_000})
    void of_two_who_load_the_same_items_in_opposite_orders_one_is_refused(int count) throws Exception {
        List<NewEvaluation> up = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            up.add(Answers.plain("m").experiment(Answers.EXPERIMENT).item("item " + i % 100, i / 100));
        }
        List<NewEvaluation> down = new ArrayList<>(up);
        Collections.reverse(down);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < (count == 500 ? 10 : 1); round++) {
                database.admin("delete from evalstore.evaluations");
                CyclicBarrier both = new CyclicBarrier(2);
                List<Future<Boolean>> stored =
                        threads.invokeAll(List.of(() -> storedAll(both, up), () -> storedAll(both, down)));
                assertThat(List.of(stored.get(0).get(), stored.get(1).get())).containsExactlyInAnyOrder(true, false);
                assertThat(answers.count(EvaluationFilter.ALL)).isEqualTo(count);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private boolean storedAll(CyclicBarrier both, List<NewEvaluation> rows) throws Exception {
        both.await(60, TimeUnit.SECONDS);
        try {
            answers.createAll(rows);
            return true;
        } catch (ConstraintViolationException e) {
            assertThat(e.constraint()).isEqualTo("idx_evaluations_experiment_id_item_key_repeat");
            return false;
        }
    }

    @Test
    void none_are_none() {
        assertThat(answers.createAll(List.of())).isEmpty();
    }

    @ParameterizedTest(name = "{0} rows")
    @ValueSource(ints = {100, 10_000})
    void one_that_belongs_to_nothing_or_is_there_twice_keeps_all_out(int count) {
        List<NewEvaluation> given = Answers.random(new Random(33), count, run());
        NewEvaluation plain = Answers.plain("m");
        NewEvaluation item = plain.experiment(Answers.EXPERIMENT).item("twice", 3);
        keepsAllOut(given, "evaluations_benchmark_fk", plain.benchmark(UUID.randomUUID()));
        keepsAllOut(given, "evaluations_experiment_fk", plain.experiment(UUID.randomUUID()));
        keepsAllOut(given, "evaluations_model_version_fk", plain.modelVersion(UUID.randomUUID()));
        keepsAllOut(given, "idx_evaluations_experiment_id_item_key_repeat", item, item.score(1));
    }

    private void keepsAllOut(List<NewEvaluation> good, String constraint, NewEvaluation... bad) {
        List<NewEvaluation> all = new ArrayList<>(good);
        all.addAll(good.size() / 2, List.of(bad));
        assertThatThrownBy(() -> answers.createAll(all))
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo(constraint));
        assertThat(answers.count(EvaluationFilter.ALL)).isZero();
    }

    @ParameterizedTest(name = "{0} rows")
    @ValueSource(ints = {100, 10_000})
    void in_a_transaction_that_fails_none_are_stored(int count) {
        List<NewEvaluation> given = Answers.random(new Random(34), count, null);
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.evaluations().createAll(given);
                    assertThat(tx.evaluations().count(EvaluationFilter.ALL)).isEqualTo(count);
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThat(answers.count(EvaluationFilter.ALL)).isZero();
    }

    @Test
    void what_a_streams_consumer_throws_comes_out() {
        answers.createAll(Answers.random(new Random(35), 3_000, null));
        List<UUID> seen = new ArrayList<>();
        IllegalStateException mine = new IllegalStateException("mine");
        assertThatThrownBy(() -> answers.stream(EvaluationFilter.ALL, answer -> {
                    seen.add(answer.id());
                    if (seen.size() == 1_500) {
                        throw mine;
                    }
                }))
                .isSameAs(mine);
        assertThat(seen).hasSize(1_500);
    }

    @Test
    void a_stream_sees_one_snapshot() {
        answers.createAll(Answers.random(new Random(36), 3_000, null));
        int[] seen = {0};
        answers.stream(EvaluationFilter.ALL, answer -> {
            if (seen[0]++ == 0) {
                answers.createAll(Answers.random(new Random(37), 100, null));
                database.admin("delete from evalstore.evaluations where provider = 'provider 1'");
            }
        });
        assertThat(seen[0]).isEqualTo(3_000);
    }

    /** Unlike a stream: each page is a statement of its own. */
    @Test
    void a_walk_by_pages_goes_by_what_each_page_finds() {
        answers.createAll(Answers.random(new Random(38), 2_500, null));
        List<UUID> seen = new ArrayList<>();
        answers.forEach(EvaluationFilter.ALL, answer -> {
            if (seen.isEmpty()) {
                database.admin("delete from evalstore.evaluations where id in"
                        + " (select id from evalstore.evaluations order by created_at, id limit 200)");
            }
            seen.add(answer.id());
        });
        assertThat(seen).hasSize(2_300).doesNotHaveDuplicates();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {41, 42, 43})
    void a_summary_is_what_java_computes_of_the_same_rows(long seed) {
        UUID run = run();
        List<NewEvaluation> given = Answers.random(new Random(seed), 501, run);
        answers.createAll(given);
        answers.createAll(Answers.random(new Random(seed + 1), 50, run()));

        EvaluationSummary summary = answers.summary(run);
        assertThat(summary.count()).isEqualTo(501);
        assertDistribution(summary.score(), values(given, NewEvaluation::score));
        assertDistribution(
                summary.latencyMs(), values(given, answer -> answer.measured().latencyMs()));
        assertThat(summary.inputTokens()).isEqualTo((long)
                Arrays.stream(values(given, answer -> answer.measured().inputTokens()))
                        .sum());
        assertThat(summary.outputTokens()).isEqualTo((long)
                Arrays.stream(values(given, answer -> answer.measured().outputTokens()))
                        .sum());
        BigDecimal cost = BigDecimal.ZERO;
        for (NewEvaluation answer : given) {
            BigDecimal usd = answer.measured().costUsd();
            cost = usd == null ? cost : cost.add(usd);
        }
        assertThat(summary.costUsd()).isEqualByComparingTo(cost);
    }

    private static double[] values(List<NewEvaluation> answers, Function<NewEvaluation, @Nullable Number> of) {
        return answers.stream()
                .map(of)
                .filter(java.util.Objects::nonNull)
                .mapToDouble(Number::doubleValue)
                .sorted()
                .toArray();
    }

    private static void assertDistribution(EvaluationSummary.Distribution is, double[] sorted) {
        double mean = Arrays.stream(sorted).average().orElseThrow();
        double squares = Arrays.stream(sorted).map(x -> (x - mean) * (x - mean)).sum();
        assertThat(is.count()).isEqualTo(sorted.length);
        close(is.mean(), mean);
        close(is.stddev(), Math.sqrt(squares / (sorted.length - 1)));
        close(is.min(), sorted[0]);
        close(is.max(), sorted[sorted.length - 1]);
        close(is.p50(), percentile(sorted, 0.5));
        close(is.p90(), percentile(sorted, 0.9));
        close(is.p99(), percentile(sorted, 0.99));
    }

    /** Linear between neighbours, as percentile_cont. */
    private static double percentile(double[] sorted, double at) {
        double position = at * (sorted.length - 1);
        int below = (int) position;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] + (position - below) * (above - sorted[below]);
    }

    private static void close(@Nullable Double is, double wanted) {
        assertThat(is).isNotNull();
        assertThat(is).isCloseTo(wanted, org.assertj.core.data.Offset.offset(1e-9 * Math.max(1, Math.abs(wanted))));
    }

    @Test
    void the_summary_of_nothing_is_zero_and_null() {
        var none = new EvaluationSummary.Distribution(0, null, null, null, null, null, null, null);
        assertThat(answers.summary(run()))
                .usingRecursiveComparison()
                .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                .isEqualTo(new EvaluationSummary(0, none, none, 0, 0, BigDecimal.ZERO));
        assertThat(answers.summary(UUID.randomUUID()).count()).isZero();
    }

    @Test
    void one_value_has_no_deviation() {
        UUID run = run();
        answers.create(Answers.plain("m").benchmark(run).score(0.5));
        assertThat(answers.summary(run).score())
                .isEqualTo(new EvaluationSummary.Distribution(1, 0.5, null, 0.5, 0.5, 0.5, 0.5, 0.5));
    }
}
