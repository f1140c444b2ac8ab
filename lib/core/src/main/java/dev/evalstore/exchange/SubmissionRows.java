package dev.evalstore.exchange;

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
            .audited("create", "change_visibility", "soft_delete", "raise_level", "revoke");

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
}
