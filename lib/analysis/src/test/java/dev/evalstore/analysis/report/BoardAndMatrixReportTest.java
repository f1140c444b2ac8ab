package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.NotFoundException;
import dev.evalstore.Repositories;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.ConfidenceInterval;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.Criterion;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.matrix.Percentiles;
import dev.evalstore.matrix.ResultFilter;
import dev.evalstore.testing.LocalServer;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BoardAndMatrixReportTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");
    private static final LocalDate DAY = LocalDate.of(2026, 3, 1);

    private static LocalServer server;
    private static Database db;

    @BeforeAll
    static void start() {
        server = LocalServer.start();
        db = Database.open(DatabaseConfig.builder(server.url()).build());
        db.migrate();
    }

    @AfterAll
    static void stop() {
        db.close();
        server.close();
    }

    @Test
    void a_leaderboard_has_every_entry_with_rank_tier_and_interval() throws Exception {
        DefinitionVersion version = version("adding", PrimaryMetric.of("accuracy", "Share of right sums.", "accuracy"));
        submit(version, "Ωμέγα", 0.91, new ConfidenceInterval(0.89, 0.93, 0.95));
        submit(version, "Жук <b>", 0.90, new ConfidenceInterval(0.88, 0.92, 0.95));
        submit(version, "third", 0.5, null);
        submit(version, "equal", 0.5, null);
        Report report = Report.ofLeaderboard(db, Leaderboard.of(version.id(), Board.OVERALL), Viewer.ANONYMOUS);
        assertThat(report.document().title()).isEqualTo("Name of adding 1.0.0: overall leaderboard");
        DataTable table = tables(report).get(1);
        assertThat(table.columns().stream().map(DataTable.Column::label))
                .containsExactly(
                        "Model",
                        "Rank",
                        "Tier",
                        "Score",
                        "95 % interval",
                        "Verification",
                        "Official",
                        "Submitter",
                        "Submitted");
        assertThat(table.columns().get(8).alignment())
                .as("a date is not broken")
                .isEqualTo(DataTable.Alignment.NUMBER);
        assertThat(table.rows().stream().map(row -> row.subList(0, 8)))
                .containsExactly(
                        ReportFixtures.row(
                                "Acme / Ωμέγα", "1", "1", "0.9100", "[0.8900, 0.9300]", "unverified", "no", "x"),
                        ReportFixtures.row(
                                "Acme / Жук <b>", "2", "1", "0.9000", "[0.8800, 0.9200]", "unverified", "no", "x"),
                        ReportFixtures.row("Acme / third", "3", "2", "0.5000", null, "unverified", "no", "x"),
                        ReportFixtures.row("Acme / equal", "3", "2", "0.5000", null, "unverified", "no", "x"));
        assertThat(figures(report))
                .singleElement()
                .satisfies(figure -> assertThat(figure.alternative()).contains("Acme / Ωμέγα", "Acme / equal"));
        assertBoth(report, "Acme / Ωμέγα", "Acme / Жук <b>", "Acme / equal", "Share of right sums.");
    }

    /** Else the version would stand before the name. */
    @Test
    void a_name_from_right_to_left_and_its_version_are_kept_apart() {
        assertThat(LeaderboardContent.name(
                        SubmittedModel.of("Acme", "דגם בעברית").version("v<1>")))
                .isEqualTo("Acme / \u2068דגם בעברית\u2069 v<1>");
        assertThat(LeaderboardContent.name(SubmittedModel.of("Acme", "gpt").version("גרסה")))
                .isEqualTo("Acme / gpt \u2068גרסה\u2069");
    }

    @Test
    void a_leaderboard_of_more_models_than_a_page_has_them_all() {
        DefinitionVersion version = version(
                "many", PrimaryMetric.of("latency", "Time.", "time").unit("ms").higherIsBetter(false));
        db.useTransaction(tx -> {
            for (int i = 0; i < 43; i++) {
                submit(tx, version, "model-%02d".formatted(i), 1_000 + i, null);
            }
        });
        Report report =
                Report.of(LeaderboardContent.of(db, Leaderboard.of(version.id(), Board.OVERALL), Viewer.PLATFORM, 10));
        DataTable table = tables(report).get(1);
        assertThat(table.rows().stream().map(row -> row.subList(0, 3)))
                .containsExactlyElementsOf(IntStream.range(0, 43)
                        .mapToObj(i -> List.of("Acme / model-%02d".formatted(i), i + 1 + "", "1,0%02d".formatted(i)))
                        .toList());
        assertThat(table.columns().stream().map(DataTable.Column::label))
                .contains("Score (ms)")
                .doesNotContain("Tier");
        assertThat(figures(report).get(0).caption()).isEqualTo("Scores of the first 30 of 43 models");
    }

    @Test
    void a_leaderboard_without_entries_says_so_and_one_that_does_not_exist_is_refused() throws Exception {
        DefinitionVersion version = version("empty", PrimaryMetric.of("accuracy", "Accuracy.", "accuracy"));
        Report report = Report.ofLeaderboard(db, Leaderboard.of(version.id(), Board.AUDITED), Viewer.PLATFORM);
        assertBoth(report, "No submission is on this board.");
        assertThatThrownBy(() ->
                        Report.ofLeaderboard(db, Leaderboard.of(UUID.randomUUID(), Board.OVERALL), Viewer.PLATFORM))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_matrix_has_the_newest_of_each_combination_with_cost_and_front() throws Exception {
        UUID dear = machine("H100", "4.00");
        UUID cheap = machine("T4", "0.40");
        UUID framework = framework("vllm");
        Combination good = combination("good", dear, framework);
        Combination small = combination("small", cheap, framework);
        Combination beaten = combination("beaten", dear, framework);
        Combination offline = combination("offline", cheap, framework);
        record(good, DAY.minusDays(1), 10.0, 900.0, 0.1);
        record(good, DAY, 50.0, 1_000.0, 0.9);
        record(small, DAY, 80.0, 200.0, 0.6);
        record(beaten, DAY, 90.0, 500.0, 0.5);
        record(offline, DAY, null, null, 0.7);
        Report report = Report.ofMatrix(db, "Matrix Ωμέγα", ResultFilter.ALL.framework(framework));
        assertThat(tables(report))
                .singleElement()
                .satisfies(table -> assertThat(table.rows())
                        .containsExactly(
                                row("small 1.0.0 BF16", "1", "1 × T4 (Cloud)", "0.556", "0.40", "0.6000", "80", "200"),
                                row(
                                        "good 1.0.0 BF16",
                                        "1",
                                        "1 × H100 (Cloud)",
                                        "1.111",
                                        "4.00",
                                        "0.9000",
                                        "50",
                                        "1,000"),
                                row(
                                        "beaten 1.0.0 BF16",
                                        "2",
                                        "1 × H100 (Cloud)",
                                        "2.222",
                                        "4.00",
                                        "0.5000",
                                        "90",
                                        "500"),
                                row("offline 1.0.0 BF16", null, "1 × T4 (Cloud)", null, "0.40", "0.7000", null, null)));
        assertThat(figures(report)).hasSize(2);
        assertThat(figures(report).get(0).caption()).isEqualTo("Cost against accuracy, 3 of 4 combinations");
        assertThat(texts(report))
                .contains("5 results of 4 combinations")
                .contains("2 of them are on the first Pareto front")
                .contains("1 lack one of these measures");
        assertBoth(report, "Matrix Ωμέγα", "good 1.0.0 BF16", "beaten 1.0.0 BF16", "offline 1.0.0 BF16");
    }

    @Test
    void points_of_a_matrix_are_called_by_all_in_which_they_differ() {
        UUID machine = machine("A100", "2.00");
        UUID framework = framework("framework of batches");
        Combination one = combination("batches", machine, framework);
        for (int batch : List.of(1, 4, 16, 64)) {
            record(
                    new Combination(
                            one.modelVersionId(), machine, framework, one.workloadType(), batch, one.sequenceLength()),
                    DAY,
                    10.0 * batch,
                    100.0 * batch,
                    0.5);
        }
        Figure figure = figures(Report.ofMatrix(db, "Batches", ResultFilter.ALL.framework(framework)))
                .get(1);

        assertThat(figure.alternative())
                .contains("batches 1.0.0 BF16, ", ", 1 × ", ", 4 × ", ", 16 × ", ", 64 × ")
                .doesNotContain("A100", "framework of batches");
        assertThat(figure.drawing().shapes())
                .filteredOn(shape ->
                        shape instanceof Drawing.Label label && label.text().startsWith("batches"))
                .extracting(shape -> ((Drawing.Label) shape).text())
                .hasSize(4)
                .doesNotHaveDuplicates();
    }

    @Test
    void a_matrix_is_compared_by_the_measures_that_are_asked_for() {
        UUID machine = machine("L4", "1.00");
        UUID framework = framework("sglang");
        record(combination("fast", machine, framework), DAY, 10.0, 100.0, 0.5);
        record(combination("exact", machine, framework), DAY, 20.0, 100.0, 0.8);
        Report report =
                Report.ofMatrix(db, "By accuracy", ResultFilter.ALL.framework(framework), List.of(Criterion.ACCURACY));
        assertThat(tables(report).get(0).rows().stream().map(row -> row.get(0) + " " + row.get(1)))
                .containsExactly("exact 1.0.0 BF16 1", "fast 1.0.0 BF16 2");
        assertThatThrownBy(() -> Report.ofMatrix(
                        db, "Other", ResultFilter.ALL.framework(framework), List.of(Criterion.benefit("beauty"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("criteria");
    }

    @Test
    void a_machine_that_was_removed_is_called_by_its_id_and_has_no_price() {
        UUID machine = machine("A10", "1.00");
        UUID framework = framework("removed");
        record(combination("left", machine, framework), DAY, 10.0, 100.0, 0.5);
        assertThat(db.catalog().hardware().delete(machine)).isTrue();
        List<@Nullable String> row = tables(Report.ofMatrix(db, "Removed", ResultFilter.ALL.framework(framework)))
                .get(0)
                .rows()
                .get(0);
        assertThat(row.get(2)).isEqualTo(machine.toString());
        assertThat(row.subList(5, 7)).containsOnlyNulls();
    }

    @Test
    void a_matrix_without_results_says_so() throws Exception {
        Report report = Report.ofMatrix(db, "Nothing", ResultFilter.ALL.framework(UUID.randomUUID()));
        assertBoth(report, "No result is among those that were asked for.");
    }

    /** A row without the framework, the load, the further token and the day, which are the same in all. */
    private static List<@Nullable String> row(@Nullable String... cells) {
        List<@Nullable String> row = new ArrayList<>(List.of(cells[0] == null ? "" : cells[0]));
        row.add(cells[1]);
        row.add(cells[2]);
        row.add("vllm 1");
        row.add("chatbot, 8 × 2,048");
        row.add(cells[3]);
        row.add(cells[4]);
        row.add(cells[5]);
        row.add(cells[6]);
        row.add(null);
        row.add(cells[7]);
        row.add("2026-03-01");
        return row;
    }

    /** Both files hold the texts, and the HTML is valid. */
    private static void assertBoth(Report report, String... texts) throws Exception {
        ByteArrayOutputStream html = new ByteArrayOutputStream();
        report.writeHtml(html);
        assertThat(HtmlCheck.problems(html.toString(StandardCharsets.UTF_8))).isEmpty();
        byte[] pdf = ReadPdf.write(report.document(), PdfOptions.DEFAULT);
        assertThat(ReadPdf.text(pdf).replaceAll("\\s+", " ")).contains(texts);
        assertThat(ReadPdf.beyondMargins(pdf, 50)).isEmpty();
    }

    private static DefinitionVersion version(String slug, PrimaryMetric metric) {
        UUID definition = db.exchange()
                .definitions()
                .create(
                        NewBenchmarkDefinition.of(
                                slug, "Name of " + slug, "Measures something.", DefinitionCategory.ACCURACY, "MIT"),
                        "1.0.0",
                        NewDefinitionVersion.of("The first version.", metric)
                                .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0)))
                .id();
        db.exchange().definitions().submitForReview(definition);
        db.exchange().definitions().activate(definition);
        return db.exchange().definitions().latest(definition).orElseThrow();
    }

    private static void submit(
            DefinitionVersion version, String model, double score, @Nullable ConfidenceInterval interval) {
        submit(db, version, model, score, interval);
    }

    private static void submit(
            Repositories to,
            DefinitionVersion version,
            String model,
            double score,
            @Nullable ConfidenceInterval interval) {
        NewSubmission.Results results = NewSubmission.Results.of(score)
                .metrics(List.of(SubmissionMetric.of(version.primaryMetric().name(), score)));
        to.exchange()
                .submissions()
                .submit(NewSubmission.of(
                                version,
                                SubmittedModel.of("Acme", model),
                                NewSubmission.Submitter.named("x"),
                                new NewSubmission.Run("run-" + model, BEGIN, BEGIN.plusSeconds(60)),
                                score)
                        .results(interval == null ? results : results.confidenceInterval(interval)));
    }

    private static UUID machine(String gpu, String price) {
        return db.catalog()
                .hardware()
                .create(NewHardwareConfig.of("Cloud", gpu, 1, BigDecimal.valueOf(80), new BigDecimal(price)))
                .id();
    }

    private static UUID framework(String name) {
        return db.catalog()
                .frameworks()
                .create(NewInferenceFramework.of(name, "1"))
                .id();
    }

    private static Combination combination(String model, UUID machine, UUID framework) {
        UUID id =
                db.catalog().models().create(NewModel.of(model, ModelKind.OPEN)).id();
        UUID version = db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(id, Quantization.BF16, ModelFormat.SAFETENSORS))
                .id();
        return new Combination(version, machine, framework, "chatbot", 8, 2_048);
    }

    private static void record(
            Combination combination,
            LocalDate day,
            @Nullable Double ttft,
            @Nullable Double throughput,
            double accuracy) {
        db.matrix()
                .results()
                .record(
                        combination,
                        new NewBenchmarkResult(
                                day,
                                ttft == null ? null : new Percentiles(ttft / 2, ttft, ttft * 2),
                                null,
                                throughput,
                                null,
                                accuracy,
                                null,
                                null));
    }

    private static List<DataTable> tables(Report report) {
        return all(report.document().parts(), DataTable.class);
    }

    private static List<Figure> figures(Report report) {
        return all(report.document().parts(), Figure.class);
    }

    private static String texts(Report report) {
        List<Part> parts = report.document().parts();
        StringBuilder text = new StringBuilder();
        all(parts, Paragraph.class).forEach(paragraph -> text.append(paragraph.text()));
        all(parts, Note.class).forEach(note -> text.append(note.text()));
        return text.toString();
    }

    private static <T extends Part> List<T> all(List<Part> parts, Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Section section) {
                found.addAll(all(section.parts(), type));
            } else if (type.isInstance(part)) {
                found.add(type.cast(part));
            }
        }
        return found;
    }
}
