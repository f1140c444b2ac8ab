package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.exchange.ConstraintKind;
import dev.evalstore.exchange.Expectation;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.MatchKind;
import dev.evalstore.exchange.OutputConstraint;
import dev.evalstore.exchange.Severity;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.RowMapper;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.job.Backoff;
import dev.evalstore.job.JobRoute;
import dev.evalstore.job.NewJob;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.MainClasses.Constant;
import dev.evalstore.testkit.MapperContract;
import dev.evalstore.testkit.TableColumns;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.tracking.ComparisonMember;
import dev.evalstore.tracking.ParamKind;
import dev.evalstore.tracking.ParamValue;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mapper of the library puts each column where it belongs. */
class MapperContractTest {
    /** What these components are read from: not any text or document will do. */
    private static final Map<String, MapperContract.Stored> FORMATS = Map.ofEntries(
            stored("Schedule.cron", "0 5 * * 1"),
            Map.entry(
                    "Schedule.job",
                    new MapperContract.Stored(
                            """
                    {"type": "t", "payload": "{}", "queue": "q", "requiredTags": ["x"], "fairKey": "f", "priority": 3,
                    "maxRetries": 4, "timeout": "PT5S", "backoffBase": "PT6S", "backoffCap": "PT7S", "uniqueKey": "u",
                    "delay": "PT8S"}""",
                            NewJob.of("t", Json.EMPTY)
                                    .route(new JobRoute("q", List.of("x"), "f"))
                                    .priority(3)
                                    .maxRetries(4)
                                    .timeout(Duration.ofSeconds(5))
                                    .backoff(new Backoff(Duration.ofSeconds(6), Duration.ofSeconds(7)))
                                    .uniqueKey("u")
                                    .delay(Duration.ofSeconds(8)))),
            Map.entry(
                    "TestCase.expectation",
                    new MapperContract.Stored(
                            """
                    {"outputs": [{"outputText": "a", "kind": "FUZZY", "matchConfig": {}, "priority": 3, "description": "b"}],
                    "constraints": [{"kind": "JSON", "config": {}, "required": false, "severity": "INFO",
                    "description": null}]}""",
                            new Expectation(
                                    List.of(new ExpectedOutput("a", MatchKind.FUZZY, Json.EMPTY, 3, "b")),
                                    List.of(new OutputConstraint(
                                            ConstraintKind.JSON, Json.EMPTY, false, Severity.INFO, null))))),
            Map.entry(
                    "Experiment.params",
                    new MapperContract.Stored(
                            "{\"lr\": [\"number\", \"0.1\"]}", Map.of("lr", new ParamValue(ParamKind.NUMBER, "0.1")))),
            Map.entry("Experiment.tags", new MapperContract.Stored("{\"team\": \"a\"}", Map.of("team", "a"))),
            Map.entry(
                    "StoredComparison.excludedReasons",
                    new MapperContract.Stored("{\"absent\": 2}", Map.of("absent", 2))),
            Map.entry(
                    "StoredComparison.members",
                    new MapperContract.Stored(
                            "[[null, \"a\"], [\"00000000-0000-4000-8000-000000000001\", \"b\"]]",
                            List.of(
                                    new ComparisonMember(null, "a"),
                                    ComparisonMember.of(
                                            UUID.fromString("00000000-0000-4000-8000-000000000001"), "b")))),
            stored("Verification.attestation.url", "https://example.org/attestation"),
            Map.entry("Submission.confidenceInterval.level", new MapperContract.Stored("0.75", 0.75)),
            Map.entry("Submission.confidenceInterval.low", new MapperContract.Stored("0.25", 0.25)),
            Map.entry("Submission.confidenceInterval.high", new MapperContract.Stored("0.5", 0.5)),
            json("Submission.reproducibility.environment", "{\"platform\": \"linux\"}"),
            json("Submission.reproducibility.parameters", "{\"temperature\": 0}"),
            json("Submission.reproducibility.datasetChecksums", "{\"mmlu\": \"abc\"}"),
            Map.entry("SubmissionMetric.spread.min", new MapperContract.Stored("1.5", 1.5)),
            Map.entry("SubmissionMetric.spread.median", new MapperContract.Stored("2.5", 2.5)),
            Map.entry("SubmissionMetric.spread.p95", new MapperContract.Stored("3.5", 3.5)),
            Map.entry("SubmissionMetric.spread.max", new MapperContract.Stored("4.5", 4.5)),
            json("CaseResult.evidence.details", "{\"attempts\": 2}"),
            stored("Job.trace.parent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            stored("Job.trace.state", "vendor=a"),
            stored("DefinitionVersion.semver.prerelease", "rc.1"),
            stored("DefinitionVersion.semver.build", "sha.2"),
            stored("DefinitionVersion.changes.changelog", "What is new in this version"),
            stored("DefinitionVersion.changes.migrationNotes", "What to change after the version before it"),
            // In breaking changes the notes are no null.
            Map.entry("DefinitionVersion.changes.breaking", new MapperContract.Stored("false", false)),
            json("DefinitionVersion.scoring.aggregationConfig", "{\"percentile\": 90}"),
            json(
                    "DefinitionVersion.scoring.normalizationConfig",
                    "{\"max\": 1, \"min\": 0, \"mean\": 0.5, \"stddev\": 2}"),
            Map.entry("DefinitionVersion.scoring.confidenceLevel", new MapperContract.Stored("0.75", 0.75)),
            Map.entry("DefinitionVersion.execution.maxRetries", new MapperContract.Stored("7", 7)),
            Map.entry("DefinitionVersion.execution.maxConcurrent", new MapperContract.Stored("8", 8)));

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static Map.Entry<String, MapperContract.Stored> stored(String component, String text) {
        return Map.entry(component, new MapperContract.Stored(text, text));
    }

    private static Map.Entry<String, MapperContract.Stored> json(String component, String document) {
        return Map.entry(component, new MapperContract.Stored(document, Json.parse(document)));
    }

    static List<Constant> tables() {
        return MainClasses.constants(Table.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tables")
    void every_component_holds_its_own_column(Constant constant) {
        assertThat(MapperContract.faults(
                        database,
                        (Table<?>) constant.value(),
                        TableColumns.row(constant.field()),
                        SchemaContractTest.EXCEPTIONS.renamed(),
                        FORMATS,
                        Map.of("job_schedules", List.of("cron", "every_seconds"))))
                .isEmpty();
    }

    /** A row as the tests below read it, from a table that has all kinds of columns. */
    record Sample(String name, String provider, @Nullable String error, boolean first, boolean second, long n) {}

    private static Table<Sample> samples(RowMapper<Sample> mapper) {
        return Table.of("sample", "benchmarks", """
                name, provider, error, id is null as first, id is not null as second, 1::bigint as n""", mapper);
    }

    private static List<String> faults(RowMapper<Sample> mapper) {
        return MapperContract.faults(database, samples(mapper), Sample.class, Map.of(), Map.of(), Map.of());
    }

    @Test
    void a_mapper_that_is_right_has_no_faults() {
        assertThat(faults(MapperContractTest::right)).isEmpty();
    }

    private static Sample right(Row row) throws SQLException {
        return new Sample(
                row.text("name"),
                row.text("provider"),
                row.textOrNull("error"),
                row.bool("first"),
                row.bool("second"),
                row.bigint("n"));
    }

    @Test
    void a_mapper_that_swaps_two_columns_would_be_found() {
        assertThat(faults(row -> new Sample(
                        row.text("provider"),
                        row.text("name"),
                        row.textOrNull("error"),
                        row.bool("first"),
                        row.bool("second"),
                        row.bigint("n"))))
                .anyMatch(fault -> fault.contains("Sample.name holds") && fault.endsWith("but provider's"))
                .anyMatch(fault -> fault.contains("Sample.provider holds") && fault.endsWith("but name's"))
                .noneMatch(fault -> fault.contains("Sample.error"));
    }

    @Test
    void two_booleans_that_are_swapped_would_be_found() {
        assertThat(faults(row -> new Sample(
                        row.text("name"),
                        row.text("provider"),
                        row.textOrNull("error"),
                        row.bool("second"),
                        row.bool("first"),
                        row.bigint("n"))))
                .anyMatch(fault -> fault.contains("Sample.first"))
                .anyMatch(fault -> fault.contains("Sample.second"));
    }

    @Test
    void a_number_that_is_read_in_too_small_a_type_would_be_found() {
        assertThat(faults(row -> new Sample(
                        row.text("name"),
                        row.text("provider"),
                        row.textOrNull("error"),
                        row.bool("first"),
                        row.bool("second"),
                        row.integer("n"))))
                .isNotEmpty()
                .allMatch(fault -> fault.startsWith("the mapper of Sample fails"));
    }

    @Test
    void a_mapper_that_refuses_null_where_it_may_be_would_be_found() {
        assertThat(faults(row -> new Sample(
                        row.text("name"),
                        row.text("provider"),
                        row.text("error"),
                        row.bool("first"),
                        row.bool("second"),
                        row.bigint("n"))))
                .singleElement()
                .asString()
                .contains("the mapper of Sample fails", "column error is null");
    }
}
