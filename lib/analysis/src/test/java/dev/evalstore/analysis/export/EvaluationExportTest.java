package dev.evalstore.analysis.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.benchmark.Evaluation;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationOrder;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.tracking.FeedbackFilter;
import dev.evalstore.tracking.NewFeedback;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each format holds, read back by another program's reader. */
class EvaluationExportTest {
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
    void every_text_comes_back_as_it_was_in_every_format(ExportFormat format) {
        List<Evaluation> stored = world.addHostile();

        List<Map<String, String>> read = world.read(ALL.metadata().metrics("note", "f1"), format);

        assertThat(read).hasSameSizeAs(stored).hasSize(ExportWorld.HOSTILE.size());
        for (int i = 0; i < read.size(); i++) {
            Evaluation row = stored.get(i);
            Map<String, String> cells = read.get(i);
            assertThat(unguarded(format, cells.get("input"))).isEqualTo(row.input());
            assertThat(unguarded(format, cells.get("output"))).isEqualTo(row.output());
            assertThat(unguarded(format, cells.get("expected"))).isEqualTo(row.expected());
            assertThat(unguarded(format, cells.get("metrics.note"))).isEqualTo(row.input());
            assertThat(Double.parseDouble(cells.get("metrics.f1")))
                    .isEqualTo(((Number) row.metrics().asMap().get("f1")).doubleValue());
            assertThat(cells.get("score")).isEqualTo(number(row.score()));
            assertThat(cells.get("latency_ms")).isEqualTo(number(row.latencyMs()));
            assertThat(cells.get("id")).isEqualTo(row.id().toString());
            assertThat(cells.get("created_at")).isEqualTo(row.createdAt().toString());
            Json metadata = row.metadata();
            assertThat(
                            cells.get("metadata") == null
                                    ? null
                                    : Json.parse(cells.get("metadata")).asMap())
                    .isEqualTo(metadata == null ? null : metadata.asMap());
        }
    }

    private static @Nullable String unguarded(ExportFormat format, @Nullable String cell) {
        return cell == null || format != ExportFormat.CSV ? cell : FormulaGuard.remove(cell);
    }

    private static @Nullable String number(@Nullable Number value) {
        return value == null ? null : value.toString().replaceAll("\\.0$", "");
    }

    @Test
    void all_that_is_stored_of_an_evaluation_is_in_the_columns() {
        Evaluation row = world.db
                .evaluations()
                .create(NewEvaluation.of("acme", "adder", "2 + 2", "4")
                        .expected("4")
                        .item("sum-1", 3)
                        .score(-0.25)
                        .latencyMs(120)
                        .usage(7, 1, new BigDecimal("0.000120000"))
                        .metrics(Json.of(Map.of("f1", 1)))
                        .judgeScores(Json.of(Map.of("gpt-4", 0.5)))
                        .criteria(Json.of(Map.of("style", 4)))
                        .evaluatorVersion("1.2"));

        assertThat(world.text(ALL.metrics().metadata().feedback(), ExportFormat.CSV))
                .isEqualTo("id,benchmark_id,experiment_id,model_version_id,provider,model,item_key,repeat,input,output,"
                        + "expected,score,latency_ms,input_tokens,output_tokens,cost_usd,rating,judge_scores,criteria,"
                        + "evaluator_version,created_by,created_at,metrics,metadata,feedback\r\n"
                        + row.id() + ",,,,acme,adder,sum-1,3,2 + 2,4,4,-0.25,120,7,1,0.00012,,\"{\"\"gpt-4\"\": 0.5}\","
                        + "\"{\"\"style\"\": 4}\",1.2,," + row.createdAt() + ",\"{\"\"f1\"\": 1}\",,[]\r\n"
                        + "# end of export, rows: 1\r\n");
        assertThat(world.text(ALL.columns("item_key", "score", "cost_usd", "criteria", "rating"), ExportFormat.NDJSON))
                .isEqualTo("{\"item_key\":\"sum-1\",\"score\":-0.25,\"cost_usd\":0.00012,\"criteria\":{\"style\": 4},"
                        + "\"rating\":null}\n{\"end\":{\"rows\":1,\"cut\":false}}\n");
        assertThat(world.text(ALL.columns("item_key"), ExportFormat.JSON))
                .isEqualTo("[\n{\"item_key\":\"sum-1\"}\n]\n");
        assertThat(EvaluationExport.COLUMNS).hasSize(Evaluation.class.getRecordComponents().length + 1);
    }

    @Test
    void without_rows_csv_has_its_header_and_json_is_an_empty_array() {
        EvaluationExport two = ALL.columns("id", "score");
        assertThat(world.text(two, ExportFormat.CSV)).isEqualTo("id,score\r\n# end of export, rows: 0\r\n");
        assertThat(world.text(two, ExportFormat.CSV.endLine(false))).isEqualTo("id,score\r\n");
        assertThat(world.text(two, ExportFormat.JSON)).isEqualTo("[\n]\n");
        assertThat(world.text(two, ExportFormat.NDJSON)).isEqualTo("{\"end\":{\"rows\":0,\"cut\":false}}\n");
        assertThat(world.text(two, ExportFormat.NDJSON.endLine(false))).isEmpty();
    }

