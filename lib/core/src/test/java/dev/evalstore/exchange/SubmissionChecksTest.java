package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static dev.evalstore.exchange.ExchangeFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a submission is refused for: each by its own message, and nothing of it is stored. */
class SubmissionChecksTest {
    private static final Instant TIME = SubmissionSamples.BEGIN;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final SubmissionRepository submissions = db.exchange().submissions();
    private SubmissionSamples samples;

    @BeforeEach
    void samples() {
        database.admin("truncate evalstore.submissions cascade");
        samples = new SubmissionSamples(db);
    }

    @AfterEach
    void nothing_is_stored() {
        assertThat(database.value("""
                        select (select count(*) from evalstore.submission_cases c join evalstore.submissions s
                                on s.id = c.submission_id where s.notes is null)
                            + (select count(*) from evalstore.submissions where notes is null)""")).isEqualTo("0");
    }

    private static NewSubmission of(DefinitionVersion version, double reported) {
        return NewSubmission.of(
                version,
                SubmittedModel.of("Acme", "gpt"),
                Submitter.named("somebody"),
                new NewSubmission.Run("run-" + UUID.randomUUID(), TIME, TIME),
                reported);
    }

    private NewSubmission of(double reported, NewCaseResult... cases) {
        return of(samples.definitionVersion(), reported).cases(List.of(cases));
    }

    /** What is meant to be stored says so. */
    private Submission stored(NewSubmission submission) {
        return submissions.submit(submission.notes("stored")).submission();
    }

    private ThrowingCallable submit(NewSubmission submission) {
        return () -> submissions.submit(submission);
    }

