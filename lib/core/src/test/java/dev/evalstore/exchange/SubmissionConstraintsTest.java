package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.account.NewUser;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What other writers cannot store either: each rule has a constraint whose name says it. */
class SubmissionConstraintsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    private static UUID otherVersion;

    /** A change of a row that is right, and the constraint that it violates. */
    record Change(String sql, String constraint) {
        @Override
        public String toString() {
            return constraint + ": " + sql;
        }
    }

    @BeforeAll
    static void one() {
        SubmissionSamples samples = new SubmissionSamples(database.db());
        otherVersion = new SubmissionSamples(database.db()).definitionVersion().id();
        samples.submit(samples.of("gpt", Submitter.named("somebody"), 1)
                .metrics(List.of(SubmissionMetric.of("latency", 1)))
                .metadata(List.of(new SubmissionMetadata("k", Json.EMPTY, "c"))));
    }

    static List<Change> changes() {
        return Stream.of(
                        submissions("model_provider = ' '", "model_provider_length"),
                        submissions("model_name = repeat('x', 201)", "model_name_length"),
                        submissions("model_version = ''", "model_version_length"),
                        submissions("model_endpoint = repeat('x', 2001)", "model_endpoint_length"),
                        submissions("subject_provider = ''", "subject_length"),
                        submissions("subject_name = repeat('ß', 401)", "subject_length"),
                        submissions("subject_version = repeat('ß', 401)", "subject_length"),
                        submissions("submitter_label = ''", "submitter_label_length"),
                        submissions("aggregate_score = 'nan', board_score = 'nan'", "scores_range"),
                        submissions("reported_score = 'infinity'", "scores_range"),
                        submissions("board_score = board_score + 2", "board_score_of_aggregate_score"),
                        submissions("ci_low = 0", "ci_complete"),
                        submissions("ci_low = 0.51, ci_high = 1, ci_level = 0.95", "ci_brackets_score"),
                        submissions("ci_low = 0, ci_high = 0.49, ci_level = 0.95", "ci_brackets_score"),
                        submissions("ci_low = 0, ci_high = 'nan', ci_level = 0.95", "ci_brackets_score"),
                        submissions("ci_low = 0, ci_high = 1, ci_level = 1", "ci_brackets_score"),
                        submissions("significance = '[]'", "significance_object"),
                        submissions("verification_level = 'good', verified_at = now()", "verification_level_valid"),
                        submissions("verification_level = 'audited'", "verified_at_when_verified"),
                        submissions("verified_at = now()", "verified_at_when_verified"),
                        submissions("execution_id = ' '", "execution_id_length"),
                        submissions("content_hash = upper(content_hash)", "content_hash_format"),
                        submissions("completed_at = started_at - interval '1 microsecond'", "started_before_completed"),
                        submissions("executor_version = ''", "executor_version_length"),
                        submissions("environment = '[]'", "environment_object"),
                        submissions("environment_hash = 'x'", "environment_hash_format"),
                        submissions("parameters = 'null'", "parameters_object"),
                        submissions("dataset_checksums = '1'", "dataset_checksums_object"),
                        submissions("notes = repeat('x', 20001)", "notes_length"),
                        submissions("visibility = 'secret'", "visibility_valid"),
                        submissions("definition_id = '" + UUID.randomUUID() + "'", "version_fk"),
                        submissions("submitted_by = '" + UUID.randomUUID() + "'", "submitted_by_fk"),
                        submissions("organization_id = '" + UUID.randomUUID() + "'", "organization_fk"),
                        submissions("model_version_id = '" + UUID.randomUUID() + "'", "model_version_fk"),
                        metrics("name = ''", "name_length"),
                        metrics("value = 'nan'", "value_range"),
                        metrics("unit = ''", "unit_length"),
                        metrics("stddev = -1", "stddev_range"),
                        metrics("p95 = 'infinity'", "spread_range"),
                        metrics("min = 2, max = 1", "spread_ordered"),
                        metrics("median = 2, p95 = 1", "spread_ordered"),
                        metrics("samples = 0", "samples_range"),
                        metrics("submission_id = '" + UUID.randomUUID() + "'", "submission_fk"),
                        cases("score = 1.5", "score_range"),
                        cases("score = 0.4, passed = true", "passed_fits_score"),
                        cases("score = 1, passed = false", "passed_fits_score"),
                        cases("latency_ms = -1", "latency_ms_range"),
                        cases("output_tokens = -1", "tokens_range"),
                        cases("cost_usd = -1", "cost_usd_range"),
                        cases("error_kind = ''", "error_kind_length"),
                        cases("error = repeat('x', 10001)", "error_length"),
                        cases("output = repeat('x', 1000001)", "output_length"),
                        cases("output_truncated = true", "output_truncated_with_output"),
                        cases("details = '[]'", "details_object"),
                        cases("case_id = '" + UUID.randomUUID() + "' where passed", "case_fk"),
                        cases("submission_id = '" + UUID.randomUUID() + "'", "submission_fk"),
                        metadata("key = ''", "key_length"),
                        metadata("category = repeat('x', 101)", "category_length"),
                        metadata("submission_id = '" + UUID.randomUUID() + "'", "submission_fk"))
                .toList();
    }

    private static Change submissions(String assignments, String rule) {
        return change("submissions", assignments, rule);
    }

    private static Change metrics(String assignments, String rule) {
        return change("submission_metrics", assignments, rule);
    }

    private static Change cases(String assignments, String rule) {
        return change("submission_cases", assignments, rule);
    }

    private static Change metadata(String assignments, String rule) {
        return change("submission_metadata", assignments, rule);
    }

    private static Change change(String table, String assignments, String rule) {
        return new Change("update evalstore." + table + " set " + assignments, table + "_" + rule);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void the_constraint_that_refuses_it_is_named_by_the_rule(Change change) throws SQLException {
        assertThat(violated(change.sql())).isEqualTo(change.constraint());
    }

    /** Keys of other tables beside, which one update cannot break alone. */
    @Test
    void every_constraint_of_the_tables_is_among_them() {
        Set<String> tested = changes().stream().map(Change::constraint).collect(Collectors.toCollection(TreeSet::new));
        tested.addAll(Set.of(
                "submissions_pkey",
                "submissions_id_version_id_unique",
                "submission_metrics_pkey",
                "submission_cases_pkey",
                "submission_metadata_pkey"));

        assertThat(database.query("select conname::text from pg_constraint where contype <> 'n' and conrelid in ("
                        + "'evalstore.submissions'::regclass, 'evalstore.submission_metrics'::regclass,"
                        + " 'evalstore.submission_cases'::regclass, 'evalstore.submission_metadata'::regclass)"))
                .containsExactlyInAnyOrderElementsOf(tested);
    }

    @Test
    void a_version_of_another_definition_and_a_case_of_another_version_are_refused_by_keys() throws SQLException {
        assertThat(violated("update evalstore.submissions s set definition_id = v.definition_id from"
                        + " evalstore.definition_versions v where v.id = '" + otherVersion + "'"))
                .isEqualTo("submissions_version_fk");
        assertThat(violated("update evalstore.submission_cases set case_id = (select min(id::text)::uuid from"
                        + " evalstore.test_cases where version_id = '" + otherVersion + "') where passed"))
                .isEqualTo("submission_cases_case_fk");
        assertThat(violated("update evalstore.submission_cases set version_id = '" + otherVersion + "'"))
                .isIn("submission_cases_submission_fk", "submission_cases_case_fk");
    }

    @Test
    void what_a_submission_refers_to_stays() throws SQLException {
        assertThat(violated("delete from evalstore.definition_versions")).isEqualTo("submissions_version_fk");
        assertThat(violated("delete from evalstore.test_cases")).isEqualTo("submission_cases_case_fk");
    }

    @Test
    void the_labels_stay_when_user_organization_and_model_version_are_removed() {
        SubmissionSamples samples = new SubmissionSamples(db);
        UUID user =
                db.users().create(NewUser.of("leaver@example.org", "leaver")).id();
        UUID organization = ExchangeFixtures.organization(database, "leaving-lab");
        UUID model = db.catalog()
                .models()
                .create(NewModel.of("GPT", ModelKind.COMMERCIAL))
                .id();
        UUID modelVersion = db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
        NewSubmission given = samples.of("gpt", Submitter.user(user, "A leaver").organization(organization), 1);
        Submission stored = samples.submit(new NewSubmission(
                given.definitionId(),
                given.versionId(),
                given.model().versionId(modelVersion),
                given.submitter(),
                given.run(),
                given.results(),
                given.reproducibility(),
                given.listing()));

        database.admin("delete from evalstore.users where id = '" + user + "'; delete from evalstore.organizations"
                + " where id = '" + organization + "'; delete from evalstore.model_versions where id = '"
                + modelVersion + "'");

        Submission left = db.exchange().submissions().get(stored.id(), Viewer.PLATFORM);
        assertThat(left.submittedBy()).isNull();
        assertThat(left.organizationId()).isNull();
        assertThat(left.model()).isEqualTo(SubmittedModel.of("Acme", "gpt"));
        assertThat(left.submitterLabel()).isEqualTo("A leaver");
    }

    private static String violated(String sql) throws SQLException {
        try (Connection connection = TestServer.get().admin(database.name());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.rollback();
            return "none";
        } catch (PSQLException e) {
            ServerErrorMessage message = Objects.requireNonNull(e.getServerErrorMessage());
            return String.valueOf(message.getConstraint());
        }
    }
}
