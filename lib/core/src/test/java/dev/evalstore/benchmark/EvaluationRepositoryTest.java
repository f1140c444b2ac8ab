package dev.evalstore.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EvaluationRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final EvaluationRepository answers = db.evaluations();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.evaluations; delete from evalstore.benchmarks");
        Answers.createUser(database);
        Answers.createExperiment(database);
    }

    private UUID run() {
        return db.benchmarks().create(NewBenchmark.of("a", "p", "m", "d", 0)).id();
    }

    @Test
    void a_created_evaluation_reads_back_the_same() {
        UUID run = run();
        UUID user = Answers.USER;
        Evaluation created = answers.create(Answers.plain("gpt-4")
                .benchmark(run)
                .expected("42")
                .metrics(Json.of(Map.of("f1", 0.5)))
                .score(0.75)
                .latencyMs(1_234)
                .usage(100, 20, new BigDecimal("0.000000001"))
                .metadata(Json.of(List.of(1)))
                .experiment(Answers.EXPERIMENT)
                .modelVersion(Answers.MODEL_VERSION)
                .item("question 7", 2)
                .judgeScores(Json.of(Map.of("gpt-4", 0.5)))
                .criteria(Json.of(Map.of("style", 4)))
                .evaluatorVersion("1.2")
                .createdBy(user));

        assertThat(answers.get(created.id())).isEqualTo(created);
        assertThat(answers.find(created.id())).contains(created);
        assertThat(created.benchmarkId()).isEqualTo(run);
        assertThat(created.provider()).isEqualTo("openai");
        assertThat(created.model()).isEqualTo("gpt-4");
        assertThat(created.input()).isEqualTo("in");
        assertThat(created.output()).isEqualTo("out");
        assertThat(created.expected()).isEqualTo("42");
        assertThat(created.metrics().asMap()).isEqualTo(Map.of("f1", 0.5));
        assertThat(created.score()).isEqualTo(0.75);
        assertThat(created.latencyMs()).isEqualTo(1_234);
        assertThat(created.inputTokens()).isEqualTo(100);
        assertThat(created.outputTokens()).isEqualTo(20);
        assertThat(created.costUsd()).isEqualByComparingTo("0.000000001");
        assertThat(created.metadata().text()).isEqualTo("[1]");
        assertThat(created.createdBy()).isEqualTo(user);
        assertThat(created.experimentId()).isEqualTo(Answers.EXPERIMENT);
        assertThat(created.modelVersionId()).isEqualTo(Answers.MODEL_VERSION);
        assertThat(created.itemKey()).isEqualTo("question 7");
        assertThat(created.repeat()).isEqualTo(2);
        assertThat(created.judgeScores().asMap()).isEqualTo(Map.of("gpt-4", 0.5));
        assertThat(created.criteria().asMap()).isEqualTo(Map.of("style", 4));
        assertThat(created.evaluatorVersion()).isEqualTo("1.2");
        assertThat(created.rating()).isNull();
    }

    @Test
    void what_was_not_given_is_null_and_metrics_are_empty() {
        Evaluation created = answers.create(Answers.plain("gpt-4"));
        assertThat(created.metrics()).isEqualTo(Json.EMPTY);
        assertThat(created.repeat()).isZero();
        assertThat(new Object[] {
                    created.benchmarkId(),
                    created.expected(),
                    created.score(),
                    created.latencyMs(),
                    created.inputTokens(),
                    created.outputTokens(),
                    created.costUsd(),
                    created.metadata(),
                    created.experimentId(),
                    created.modelVersionId(),
                    created.itemKey(),
                    created.rating(),
                    created.judgeScores(),
                    created.criteria(),
                    created.evaluatorVersion(),
                    created.createdBy()
                })
                .containsOnlyNulls();
    }

    @Test
    void an_unknown_id_is_empty_to_find_and_an_error_to_get() {
        UUID unknown = UUID.randomUUID();
        assertThat(answers.find(unknown)).isEmpty();
        assertThat(answers.delete(unknown)).isFalse();
        assertThatThrownBy(() -> answers.get(unknown)).isInstanceOfSatisfying(NotFoundException.class, e -> {
            assertThat(e.entity()).isEqualTo("evaluation");
            assertThat(e.id()).isEqualTo(unknown.toString());
        });
    }

    @Test
    void a_deleted_evaluation_is_gone() {
        UUID id = answers.create(Answers.plain("gpt-4")).id();
        assertThat(answers.delete(id)).isTrue();
        assertThat(answers.delete(id)).isFalse();
        assertThat(answers.find(id)).isEmpty();
    }

    @Test
    void a_run_that_does_not_exist_is_named() {
        assertThatThrownBy(() -> answers.create(Answers.plain("gpt-4").benchmark(UUID.randomUUID())))
                .isInstanceOfSatisfying(ConstraintViolationException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ConstraintViolationException.Kind.FOREIGN_KEY);
                    assertThat(e.constraint()).isEqualTo("evaluations_benchmark_fk");
                });
    }

    @Test
    void an_experiment_has_each_item_and_repeat_once() {
        NewEvaluation first = Answers.plain("m").experiment(Answers.EXPERIMENT).item("a");
        answers.create(first);
        answers.create(first.item("a", 1));
        answers.create(first.item("b"));
        assertThatThrownBy(() -> answers.create(first.score(1)))
                .isInstanceOfSatisfying(ConstraintViolationException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ConstraintViolationException.Kind.UNIQUE);
                    assertThat(e.constraint()).isEqualTo("idx_evaluations_experiment_id_item_key_repeat");
                });

        NewEvaluation ofNone = Answers.plain("m").item("a");
        answers.createAll(List.of(ofNone, ofNone));
        NewEvaluation noItem = Answers.plain("m").experiment(Answers.EXPERIMENT);
        answers.createAll(List.of(noItem, noItem));
        assertThat(answers.listByExperiment(Answers.EXPERIMENT, 10, null).items())
                .hasSize(5);
    }

    @Test
    void an_evaluation_outlives_the_version_of_its_model_and_not_its_experiment() {
        UUID of = answers.create(Answers.plain("gpt-4").modelVersion(Answers.MODEL_VERSION))
                .id();
        UUID in = answers.create(Answers.plain("m").experiment(Answers.EXPERIMENT))
                .id();
        database.admin("delete from evalstore.model_versions; delete from evalstore.experiments");
        assertThat(answers.get(of).modelVersionId()).isNull();
        assertThat(answers.get(of).model()).isEqualTo("gpt-4");
        assertThat(answers.find(in)).isEmpty();
    }

    @Test
    void every_filter_narrows_lists_counts_and_streams() {
        UUID run = run();
        Evaluation a = answers.create(
                NewEvaluation.of("openai", "gpt-4", "i", "a").score(0.1).benchmark(run));
        Evaluation b =
                answers.create(NewEvaluation.of("anthropic", "claude", "i", "b").score(0.5));
        answers.create(NewEvaluation.of("openai", "gpt-5", "i", "c").score(0.9));
        answers.create(NewEvaluation.of("openai", "gpt-5", "i", "d").benchmark(run));

        EvaluationFilter all = EvaluationFilter.ALL;
        assertThat(outputs(all)).containsExactly("d", "c", "b", "a");
        assertThat(outputs(all.benchmark(run))).containsExactly("d", "a");
        assertThat(outputs(all.provider("openai"))).containsExactly("d", "c", "a");
        assertThat(outputs(all.model("gpt-5"))).containsExactly("d", "c");
        assertThat(outputs(all.score(0.1, 0.5))).containsExactly("b", "a");
        assertThat(outputs(all.score(0.2, null))).containsExactly("c", "b");
        assertThat(outputs(all.score(null, 0.1))).containsExactly("a");
        assertThat(outputs(all.created(b.createdAt(), null))).containsExactly("d", "c", "b");
        assertThat(outputs(all.created(null, b.createdAt()))).containsExactly("a");
        assertThat(outputs(all.created(a.createdAt(), b.createdAt()).provider("openai")))
                .containsExactly("a");
        assertThat(outputs(all.provider("openai").model("gpt-5").benchmark(run)))
                .containsExactly("d");
        assertThat(outputs(all.provider("nobody"))).isEmpty();
        assertThat(outputs(all.provider("openai").provider("anthropic"))).isEmpty();
        assertThat(outputs(all.score(0.5, null).score(null, 0.5))).containsExactly("b");
        assertThat(outputs(all.score(null, null).created(null, null))).hasSize(4);
        assertThat(answers.listByBenchmark(run, 10, null).items())
                .extracting(Evaluation::output)
                .containsExactly("d", "a");
    }

    /** What the list gives; the count and the stream must agree. */
    private List<String> outputs(EvaluationFilter filter) {
        List<String> listed = answers.list(filter, 100, null).items().stream()
                .map(Evaluation::output)
                .toList();
        List<String> streamed = new ArrayList<>();
        answers.stream(filter, answer -> streamed.add(answer.output()));
        assertThat(streamed).containsExactlyInAnyOrderElementsOf(listed);
        assertThat(answers.count(filter)).isEqualTo(listed.size());
        return listed;
    }

    /** One statement gives all its rows one time, so the id must break the tie. */
    @Test
    void paging_meets_each_row_of_one_batch_once_and_a_cursor_outlives_new_rows() {
        List<UUID> ids = answers.createAll(Answers.random(new java.util.Random(5), 250, null));
        List<UUID> seen = new ArrayList<>();
        Cursor next = null;
        do {
            Page<Evaluation> page = answers.list(EvaluationFilter.ALL, 100, next);
            page.items().forEach(answer -> seen.add(answer.id()));
            next = page.next();
            answers.create(Answers.plain("later"));
        } while (next != null);
        assertThat(seen).hasSize(250).doesNotHaveDuplicates();
        assertThat(new HashSet<>(seen)).isEqualTo(new HashSet<>(ids));
    }

    @Test
    void a_full_last_page_has_no_next() {
        answers.createAll(Answers.random(new java.util.Random(6), 20, null));
        Page<Evaluation> first = answers.list(EvaluationFilter.ALL, 10, null);
        assertThat(first.items()).hasSize(10);
        assertThat(first.next()).isNotNull();
        Page<Evaluation> second = answers.list(EvaluationFilter.ALL, 10, first.next());
        assertThat(second.items()).hasSize(10);
        assertThat(second.next()).isNull();
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        NewEvaluation good = Answers.plain("gpt-4");
        bad("provider", () -> NewEvaluation.of(" ", "m", "i", "o"));
        bad("model", () -> NewEvaluation.of("p", "", "i", "o"));
        bad("input", () -> NewEvaluation.of("p", "m", "a\0b", "o"));
        bad("output", () -> NewEvaluation.of("p", "m", "i", "cut \uD83D"));
        bad("expected", () -> good.expected("\uDE00"));
        for (double score : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            bad("score", () -> good.score(score));
        }
        bad("latencyMs", () -> good.latencyMs(-1));
        bad("inputTokens", () -> good.usage(-1, 0, BigDecimal.ZERO));
        bad("outputTokens", () -> good.usage(0, -1, BigDecimal.ZERO));
        bad("costUsd", () -> good.usage(0, 0, new BigDecimal("-0.01")));
        bad("costUsd", () -> good.usage(0, 0, new BigDecimal("0.0000000001")));
        bad("costUsd", () -> good.usage(0, 0, new BigDecimal("1000000000")));
        String tooLong = "x".repeat(201);
        for (String key : List.of(" ", "a\0b", "cut \uD83D", tooLong)) {
            bad("itemKey", () -> good.item(key));
            bad("evaluatorVersion", () -> good.evaluatorVersion(key));
        }
        bad("repeat", () -> good.item("a", -1));
        for (Json json : List.of(Json.of(List.of(1)), Json.of(1), Json.of("{"))) {
            bad("judgeScores", () -> good.judgeScores(json));
            bad("criteria", () -> good.criteria(json));
        }
        bad("json", () -> Json.parse("{\"a\": NaN}"));
        bad("json", () -> Json.parse("{\"a\": 1"));
        bad("json", () -> Json.of(Map.of("a", Double.NaN)));
        bad("json", () -> Json.parse("{\"a\": \"\\u0000\"}"));
        bad("json", () -> Json.of(Map.of("a\0b", 1)));
        bad("json", () -> Json.parse("[\"\\ud83d\"]"));
        bad("json", () -> Json.of(List.of("\uD83D")));
        for (String text : List.of(" ", "a\0b", "cut \uD83D")) {
            bad("provider", () -> EvaluationFilter.ALL.provider(text));
            bad("model", () -> EvaluationFilter.ALL.model(text));
        }
        assertThatThrownBy(() -> EvaluationFilter.ALL.benchmark(null)).hasMessageContaining("id");
        bad("minScore", () -> EvaluationFilter.ALL.score(Double.NaN, null));
        bad("maxScore", () -> EvaluationFilter.ALL.score(null, Double.POSITIVE_INFINITY));
        bad("limit", () -> answers.list(EvaluationFilter.ALL, 0, null));
        bad("limit", () -> answers.list(EvaluationFilter.ALL, 1_001, null));
        bad("cursor", () -> answers.list(EvaluationFilter.ALL, 1, new Cursor("nonsense")));
    }

    private static void bad(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }

    /** For writers that do not come through this library. */
    @Test
    void the_schema_itself_refuses_what_would_break_averages() {
        for (String assignment : List.of(
                "score = 'NaN'",
                "score = 'Infinity'",
                "score = '-Infinity'",
                "latency_ms = -1",
                "input_tokens = -1",
                "output_tokens = -1",
                "cost_usd = -1",
                "item_key = ' '",
                "item_key = repeat('x', 201)",
                "repeat = -1",
                "rating = 0.99",
                "rating = 5.01",
                "rating = 'NaN'",
                "judge_scores = '[]'",
                "criteria = '1'",
                "evaluator_version = ''",
                "evaluator_version = repeat('x', 201)",
                "provider = ' '",
                "model = ''")) {
            answers.create(Answers.plain("gpt-4"));
            assertThatThrownBy(() -> database.admin("update evalstore.evaluations set " + assignment))
                    .as(assignment)
                    .hasMessageContaining("violates check constraint");
        }
    }

    @Test
    void a_new_evaluation_prints_none_of_its_texts() {
        NewEvaluation secret = NewEvaluation.of("p", "m", "s3cr3t", "s3cr3t")
                .expected("s3cr3t")
                .criteria(Json.of(Map.of("s3cr3t", 1)));
        assertThat(secret.toString()).doesNotContain("s3cr3t").contains("m");
        assertThat(secret.answer().toString()).doesNotContain("s3cr3t").contains("m");
    }
}