    @Test
    void no_cell_of_csv_begins_like_a_formula_unless_the_guard_is_off() {
        world.addHostile();
        EvaluationExport texts = ALL.columns("input", "metrics.note", "metadata", "score");
        for (Map<String, String> row : world.read(texts, ExportFormat.CSV)) {
            for (String column : List.of("input", "metrics.note", "metadata")) {
                String cell = row.get(column) == null ? "" : row.get(column);
                assertThat(cell).doesNotStartWith("=").doesNotStartWith("+").doesNotStartWith("-");
                assertThat(cell).doesNotStartWith("@").doesNotStartWith("\t").doesNotStartWith("\uFF1D");
                assertThat(cell).doesNotStartWith("\r").doesNotStartWith("\n");
            }
        }
        assertThat(world.read(texts, ExportFormat.CSV))
                .extracting(row -> row.get("score"))
                .contains("-0.5");
        assertThat(world.text(ALL.columns("input"), ExportFormat.CSV))
                .contains("\r\n'+1\r\n")
                .contains("\r\n'tis\r\n");
        String bare = world.text(ALL.columns("input"), ExportFormat.CSV.unguarded());
        assertThat(bare).contains("\r\n+1\r\n").contains("\"=HYPERLINK(\"\"http://example.org\"\",\"\"click\"\")\"");
    }

    @Test
    void an_only_column_without_a_value_still_has_a_line() {
        world.db.evaluations().create(NewEvaluation.of("p", "m", "i", "o"));
        world.db.evaluations().create(NewEvaluation.of("p", "m", "i", "o").score(1));
        assertThat(world.text(ALL.columns("score"), ExportFormat.CSV.endLine(false)))
                .isEqualTo("score\r\n1\r\n\"\"\r\n");
    }

    @Test
    void a_byte_order_mark_stands_first_where_it_is_wanted() {
        byte[] marked =
                world.bytes(ALL.columns("id"), ExportFormat.CSV.byteOrderMark().endLine(false));
        assertThat(marked).isEqualTo("\uFEFFid\r\n".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void every_order_of_the_lists_is_the_order_of_the_rows(EvaluationOrder order) {
        world.addHostile();
        EvaluationFilter some = EvaluationFilter.ALL.model("adder");
        List<String> expected =
                world.all(some, order).stream().map(row -> row.id().toString()).toList();
        assertThat(world.read(EvaluationExport.of(some).order(order).columns("id"), ExportFormat.JSON))
                .extracting(row -> row.get("id"))
                .isEqualTo(expected);
    }

    @Test
    void only_rows_that_the_filter_admits_are_written() {
        List<Evaluation> stored = world.addHostile();
        for (EvaluationFilter filter : List.of(
                EvaluationFilter.ALL.score(0.0, null),
                EvaluationFilter.ALL.text("line"),
                EvaluationFilter.ALL.cost(null, new BigDecimal("0.000000002")),
                EvaluationFilter.ALL.created(stored.get(0).createdAt(), null).provider("acme"),
                EvaluationFilter.ALL.experiments(List.of()))) {
            assertThat(world.read(EvaluationExport.of(filter).columns("id"), ExportFormat.NDJSON))
                    .extracting(row -> row.get("id"))
                    .isEqualTo(world.all(filter, EvaluationOrder.NEWEST).stream()
                            .map(row -> row.id().toString())
                            .toList());
        }
    }

    @Test
    void nothing_caps_the_rows_but_a_maximum() throws Exception {
        world.fill(23_456);
        for (ExportFormat format : ExportWorld.formats().toList()) {
            assertThat(world.read(ALL.columns("id"), format)).hasSize(23_456).doesNotHaveDuplicates();
        }
    }

    @Test
    void rows_and_feedback_that_are_stored_meanwhile_are_not_among_them() throws Exception {
        world.fill(5_000);
        StoringStream storing = new StoringStream(world, world.all(EvaluationFilter.ALL, EvaluationOrder.NEWEST));
        ExportSummary summary = ALL.feedback().toStream(world.db, storing, ExportFormat.NDJSON);
        assertThat(storing.stored).isPositive();
        assertThat(summary).isEqualTo(new ExportSummary(5_000, false));
        assertThat(ExportWorld.read(storing.toByteArray(), ExportFormat.NDJSON))
                .hasSize(5_000)
                .extracting(row -> row.get("feedback"))
                .containsOnly("[]");
        assertThat(world.db.tracking().feedback().count(FeedbackFilter.ALL)).isEqualTo(1);
    }

    /** Each time something is written to it, stores an evaluation, and feedback on the last one that is written. */
    private static final class StoringStream extends ByteArrayOutputStream {
        private final ExportWorld world;
        private final UUID last;
        private int stored;

        StoringStream(ExportWorld world, List<Evaluation> rows) {
            this.world = world;
            this.last = rows.get(rows.size() - 1).id();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            world.db.evaluations().create(NewEvaluation.of("late", "late", "late", "late"));
            if (stored++ == 0) {
                world.db.tracking().feedback().give(NewFeedback.of(last).rating(1));
            }
        }
    }
}