    /** Throughput in tokens a second, without test cases. */
    private DefinitionVersion measured(String number, PrimaryMetric metric) {
        return samples.publish(
                number,
                NewDefinitionVersion.of("A version that is measured.", metric)
                        .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0)));
    }

    private static PrimaryMetric throughput() {
        return PrimaryMetric.of("throughput", "Tokens a second.", "throughput").unit("tokens/s");
    }

    @Test
    void a_reported_score_that_the_cases_do_not_give() {
        refused(
                "reportedScore must be within 0.01",
                submit(of(0.511, NewCaseResult.passed("a"), NewCaseResult.failed("b"))));
        refused(
                "reportedScore must be within 0.01",
                submit(of(0.489, NewCaseResult.passed("a"), NewCaseResult.failed("b"))));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.49, 0.5, 0.51})
    void a_reported_score_may_be_off_by_exactly_a_hundredth(double reported) {
        Submission stored = stored(of(reported, NewCaseResult.passed("a"), NewCaseResult.failed("b")));

        assertThat(stored.aggregateScore()).isEqualTo(0.5);
        assertThat(stored.reportedScore()).isEqualTo(reported);
    }

    @Test
    void the_hundredth_is_of_the_range_of_the_metric() {
        DefinitionVersion version = samples.publish(
                "1.2.0",
                NewDefinitionVersion.of(
                                "A version in percent.",
                                PrimaryMetric.of("accuracy", "Percent.", "accuracy")
                                        .range(0, 200))
                        .cases(List.of(Cases.of("a"), Cases.of("b"))));
        List<NewCaseResult> half = List.of(NewCaseResult.passed("a"), NewCaseResult.failed("b"));

        refused("reportedScore", submit(of(version, 102.1).cases(half)));
        assertThat(stored(of(version, 102).cases(half)).aggregateScore()).isEqualTo(100);
    }

    @Test
    void the_score_that_counts_is_of_all_cases_of_the_version_by_its_own_aggregation() {
        DefinitionVersion version = samples.publish(
                "1.3.0",
                ExchangeFixtures.version()
                        .scoring(Scoring.of(AggregationMethod.PASS_RATE).minimumTestCases(2))
                        .cases(List.of(Cases.of("a"), Cases.of("b"), Cases.of("c"))));
        List<NewCaseResult> two = List.of(NewCaseResult.of("a", true, 0.5), NewCaseResult.passed("b"));

        refused("reportedScore", submit(of(version, 0.75).cases(two)));
        Submission stored = stored(of(version, 0.67).cases(two));
        assertThat(stored.aggregateScore()).isEqualTo(0.666666666667);
        assertThat(database.value("select board_score from evalstore.submissions"))
                .isEqualTo("-0.666666666667");
    }

    @Test
    void a_case_that_the_version_does_not_have() {
        refused(
                "no test case with the caseKey at index 1",
                submit(of(0.5, NewCaseResult.passed("a"), NewCaseResult.failed("c"))));
    }

    @Test
    void a_case_of_another_version_of_the_definition() {
        samples.publish("1.4.0", ExchangeFixtures.version().cases(List.of(Cases.of("elsewhere"))));

        refused("no test case with the caseKey at index 0", submit(of(0.5, NewCaseResult.passed("elsewhere"))));
    }

    @Test
    void a_case_twice() {
        refused(
                "cases must have each caseKey once",
                () -> of(0.5, NewCaseResult.passed("a"), NewCaseResult.failed("a")));
    }

    @Test
    void too_few_cases() {
        DefinitionVersion version = samples.publish(
                "1.5.0",
                ExchangeFixtures.version()
                        .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(2))
                        .cases(List.of(Cases.of("a"), Cases.of("b"), Cases.of("c"))));

        refused(
                "cases must be at least 2, the minimumTestCases of the version",
                submit(of(version, 0.3333).cases(List.of(NewCaseResult.passed("a")))));
        refused("cases must be at least 1", submit(of(0)));
    }

    @Test
    void a_case_that_passed_below_a_half_or_failed_with_all_of_the_score() {
        refused("case score must be at least 0.5", () -> NewCaseResult.of("a", true, 0.4999));
        refused("case score must be below 1", () -> NewCaseResult.of("a", false, 1));
        refused("case score must be from 0 to 1", () -> NewCaseResult.of("a", false, -0.1));
        refused("case score must be from 0 to 1", () -> NewCaseResult.of("a", true, Double.NaN));
        assertThat(NewCaseResult.of("a", true, 0.5).passed()).isTrue();
        assertThat(NewCaseResult.of("a", false, Math.nextDown(1.0)).passed()).isFalse();
    }

    @Test
    void a_run_that_ended_before_it_started() {
        refused(
                "completedAt must not be before startedAt",
                () -> new NewSubmission.Run("run", TIME, TIME.minusNanos(1)));
    }

    @Test
    void a_version_of_another_definition() {
        DefinitionVersion other = new SubmissionSamples(db).definitionVersion();
        NewSubmission given = of(0.5, NewCaseResult.passed("a"), NewCaseResult.failed("b"));

        refused(
                "versionId must be of a version of the definition",
                submit(new NewSubmission(
                        given.definitionId(),
                        other.id(),
                        given.model(),
                        given.submitter(),
                        given.run(),
                        given.results(),
                        given.reproducibility(),
                        given.listing())));
    }

    @Test
    void a_definition_or_a_version_that_does_not_exist() {
        NewSubmission given = of(0.5, NewCaseResult.passed("a"), NewCaseResult.failed("b"));
        for (boolean isVersion : List.of(true, false)) {
            UUID unknown = UUID.randomUUID();
            assertThatThrownBy(submit(new NewSubmission(
                            isVersion ? given.definitionId() : unknown,
                            isVersion ? unknown : given.versionId(),
                            given.model(),
                            given.submitter(),
                            given.run(),
                            given.results(),
                            given.reproducibility(),
                            given.listing())))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining(
                            (isVersion ? "no definition version has the id " : "no benchmark definition has the id ")
                                    + unknown);
        }
        db.exchange().definitions().softDelete(given.definitionId());
        assertThatThrownBy(submit(given))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no benchmark definition has the id " + given.definitionId());
    }

    @Test
    void a_user_an_organization_or_a_model_version_that_does_not_exist() {
        NewSubmission given = of(0.5, NewCaseResult.passed("a"), NewCaseResult.failed("b"));

        violates("submissions_submitted_by_fk", submit(by(given, Submitter.user(UUID.randomUUID(), "x"))));
        violates(
                "submissions_organization_fk",
                submit(by(given, Submitter.named("x").organization(UUID.randomUUID()))));
        violates(
                "submissions_model_version_fk",
                submit(new NewSubmission(
                        given.definitionId(),
                        given.versionId(),
                        given.model().versionId(UUID.randomUUID()),
                        given.submitter(),
                        given.run(),
                        given.results(),
                        given.reproducibility(),
                        given.listing())));
    }

    private static NewSubmission by(NewSubmission given, Submitter submitter) {
        return new NewSubmission(
                given.definitionId(),
                given.versionId(),
                given.model(),
                submitter,
                given.run(),
                given.results(),
                given.reproducibility(),
                given.listing());
    }

    @Test
    void a_confidence_interval_beside_the_score_that_counts() {
        NewSubmission given = of(0.505, NewCaseResult.passed("a"), NewCaseResult.failed("b"));

        refused("confidenceInterval", submit(given.confidenceInterval(new ConfidenceInterval(0.501, 0.6, 0.95))));
        refused("confidenceInterval", submit(given.confidenceInterval(new ConfidenceInterval(0.4, 0.4999, 0.95))));
        refused("confidenceInterval low", () -> new ConfidenceInterval(2, 1, 0.95));
        refused("confidenceInterval level", () -> new ConfidenceInterval(0, 1, 1));
        refused("confidenceInterval level", () -> new ConfidenceInterval(0, 1, Double.NaN));
        refused("confidenceInterval high", () -> new ConfidenceInterval(0, Double.POSITIVE_INFINITY, 0.5));
    }

    /** The score is rounded, and so are the ends. */
    @Test
    void a_confidence_interval_of_no_width_has_the_score_in_it() {
        DefinitionVersion version = samples.publish(
                "1.6.0", ExchangeFixtures.version().cases(List.of(Cases.of("a"), Cases.of("b"), Cases.of("c"))));
        double third = 1.0 / 3;

        Submission stored = stored(of(version, third)
                .cases(List.of(NewCaseResult.passed("a")))
                .confidenceInterval(new ConfidenceInterval(third, third, 0.95)));

        assertThat(stored.aggregateScore()).isEqualTo(0.333333333333);
        assertThat(stored.confidenceInterval()).isEqualTo(new ConfidenceInterval(0.333333333333, 0.333333333333, 0.95));
    }

    @Test
    void without_test_cases_the_score_is_the_value_of_the_primary_metric() {
        DefinitionVersion version = measured("2.0.0", throughput());
        SubmissionMetric value =
                SubmissionMetric.of("throughput", 24525.123456789).unit("tokens/s");

        refused("metrics must have the primary metric", submit(of(version, 24525.123456789)));
        refused(
                "metrics must have the primary metric",
                submit(of(version, 1).metrics(List.of(SubmissionMetric.of("Throughput", 1)))));
        refused("reportedScore must be the value", submit(of(version, 24526).metrics(List.of(value))));
        refused(
                "no test case with the caseKey at index 0",
                submit(of(version, 24525.123456789).metrics(List.of(value)).cases(List.of(NewCaseResult.passed("a")))));
        Submission stored = stored(of(version, 24525.123456789).metrics(List.of(value)));
        assertThat(stored.aggregateScore()).isEqualTo(24525.1234568);
        assertThat(stored.reportedScore()).isEqualTo(24525.123456789);
    }

    @Test
    void a_primary_metric_beyond_its_range() {
        DefinitionVersion version = measured("2.1.0", throughput().range(0, 10));

        for (double beyond : new double[] {-0.001, 10.001}) {
            refused(
                    "metrics must have the primary metric in the range",
                    submit(of(version, beyond).metrics(List.of(SubmissionMetric.of("throughput", beyond)))));
        }
        assertThat(stored(of(version, 10).metrics(List.of(SubmissionMetric.of("throughput", 10))))
                        .aggregateScore())
                .isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({"true, 12.5, -12.5", "false, 12.5, 12.5", "true, 0, 0", "false, -0.0, 0", "true, -3, 3"})
    void less_is_better_on_a_board_whatever_the_direction_of_the_metric(
            boolean higherIsBetter, double value, String board) {
        DefinitionVersion version = measured("2.2.0", throughput().higherIsBetter(higherIsBetter));

        stored(of(version, value).metrics(List.of(SubmissionMetric.of("throughput", value))));

        assertThat(database.value("select board_score || ' ' || replace(aggregate_score::text, '-', '')"
                        + " from evalstore.submissions"))
                .isEqualTo(board + " " + board.replace("-", ""));
    }

    @Test
    void texts_and_figures_that_no_column_takes_are_refused_by_their_fields() {
        String tooLong = "x".repeat(201);
        refused("model provider", () -> SubmittedModel.of(" ", "m"));
        refused("model name", () -> SubmittedModel.of("p", tooLong));
        refused("model version", () -> SubmittedModel.of("p", "m").version(""));
        refused("model endpoint", () -> SubmittedModel.of("p", "m").endpoint("x".repeat(2_001)));
        refused("submitter label", () -> Submitter.named(tooLong));
        refused("executionId", () -> new NewSubmission.Run(tooLong, TIME, TIME));
        refused("executionId", () -> new NewSubmission.Run("a\0b", TIME, TIME));
        refused("completedAt", () -> new NewSubmission.Run("r", TIME, Instant.MAX));
        refused("reportedScore", () -> NewSubmission.Results.of(Double.NaN));
        refused("significance", () -> NewSubmission.Results.of(1).significance(Json.parse("[]")));
        refused("executorVersion", () -> Reproducibility.NONE.executorVersion(tooLong));
        refused("environment", () -> Reproducibility.NONE.environment(Json.parse("[]")));
        refused("parameters", () -> Reproducibility.NONE.parameters(Json.parse("1")));
        refused("datasetChecksums", () -> Reproducibility.NONE.datasetChecksums(Json.parse("null")));
        refused("notes", () -> NewSubmission.Listing.PUBLIC.notes("x".repeat(20_001)));
        refused("metric name", () -> SubmissionMetric.of(tooLong, 1));
        refused("metric value", () -> SubmissionMetric.of("m", Double.POSITIVE_INFINITY));
        refused("metric unit", () -> SubmissionMetric.of("m", 1).unit("x".repeat(101)));
        refused("metric stddev", () -> SubmissionMetric.Spread.UNKNOWN.stddev(-1));
        refused("metric samples", () -> SubmissionMetric.Spread.UNKNOWN.samples(0));
        refused("metric min", () -> SubmissionMetric.Spread.UNKNOWN.range(2, 1));
        refused("metric min", () -> SubmissionMetric.Spread.UNKNOWN.range(0, 1).median(2));
        refused("metadata key", () -> new SubmissionMetadata(tooLong, Json.EMPTY, "c"));
        refused("metadata category", () -> new SubmissionMetadata("k", Json.EMPTY, ""));
        refused("caseKey", () -> NewCaseResult.passed(tooLong));
        refused("latencyMs", () -> NewCaseResult.passed("a").latencyMs(-1));
        refused("errorKind", () -> NewCaseResult.passed("a").error("x".repeat(101), "e"));
        refused("error must", () -> NewCaseResult.passed("a").error("k", "x".repeat(10_001)));
        refused("output must", () -> NewCaseResult.passed("a").output("x".repeat(1_000_001)));
        refused("outputTruncated", () -> new CaseResult.Evidence(null, null, null, true, null));
        refused("details", () -> NewCaseResult.passed("a").details(Json.parse("[]")));
    }

    @Test
    void lists_that_are_too_long_or_hold_a_name_twice_and_documents_that_are_too_large() {
        NewSubmission.Results none = NewSubmission.Results.of(1);
        List<SubmissionMetric> metrics = IntStream.rangeClosed(0, 1_000)
                .mapToObj(i -> SubmissionMetric.of("m" + i, i))
                .toList();
        refused("metrics must be at most 1000", () -> none.metrics(metrics));
        refused(
                "metrics must have each name once",
                () -> none.metrics(List.of(SubmissionMetric.of("m", 1), SubmissionMetric.of("m", 2))));
        List<NewCaseResult> cases = new ArrayList<>();
        IntStream.rangeClosed(0, 100_000).forEach(i -> cases.add(NewCaseResult.passed("c" + i)));
        refused("cases must be at most 100000", () -> none.cases(cases));
        SubmissionMetadata row = new SubmissionMetadata("k", Json.EMPTY, "c");
        refused("metadata must have each key once", () -> NewSubmission.Listing.PUBLIC.metadata(List.of(row, row)));
        Json large = Json.of(Map.of("x", "y".repeat(1_000_000)));
        NewSubmission given = of(0.5);
        refused("environment", () -> given.reproducibility(Reproducibility.NONE.environment(large)));
        refused("parameters", () -> given.reproducibility(Reproducibility.NONE.parameters(large)));
        refused("datasetChecksums", () -> given.reproducibility(Reproducibility.NONE.datasetChecksums(large)));
        refused("significance", () -> given.significance(large));
        refused("metadata value", () -> given.metadata(List.of(new SubmissionMetadata("k", large, "c"))));
        refused("details", () -> NewCaseResult.passed("a").details(large));
        refused(
                "environment",
                submit(given.reproducibility(Reproducibility.NONE.environment(Json.parse("{\"x\": 1e400}")))));
    }
}
