package dev.evalstore.tracking;

import static dev.evalstore.tracking.ComparedUnits.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.exchange.CaseResult;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PairedValuesTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final ComparisonRepository comparisons = db.tracking().comparisons();
    private final ComparedUnits units = new ComparedUnits(db);
    private final UUID first = units.experiment();
    private final UUID second = units.experiment();

    private PairedValues scores(Pairing pairing) {
        return comparisons.pairExperiments(List.of(first, second), ItemMetric.SCORE, pairing);
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }

    private static void missing(String entity, UUID id, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(NotFoundException.class, e -> {
            assertThat(e.entity()).isEqualTo(entity);
            assertThat(e.id()).isEqualTo(id.toString());
        });
    }

    @Test
    void answers_to_the_same_item_and_repeat_are_pairs_in_the_order_of_keys() {
        units.answers(
                first,
                answer().item("b").score(0.5),
                answer().item("B", 1).score(0.25),
                answer().item("B").score(1),
                answer().item("é").score(2));
        units.answers(
                second,
                answer().item("é").score(3),
                answer().item("B", 1).score(0.75),
                answer().item("B").score(4),
                answer().item("b").score(0));

        PairedValues values = scores(Pairing.ITEM_AND_REPEAT);
        PairedValues.Pairs pairs = values.pairs(0, 1);

        assertThat(values.ids()).containsExactly(first, second);
        assertThat(values.unit()).isEqualTo(ComparisonUnit.EXPERIMENT);
        assertThat(values.metric()).isEqualTo(ItemMetric.SCORE);
        assertThat(values.pairing()).isEqualTo(Pairing.ITEM_AND_REPEAT);
        assertThat(IntStream.range(0, 4).mapToObj(pairs::item)).containsExactly("B", "B", "b", "é");
        assertThat(IntStream.range(0, 4).map(pairs::repeat)).containsExactly(0, 1, 0, 0);
        assertThat(pairs.values(0)).containsExactly(1, 0.25, 0.5, 2);
        assertThat(pairs.values(1)).containsExactly(4, 0.75, 0, 3);
        assertThat(values.pairs(1, 0).values(0)).containsExactly(4, 0.75, 0, 3);
        assertThat(pairs.leftOut().total()).isZero();
        assertThat(values.answers(0)).isEqualTo(new PairedValues.Answers(4, 0, 0, 0, 0, 0));
    }

    @Test
    void what_is_no_pair_is_counted_by_its_reason() {
        UUID third = units.experiment();
        units.answers(
                first,
                answer().item("both").score(1),
                answer().item("first alone").score(1),
                answer().item("first alone", 1).score(1),
                answer().item("no score"),
                answer().score(1),
                answer().score(2));
        units.answers(
                second,
                answer().item("both").score(2),
                answer().item("no score").score(1),
                answer().item("second alone").score(3));
        units.answers(
                third,
                answer().item("third alone").score(1),
                answer().item("both").score(5));

        PairedValues values =
                comparisons.pairExperiments(List.of(first, second, third), ItemMetric.SCORE, Pairing.ITEM_AND_REPEAT);
        PairedValues.Pairs pairs = values.pairs(0, 1);

        assertThat(values.size()).isEqualTo(6);
        assertThat(pairs.size()).isEqualTo(1);
        assertThat(pairs.values(1)).containsExactly(2);
        assertThat(pairs.leftOut()).isEqualTo(new PairedValues.LeftOut(3, List.of(1, 2), 1, 0));
        assertThat(pairs.leftOut().total()).isEqualTo(4);
        assertThat(values.pairs(0, 1, 2).leftOut().absentOf()).containsExactly(2, 3, 4);
        assertThat(values.pairs(2, 0, 1).values(0)).containsExactly(5);
        assertThat(values.answers(0)).isEqualTo(new PairedValues.Answers(6, 2, 1, 0, 0, 0));
        assertThat(values.answers(2).withoutItem()).isZero();
        assertThat(values.value(0, 0)).isEqualTo(1);
        assertThat(values.value(2, 1)).isNaN();
    }

    @Test
    void repeats_are_averaged_where_items_are_paired_and_the_order_of_rows_changes_nothing() {
        double[] given = {0.1, 0.2, 0.3, 1e16, 1, -1e16};
        List<NewEvaluation> answers = new ArrayList<>();
        for (int i = 0; i < given.length; i++) {
            answers.add(answer().item("x", i).score(given[i]));
        }
        answers.add(answer().item("x", 9));
        Collections.shuffle(answers, new Random(4));
        units.answers(first, answers.toArray(NewEvaluation[]::new));
        units.answers(
                second,
                answer().item("x", 3).score(1),
                answer().item("x", 4).score(0),
                answer().item("x").score(1));

        PairedValues values = scores(Pairing.ITEM);

        assertThat(values.size()).isEqualTo(1);
        assertThat(values.repeat(0)).isZero();
        assertThat(values.value(0, 0)).isEqualTo(1.6 / 6);
        assertThat(values.value(1, 0)).isEqualTo(2.0 / 3);
        assertThat(values.answers(0)).isEqualTo(new PairedValues.Answers(7, 0, 0, 0, 1, 1));
        assertThat(values.answers(1)).isEqualTo(new PairedValues.Answers(3, 0, 0, 0, 1, 0));
        assertThat(values.pairs(0, 1).leftOut().total()).isZero();
    }

    @Test
    void a_mean_is_never_outside_of_what_it_is_the_mean_of() {
        units.answers(
                first,
                answer().item("x").score(0.1),
                answer().item("x", 1).score(0.1),
                answer().item("x", 2).score(0.1),
                answer().item("y").score(1e300),
                answer().item("y", 1).score(1e300));
        assertThat(scores(Pairing.ITEM).value(0, 0)).isEqualTo(0.1);
        assertThat(scores(Pairing.ITEM).value(0, 1)).isEqualTo(1e300);
    }

    @ParameterizedTest
    @CsvSource({
        "score, 0.5",
        "latency_ms, 120",
        "input_tokens, 7",
        "output_tokens, 9",
        "cost_usd, 0.25",
        "rating, 4",
        "metrics.f1, 0.75",
        "metrics.a.b, 1",
        "judge_scores.gpt-4, 3",
        "criteria.tone, -2.5"
    })
    void each_metric_of_evaluations_is_read(String metric, double expected) {
        for (UUID experiment : List.of(first, second)) {
            UUID id = db.evaluations()
                    .create(answer().experiment(experiment)
                            .item("x")
                            .score(0.5)
                            .latencyMs(120)
                            .usage(7, 9, new BigDecimal("0.25"))
                            .metrics(Json.parse("{\"f1\": 0.75, \"a.b\": true}"))
                            .judgeScores(Json.parse("{\"gpt-4\": 3}"))
                            .criteria(Json.parse("{\"tone\": -2.5}")))
                    .id();
            db.tracking().feedback().give(NewFeedback.of(id).rating(4));
        }
        PairedValues values = comparisons.pairExperiments(List.of(first, second), ItemMetric.of(metric), Pairing.ITEM);
        assertThat(values.pairs(0, 1).values(0)).containsExactly(expected);
        assertThat(values.pairs(0, 1).values(1)).containsExactly(expected);
    }

    /** JSON has no NaN, so a writer may have stored the word. */
    @Test
    void what_is_no_number_in_a_json_object_is_counted_and_left_out() {
        List<String> texts = List.of(
                "\"NaN\"",
                "\"1\"",
                "[1]",
                "{\"x\": 1}",
                "1e301",
                "-1e400",
                "null",
                "1e-400",
                "-0.0",
                "false",
                "12345678901234567890");
        for (int i = 0; i < texts.size(); i++) {
            Json metrics = Json.parse("{\"m\": " + texts.get(i) + "}");
            units.answers(first, answer().item("i" + (char) ('a' + i)).metrics(metrics));
            units.answers(second, answer().item("i" + (char) ('a' + i)).metrics(Json.parse("{\"m\": 1}")));
        }
        units.answers(second, answer().item("z").metrics(Json.parse("{\"m\": 1}")));
        units.answers(first, answer().item("z"));

        PairedValues.Pairs pairs = comparisons
                .pairExperiments(List.of(first, second), ItemMetric.metric("m"), Pairing.ITEM)
                .pairs(0, 1);

        assertThat(pairs.leftOut()).isEqualTo(new PairedValues.LeftOut(0, List.of(0, 0), 2, 6));
        assertThat(pairs.values(0)).containsExactly(0, 0, 0, 12345678901234567890.0);
    }

    @Test
    void model_versions_are_paired_over_their_experiments_and_averaged_where_they_meet() {
        UUID one = units.modelVersion();
        UUID other = units.modelVersion();
        units.answers(
                first,
                answer().item("x").score(1).modelVersion(one),
                answer().item("y").score(0).modelVersion(other));
        units.answers(
                second,
                answer().item("x").score(0.5).modelVersion(one),
                answer().item("x", 1).score(0.25).modelVersion(other),
                answer().score(1).modelVersion(other));
        UUID deleted = units.experiment();
        units.answers(deleted, answer().item("y").score(9).modelVersion(one));
        database.admin("update evalstore.experiments set deleted_at = now() where id = '" + deleted + "'");
        List<UUID> both = List.of(one, other);

        PairedValues values = comparisons.pairModelVersions(both, ItemMetric.SCORE, Pairing.ITEM, EvaluationFilter.ALL);
        assertThat(values.unit()).isEqualTo(ComparisonUnit.MODEL_VERSION);
        assertThat(values.pairs(0, 1).values(0)).containsExactly(0.75);
        assertThat(values.pairs(0, 1).values(1)).containsExactly(0.25);
        assertThat(values.pairs(0, 1).leftOut().absentOf()).containsExactly(1, 0);
        assertThat(values.answers(1).withoutItem()).isEqualTo(1);
        PairedValues ofSecond = comparisons.pairModelVersions(
                both, ItemMetric.SCORE, Pairing.ITEM_AND_REPEAT, EvaluationFilter.ALL.experiment(second));
        assertThat(ofSecond.size()).isEqualTo(2);
        assertThat(ofSecond.value(0, 0)).isEqualTo(0.5);
        assertThat(ofSecond.pairs(0, 1).size()).isZero();
    }

    @Test
    void submissions_of_a_version_are_paired_by_case_key_for_whom_they_are_shown() {
        DefinitionVersion version = units.definitionVersion();
        UUID one = units.submission(
                version,
                NewCaseResult.of("a", true, 1).measured(CaseResult.Measured.UNKNOWN.latencyMs(10)),
                NewCaseResult.of("b", false, 0.25),
                NewCaseResult.of("c", true, 0.5));
        UUID other = units.submission(version, NewCaseResult.of("b", true, 0.75), NewCaseResult.of("a", false, 0));

        PairedValues values = comparisons.pairSubmissions(List.of(one, other), ItemMetric.SCORE, Viewer.ANONYMOUS);
        assertThat(values.unit()).isEqualTo(ComparisonUnit.SUBMISSION);
        assertThat(values.item(0)).isEqualTo("a");
        assertThat(values.pairs(0, 1).values(0)).containsExactly(1, 0.25);
        assertThat(values.pairs(0, 1).values(1)).containsExactly(0, 0.75);
        assertThat(values.pairs(0, 1).leftOut()).isEqualTo(new PairedValues.LeftOut(1, List.of(0, 1), 0, 0));
        PairedValues passed = comparisons.pairSubmissions(List.of(other, one), ItemMetric.PASSED, Viewer.PLATFORM);
        assertThat(passed.pairs(0, 1).values(0)).containsExactly(0, 1);
        PairedValues latency = comparisons.pairSubmissions(List.of(one, other), ItemMetric.LATENCY, Viewer.PLATFORM);
        assertThat(latency.pairs(0, 1).leftOut()).isEqualTo(new PairedValues.LeftOut(1, List.of(0, 1), 2, 0));

        units.hide(other);
        List<UUID> both = List.of(one, other);
        missing("submission", other, () -> comparisons.pairSubmissions(both, ItemMetric.SCORE, Viewer.ANONYMOUS));
        assertThat(comparisons
                        .pairSubmissions(both, ItemMetric.SCORE, Viewer.PLATFORM)
                        .size())
                .isEqualTo(3);
        UUID elsewhere = units.submission(
                units.definitionVersion(), NewCaseResult.of("a", true, 1), NewCaseResult.of("b", true, 1));
        refused(
                "submissions must be of one version",
                () -> comparisons.pairSubmissions(List.of(one, elsewhere), ItemMetric.SCORE, Viewer.PLATFORM));
        refused("metric", () -> comparisons.pairSubmissions(both, ItemMetric.RATING, Viewer.PLATFORM));
        refused("metric", () -> comparisons.pairSubmissions(both, ItemMetric.metric("f1"), Viewer.PLATFORM));
    }

    @Test
    void what_is_not_there_or_deleted_is_not_found() {
        UUID nobody = UUID.randomUUID();
        missing(
                "experiment",
                nobody,
                () -> comparisons.pairExperiments(List.of(first, nobody), ItemMetric.SCORE, Pairing.ITEM));
        missing(
                "model version",
                nobody,
                () -> comparisons.pairModelVersions(
                        List.of(nobody, units.modelVersion()), ItemMetric.SCORE, Pairing.ITEM, EvaluationFilter.ALL));
        units.answers(second, answer().item("x").score(1));
        db.tracking().experiments().delete(second);
        missing("experiment", second, () -> scores(Pairing.ITEM));
        missing(
                "submission",
                nobody,
                () -> comparisons.pairSubmissions(
                        List.of(nobody, UUID.randomUUID()), ItemMetric.SCORE, Viewer.PLATFORM));
    }

    @Test
    void bad_input_is_refused_by_its_name() {
        refused("experiments size", () -> comparisons.pairExperiments(List.of(first), ItemMetric.SCORE, Pairing.ITEM));
        List<UUID> many =
                IntStream.range(0, 101).mapToObj(i -> UUID.randomUUID()).toList();
        refused("experiments size", () -> comparisons.pairExperiments(many, ItemMetric.SCORE, Pairing.ITEM));
        refused(
                "modelVersions must name each unit once",
                () -> comparisons.pairModelVersions(
                        List.of(first, first), ItemMetric.SCORE, Pairing.ITEM, EvaluationFilter.ALL));
        refused("metric", () -> comparisons.pairExperiments(List.of(first, second), ItemMetric.PASSED, Pairing.ITEM));
        PairedValues values = scores(Pairing.ITEM);
        refused("units", () -> values.pairs(0));
        refused("units", () -> values.pairs(0, 0));
        refused("units", () -> values.pairs(0, 2));
        refused("row", () -> values.item(0));
        refused("row", () -> values.pairs(0, 1).repeat(-1));
        refused("unit", () -> values.answers(2));
        refused("unit", () -> values.pairs(0, 1).values(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "scores", "metrics", "metrics.", "metrics. ", "metadata.x", "SCORE", "score.x", "\0"})
    void a_metric_that_nothing_has_is_refused(String text) {
        refused("metric", () -> ItemMetric.of(text));
    }

    @Test
    void a_metric_is_its_text() {
        assertThat(ItemMetric.of("score")).isEqualTo(ItemMetric.SCORE);
        assertThat(ItemMetric.metric("f1").text()).isEqualTo("metrics.f1");
        assertThat(ItemMetric.judge("gpt-4").text()).isEqualTo("judge_scores.gpt-4");
        assertThat(ItemMetric.criterion("tone").text()).isEqualTo("criteria.tone");
        assertThat(ItemMetric.COST.higherIsBetter()).isFalse();
        assertThat(ItemMetric.LATENCY.higherIsBetter()).isFalse();
        assertThat(ItemMetric.RATING.higherIsBetter()).isTrue();
        assertThat(ItemMetric.metric("loss").higherIsBetter()).isTrue();
        refused("metric name", () -> ItemMetric.metric("x".repeat(201)));
        refused("judge name", () -> ItemMetric.judge(" "));
        refused("criterion name", () -> ItemMetric.criterion(""));
    }

    /** The name is an argument, whatever it looks like. */
    @Test
    void a_name_is_never_a_part_of_the_statement() {
        String odd = "x' || (select 1/0) || '?? -- ";
        Json metrics = Json.of(Map.of(odd, 1));
        units.answers(first, answer().item("x").metrics(metrics));
        units.answers(second, answer().item("x").metrics(metrics));
        PairedValues values = comparisons.pairExperiments(List.of(first, second), ItemMetric.metric(odd), Pairing.ITEM);
        assertThat(values.pairs(0, 1).values(0)).containsExactly(1);
    }
}
