package dev.evalstore.analysis.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.account.NewUser;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationOrder;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.tracking.Feedback;
import dev.evalstore.tracking.NewFeedback;
import dev.evalstore.tracking.Thumbs;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Each option in each format, and what is refused. */
class ExportOptionsTest {
    private static final EvaluationExport ALL = EvaluationExport.of(EvaluationFilter.ALL);
    private static ExportWorld world;

    @BeforeAll
    static void start() {
        world = new ExportWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @BeforeEach
    void empty() {
        world.empty();
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void metadata_metrics_and_feedback_are_there_when_asked_for_and_only_then(ExportFormat format) {
        world.db
                .evaluations()
                .create(NewEvaluation.of("p", "m", "i", "o")
                        .metrics(Json.of(Map.of("f1", 0.5)))
                        .metadata(Json.of(Map.of("seed", 42))));
        EvaluationExport one = ALL.columns("model");

        assertThat(row(one, format)).containsOnlyKeys("model");
        assertThat(row(one.metadata(), format)).containsOnlyKeys("model", "metadata");
        assertThat(tree(row(one.metadata(), format).get("metadata"))).isEqualTo(tree("{\"seed\":42}"));
        assertThat(tree(row(one.metrics(), format).get("metrics"))).isEqualTo(tree("{\"f1\":0.5}"));
        assertThat(row(one.metrics("f1", "bleu"), format))
                .containsEntry("metrics.f1", "0.5")
                .containsEntry("metrics.bleu", null);
        assertThat(row(one.feedback(), format)).containsEntry("feedback", "[]");
        assertThat(row(ALL, format).keySet()).doesNotContain("metadata", "metrics", "feedback");
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void columns_come_in_the_order_in_which_they_are_named_and_the_added_ones_behind(ExportFormat format) {
        world.db.evaluations().create(NewEvaluation.of("p", "m", "i", "o").score(1));
        assertThat(row(ALL.metadata().feedback().metrics("a").columns("score", "metadata", "id"), format)
                        .keySet())
                .containsExactly("score", "metadata", "id", "feedback", "metrics.a");
        assertThat(row(ALL.columns("metrics.a.b", "model").metrics("a.b"), format)
                        .keySet())
                .containsExactly("metrics.a.b", "model");
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void a_maximum_keeps_the_first_rows_of_the_order_and_says_that_there_are_more(ExportFormat format)
            throws Exception {
        for (int i = 0; i < 7; i++) {
            world.db.evaluations().create(NewEvaluation.of("p", "m", "i", "o").score(i));
        }
        EvaluationExport best = ALL.order(EvaluationOrder.HIGHEST_SCORE).columns("score");
        assertThat(world.read(best.maximum(3), format))
                .extracting(row -> row.get("score"))
                .containsExactly("6", "5", "4");
        assertThat(world.read(best.maximum(7), format)).hasSize(7);
        assertThat(best.maximum(3).toStream(world.db, java.io.OutputStream.nullOutputStream(), format))
                .isEqualTo(new ExportSummary(3, true));
        assertThat(best.maximum(7).toStream(world.db, java.io.OutputStream.nullOutputStream(), format))
                .isEqualTo(new ExportSummary(7, false));
        assertThat(best.feedback().maximum(3).toStream(world.db, java.io.OutputStream.nullOutputStream(), format))
                .isEqualTo(new ExportSummary(3, true));
        if (format != ExportFormat.JSON) {
            assertThat(world.text(best.maximum(3), format))
                    .endsWith(
                            format == ExportFormat.CSV
                                    ? "# end of export, rows: 3, cut at the maximum\r\n"
                                    : "{\"end\":{\"rows\":3,\"cut\":true}}\n");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void feedback_is_that_of_its_evaluation_the_oldest_first(ExportFormat format) {
        UUID user = world.db
                .users()
                .create(NewUser.of(UUID.randomUUID() + "@example.org", "u" + System.nanoTime()))
                .id();
        // More evaluations than are asked about at once, and more feedback on one of them than a page has.
        world.fill(1_200);
        List<UUID> ids = world.all(EvaluationFilter.ALL, EvaluationOrder.NEWEST).stream()
                .map(row -> row.id())
                .toList();
        Feedback first = world.db
                .tracking()
                .feedback()
                .give(NewFeedback.of(ids.get(700))
                        .user(user)
                        .rating(4)
                        .thumbs(Thumbs.UP)
                        .comment("=fine, \"really\"")
                        .criteria(Json.of(Map.of("style", 2))));
        world.db.tracking().feedback().give(NewFeedback.of(ids.get(700)).rating(1));
        world.execute("insert into evalstore.evaluation_feedback (evaluation_id, thumbs, created_at)" + " select '"
                + ids.get(3) + "', 'down', now() + i * interval '1 second' from generate_series(1, 1100) i");

        List<Map<String, String>> rows = world.read(ALL.columns("id").feedback(), format);

        assertThat(rows)
                .hasSize(1_200)
                .extracting(row -> row.get("id"))
                .isEqualTo(ids.stream().map(UUID::toString).toList());
        JsonNode two = tree(rows.get(700).get("feedback"));
        assertThat(two).hasSize(2);
        assertThat(two.get(0))
                .isEqualTo(tree("{\"user_id\":\"" + user + "\",\"rating\":4,\"thumbs\":\"up\","
                        + "\"comment\":\"=fine, \\\"really\\\"\",\"criteria\":{\"style\":2},\"created_at\":\""
                        + first.createdAt()
                        + "\",\"updated_at\":\"" + first.updatedAt() + "\"}"));
        assertThat(two.get(1).get("rating").asInt()).isEqualTo(1);
        assertThat(two.get(1).get("user_id").isNull()).isTrue();
        JsonNode many = tree(rows.get(3).get("feedback"));
        assertThat(many).hasSize(1_100);
        assertThat(many.get(0).get("created_at").asString())
                .isLessThan(many.get(1_099).get("created_at").asString());
        assertThat(rows.stream().filter(row -> !row.get("feedback").equals("[]")))
                .hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void a_metric_of_its_own_column_keeps_every_digit_and_its_kind(ExportFormat format) {
        world.db.evaluations().create(NewEvaluation.of("p", "m", "i", "o").metrics(Json.parse("""
                {"other": {"long": [1, {"deep": "}"}]}, "long": 0.12345678901234567890123456789, "yes": true, "none": null,
                 "list": [1, "two, \\"three\\""], "text": "-1\\n", "minus": -2, "empty": ""}""")));
        Map<String, String> row = row(ALL.metrics("long", "yes", "none", "list", "text", "minus", "empty"), format);
        if (format == ExportFormat.CSV) {
            assertThat(row).containsEntry("metrics.long", "0.12345678901234567890123456789");
        } else {
            assertThat(world.text(ALL.metrics("long"), format)).contains("0.12345678901234567890123456789");
        }
        assertThat(row)
                .containsEntry("metrics.yes", "true")
                .containsEntry("metrics.none", null)
                .containsEntry("metrics.minus", "-2")
                .containsEntry("metrics.empty", "")
                .containsEntry("metrics.text", format == ExportFormat.CSV ? "'-1\n" : "-1\n");
        assertThat(tree(row.get("metrics.list"))).isEqualTo(tree("[1, \"two, \\\"three\\\"\"]"));
    }

    /** Of which Jackson refuses both where it is not told otherwise. */
    @Test
    void a_metric_is_found_beside_names_of_one_hash_and_a_value_of_many_levels() {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 512; i++) {
            // In a hash of powers of 33, "ab" equals "bA".
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 9; bit++) {
                name.append((i >> bit & 1) == 0 ? "ab" : "bA");
            }
            names.append('"').append(name).append("\": 1, ");
        }
        world.execute("insert into evalstore.evaluations (provider, model, input, output, metrics)"
                + " values ('p', 'm', 'i', 'o', ('{" + names + "\"deep\": ' || repeat('[', 4000) || repeat(']', 4000)"
                + " || ', \"z" + "z".repeat(20) + "\": 7}')::jsonb)");
        String last = "z".repeat(21);
        assertThat(row(ALL.columns("metrics." + last), ExportFormat.CSV)).containsEntry("metrics." + last, "7");
        assertThat(row(ALL.columns("metrics.deep"), ExportFormat.CSV).get("metrics.deep"))
                .isEqualTo("[".repeat(4_000) + "]".repeat(4_000));
    }

    @Test
    void bad_input_is_refused_by_its_name() {
        refused("columns", ALL::columns);
        refused("columns", () -> ALL.columns("id", "secret"));
        refused("columns", () -> ALL.columns("id", "id"));
        refused("columns", () -> ALL.columns("metrics."));
        refused("columns", () -> ALL.columns("metrics.\0"));
        refused("columns", () -> ALL.columns("metrics." + "x".repeat(201)));
        refused(
                "columns",
                () -> ALL.columns(Stream.iterate(0, i -> i + 1)
                        .limit(201)
                        .map(i -> "metrics." + i)
                        .toList()));
        refused("metrics", () -> ALL.metrics(new String[0]));
        refused("metrics", () -> ALL.metrics("f1", "f1"));
        refused("metrics", () -> ALL.metrics(" "));
        refused("metrics", () -> ALL.metrics("\uD83D"));
        refused("maximum", () -> ALL.maximum(0));
        refused("maximum", () -> ALL.maximum(-1));
        assertThat(ALL.maximum(Long.MAX_VALUE)).isNotNull();
        refused("unguarded", ExportFormat.JSON::unguarded);
        refused("byteOrderMark", ExportFormat.NDJSON::byteOrderMark);
        refused("endLine", () -> ExportFormat.JSON.endLine(true));
        assertThatThrownBy(() -> ALL.columns("id", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("columns");
        assertThatThrownBy(() -> ALL.order(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("order");
        assertThatThrownBy(() -> EvaluationExport.of(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("filter");
        assertThatThrownBy(() -> ALL.columns("a secret")).message().doesNotContain("a secret");
    }

    @Test
    void no_row_of_calls_makes_more_than_200_columns() {
        String[] many =
                Stream.iterate(0, i -> i + 1).limit(200).map(i -> "m" + i).toArray(String[]::new);
        EvaluationExport full = ALL.columns("id").metrics(java.util.Arrays.copyOf(many, 199));

        assertThat(world.text(full, ExportFormat.CSV)
                        .lines()
                        .findFirst()
                        .orElseThrow()
                        .split(","))
                .hasSize(200);
        refused("metrics", () -> full.metrics("one more"));
        refused("metrics", full::metrics);
        refused("metadata", full::metadata);
        refused("feedback", full::feedback);
        refused("columns", () -> full.columns("id", "model"));
        refused("metrics", () -> ALL.metrics(many));
        // What is there already is none more.
        assertThat(full.metrics("m7").columns("metrics.m7")).isNotNull();
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(field);
    }

    @Test
    void a_call_changes_another_export_and_never_this_one() {
        EvaluationExport one = ALL.columns("id");
        one.columns("model").metadata();
        one.maximum(1);
        world.db.evaluations().createAll(Collections.nCopies(2, NewEvaluation.of("p", "m", "i", "o")));
        assertThat(world.read(one, ExportFormat.JSON))
                .hasSize(2)
                .allMatch(row -> row.keySet().equals(java.util.Set.of("id")));
        ExportFormat.CSV.unguarded().byteOrderMark().endLine(false);
        assertThat(world.text(one, ExportFormat.CSV)).startsWith("id\r\n").contains("# end");
    }

    private static Map<String, String> row(Export<?> export, ExportFormat format) {
        return world.read(export, format).get(0);
    }

    private static JsonNode tree(String json) {
        return ExportWorld.MAPPER.readTree(json);
    }
}
