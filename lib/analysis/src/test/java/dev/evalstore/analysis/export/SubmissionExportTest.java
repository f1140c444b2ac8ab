package dev.evalstore.analysis.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.exchange.CaseResult;
import dev.evalstore.exchange.CaseResultFilter;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.SubmissionMetadata;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.testing.faults.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Case results of a submission, of more cases than a page has. */
class SubmissionExportTest {
    private static final int CASES = 1_234;
    private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");
    private static ExportWorld world;
    private static UUID submission;

    @BeforeAll
    static void start() {
        world = new ExportWorld();
        List<NewTestCase> cases = new ArrayList<>();
        List<NewCaseResult> results = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            cases.add(NewTestCase.of("case-" + i, "Case " + i, "?").sortOrder(CASES - i));
            NewCaseResult result =
                    i % 2 == 0 ? NewCaseResult.passed("case-" + i) : NewCaseResult.of("case-" + i, false, 0.25);
            results.add(
                    i > 0
                            ? result
                            : result.latencyMs(12)
                                    .usage(5, 2, new BigDecimal("0.0001"))
                                    .evidence(CaseResult.Evidence.NONE
                                            .error("timeout", "-late")
                                            .output("=1, \"2\"\r\n")
                                            .truncated()
                                            .details(Json.of(Map.of("tries", 2)))));
        }
        submission = submit("first", cases, results);
    }

    private static UUID submit(String slug, List<NewTestCase> cases, List<NewCaseResult> results) {
        UUID definition = world.db
                .exchange()
                .definitions()
                .create(
                        NewBenchmarkDefinition.of(
                                slug, "Name of " + slug, "Measures something.", DefinitionCategory.ACCURACY, "MIT"),
                        "1.0.0",
                        NewDefinitionVersion.of(
                                        "The first.",
                                        PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"))
                                .cases(cases))
                .id();
        world.db.exchange().definitions().submitForReview(definition);
        world.db.exchange().definitions().activate(definition);
        DefinitionVersion version =
                world.db.exchange().definitions().latest(definition).orElseThrow();
        double mean =
                results.stream().mapToDouble(NewCaseResult::score).average().orElseThrow();
        return world.db
                .exchange()
                .submissions()
                .submit(NewSubmission.of(
                                version,
                                SubmittedModel.of("Acme", "Adder"),
                                NewSubmission.Submitter.named("somebody"),
                                new NewSubmission.Run("run-1", BEGIN, BEGIN.plusSeconds(60)),
                                mean)
                        .cases(results)
                        .metrics(List.of(SubmissionMetric.of("tokens/s", 12.5), SubmissionMetric.of("f1", 0.5)))
                        .metadata(List.of(new SubmissionMetadata("seed", Json.parse("[1, 2]"), "run"))))
                .submission()
                .id();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static SubmissionExport all() {
        return SubmissionExport.of(submission, Viewer.PLATFORM);
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void every_case_result_is_a_row_in_the_order_of_the_cases(ExportFormat format) {
        List<Map<String, String>> rows = world.read(all(), format);
        assertThat(rows)
                .hasSize(CASES)
                .extracting(row -> row.get("case_key"))
                .isEqualTo(Stream.iterate(CASES - 1, i -> i - 1)
                        .limit(CASES)
                        .map(i -> "case-" + i)
                        .toList());
        assertThat(rows.get(CASES - 1))
                .containsEntry("submission_id", submission.toString())
                .containsEntry("passed", "true")
                .containsEntry("score", "1")
                .containsEntry("latency_ms", "12")
                .containsEntry("cost_usd", "0.0001")
                .containsEntry("error_kind", "timeout")
                .containsEntry("error", format == ExportFormat.CSV ? "'-late" : "-late")
                .containsEntry("output", format == ExportFormat.CSV ? "'=1, \"2\"\r\n" : "=1, \"2\"\r\n")
                .containsEntry("output_truncated", "true")
                .doesNotContainKeys("metrics", "metadata");
        assertThat(rows.get(0))
                .containsEntry("passed", "false")
                .containsEntry("score", "0.25")
                .containsEntry("output", null);
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void its_options_are_honoured(ExportFormat format) throws Exception {
        SubmissionExport some = all().columns("case_key").metadata().metrics().metrics("f1", "none");
        assertThat(world.read(some.maximum(2), format)).hasSize(2).allSatisfy(row -> {
            assertThat(row.keySet()).containsExactly("case_key", "metadata", "metrics", "metrics.f1", "metrics.none");
            assertThat(ExportWorld.MAPPER
                            .readTree(row.get("metadata"))
                            .at("/seed/1")
                            .asInt())
                    .isEqualTo(2);
            assertThat(ExportWorld.MAPPER
                            .readTree(row.get("metrics"))
                            .get("tokens/s")
                            .asDouble())
                    .isEqualTo(12.5);
            assertThat(row).containsEntry("metrics.f1", "0.5").containsEntry("metrics.none", null);
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(all().maximum(1_000).toStream(world.db, out, format)).isEqualTo(new ExportSummary(1_000, true));
        assertThat(all().maximum(CASES).toStream(world.db, out, format)).isEqualTo(new ExportSummary(CASES, false));
        assertThat(world.read(all().cases(CaseResultFilter.ALL.errorKind("timeout")), format))
                .hasSize(1);
        assertThat(world.read(all().cases(CaseResultFilter.ALL.passed(false)), format))
                .hasSize(CASES / 2);
    }

    @Test
    void outputs_of_200_kilobytes_are_streamed_at_a_heap_of_48_megabytes() throws Exception {
        List<NewTestCase> cases = new ArrayList<>();
        List<NewCaseResult> results = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            cases.add(NewTestCase.of("case-" + i, "Case " + i, "?").sortOrder(i));
            results.add(NewCaseResult.passed("case-" + i));
        }
        UUID wordy = submit("wordy", cases, results);
        world.execute("update evalstore.submission_cases set output = repeat('answer, ', 25000) where submission_id = '"
                + wordy + "'");
        assertThat(ChildJvm.output(Child.class, List.of("-Xmx48m"), world.server.url(), wordy.toString()))
                .isEqualToIgnoringNewLines(new ExportSummary(300, false).toString());
    }

    /** Exports the submission to nowhere. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            DatabaseConfig config = DatabaseConfig.builder(args[0]).poolSize(1).build();
            try (Database db = Database.open(config)) {
                System.out.println(SubmissionExport.of(UUID.fromString(args[1]), Viewer.PLATFORM)
                        .toStream(db, OutputStream.nullOutputStream(), ExportFormat.CSV));
            }
        }
    }

    @Test
    void what_the_viewer_may_not_see_is_not_found_and_nothing_is_written() {
        world.db.exchange().submissions().changeVisibility(submission, SubmissionVisibility.PRIVATE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() ->
                        SubmissionExport.of(submission, Viewer.ANONYMOUS).toStream(world.db, out, ExportFormat.CSV))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> SubmissionExport.of(UUID.randomUUID(), Viewer.PLATFORM)
                        .toStream(world.db, out, ExportFormat.CSV))
                .isInstanceOf(NotFoundException.class);
        assertThat(out.size()).isZero();
    }

    @Test
    void bad_input_is_refused_by_its_name() {
        assertThatThrownBy(() -> all().columns("feedback"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("columns must be of submission_id, case_id");
        assertThatThrownBy(() -> SubmissionExport.of(null, Viewer.PLATFORM)).hasMessage("submission");
        assertThatThrownBy(() -> SubmissionExport.of(submission, null)).hasMessage("viewer");
        assertThatThrownBy(() -> all().cases(null)).hasMessage("cases");
    }
}
