package dev.evalstore.exchange;

import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;

/** The rows of submissions, and of what belongs to each. */
final class SubmissionRows {
    /** Whoever reads it besides by a lock adds the condition of {@code Visibility}, which speaks of {@code s}. */
    static final Table<Submission> TABLE = Table.of("submission", "submissions", """
                    id, definition_id, version_id, model_version_id, model_provider, model_name, model_version,
                    model_endpoint, official, submitted_by, submitter_label, organization_id, aggregate_score,
                    reported_score, ci_low, ci_high, ci_level, significance, verification_level, verified_at,
                    execution_id, content_hash, started_at, completed_at, executor_version, random_seed, environment,
                    environment_hash, parameters, dataset_checksums, notes, visibility, created_at, updated_at,
                    deleted_at""", SubmissionRows::map)
            .from("evalstore.submissions s")
            .newestFirst(Submission::createdAt, Submission::id)
            .status(Submission::verificationLevel)
            .softDeleted()
            .audited("create", "change_visibility", "soft_delete", "raise_level", "revoke")
            .emitting(Emits.<Submission>as("submission")
                    .tell("definitionId", Submission::definitionId)
                    .tell("versionId", Submission::versionId)
                    .tell("submittedBy", Submission::submittedBy)
                    .tell("organizationId", Submission::organizationId)
                    .tell("visibility", Submission::visibility)
                    .tell("verificationLevel", Submission::verificationLevel)
                    .tell("aggregateScore", Submission::aggregateScore)
                    .tell("modelProvider", row -> row.model().provider())
                    .tell("modelName", row -> row.model().name())
                    .tell("modelVersion", row -> row.model().version())
                    .onlyOf(
                            row -> row.visibility() == SubmissionVisibility.PRIVATE,
                            "definitionId",
                            "versionId",
                            "submittedBy",
                            "organizationId")
                    .on("create", "created")
                    .on("change_visibility", "visibility_changed")
                    .on("raise_level", "level_raised")
                    .on("revoke", "revoked")
                    .on("soft_delete", "deleted"));

    static final Table<SubmissionMetric> METRICS = Table.of(
                    "submission metric",
                    "submission_metrics",
                    "name, value, unit, stddev, min, max, median, p95, samples",
                    SubmissionRows::mapMetric)
            .key("submission_id", "name");

    static final Table<SubmissionMetadata> METADATA = Table.of(
                    "submission metadata",
                    "submission_metadata",
                    "key, value, category",
                    row -> new SubmissionMetadata(row.text("key"), row.json("value"), row.text("category")))
            .key("submission_id", "key");

    static final Table<CaseResult> CASES = Table.of("case result", "submission_cases", """
                    r.case_id, t.case_key, r.passed, r.score, r.latency_ms, r.input_tokens, r.output_tokens, r.cost_usd,
                    r.error_kind, r.error, r.output, r.output_truncated, r.details""", SubmissionRows::mapCase)
            .from("evalstore.submission_cases r join evalstore.test_cases t on t.id = r.case_id")
            .key("submission_id", "case_id");

    private SubmissionRows() {}

    private static Submission map(Row row) throws SQLException {
        Double low = row.realOrNull("ci_low");
        return new Submission(
                row.uuid("id"),
                row.uuid("definition_id"),
                row.uuid("version_id"),
                new SubmittedModel(
                        row.text("model_provider"),
                        row.text("model_name"),
                        row.textOrNull("model_version"),
                        row.uuidOrNull("model_version_id"),
                        row.textOrNull("model_endpoint")),
                row.bool("official"),
                row.uuidOrNull("submitted_by"),
                row.text("submitter_label"),
                row.uuidOrNull("organization_id"),
                row.real("aggregate_score"),
                row.real("reported_score"),
                low == null ? null : new ConfidenceInterval(low, row.real("ci_high"), row.real("ci_level")),
                row.jsonOrNull("significance"),
                row.enumValue("verification_level", VerificationLevel.class),
                row.instantOrNull("verified_at"),
                row.text("execution_id"),
                row.text("content_hash"),
                row.instant("started_at"),
                row.instant("completed_at"),
                new Reproducibility(
                        row.textOrNull("executor_version"),
                        row.bigintOrNull("random_seed"),
                        row.json("environment"),
                        row.json("parameters"),
                        row.json("dataset_checksums")),
                row.textOrNull("environment_hash"),
                row.textOrNull("notes"),
                row.enumValue("visibility", SubmissionVisibility.class),
                row.instant("created_at"),
                row.instant("updated_at"),
                row.instantOrNull("deleted_at"));
    }

    private static SubmissionMetric mapMetric(Row row) throws SQLException {
        return new SubmissionMetric(
                row.text("name"),
                row.real("value"),
                row.textOrNull("unit"),
                new SubmissionMetric.Spread(
                        row.realOrNull("stddev"),
                        row.realOrNull("min"),
                        row.realOrNull("max"),
                        row.realOrNull("median"),
                        row.realOrNull("p95"),
                        row.bigintOrNull("samples")));
    }

    private static CaseResult mapCase(Row row) throws SQLException {
        return new CaseResult(
                row.uuid("case_id"),
                row.text("case_key"),
                row.bool("passed"),
                row.real("score"),
                new CaseResult.Measured(
                        row.integerOrNull("latency_ms"),
                        row.integerOrNull("input_tokens"),
                        row.integerOrNull("output_tokens"),
                        row.numericOrNull("cost_usd")),
                new CaseResult.Evidence(
                        row.textOrNull("error_kind"),
                        row.textOrNull("error"),
                        row.textOrNull("output"),
                        row.bool("output_truncated"),
                        row.jsonOrNull("details")));
    }
}
