package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Row;
import java.sql.SQLException;

/** The submissions that boards show. */
final class BoardRows {
    /** What {@link #submission} reads, of a submission {@code s}. */
    static final String SUBMISSION = """
            s.id, s.version_id, s.model_provider, s.model_name, s.model_version, s.model_version_id, s.model_endpoint,
            s.official, s.submitter_label, s.organization_id, s.aggregate_score, s.ci_low, s.ci_high, s.ci_level,
            s.verification_level, s.created_at""";

    private BoardRows() {}

    static RankedSubmission submission(Row row) throws SQLException {
        Double low = row.realOrNull("ci_low");
        return new RankedSubmission(
                row.uuid("id"),
                row.uuid("version_id"),
                new SubmittedModel(
                        row.text("model_provider"),
                        row.text("model_name"),
                        row.textOrNull("model_version"),
                        row.uuidOrNull("model_version_id"),
                        row.textOrNull("model_endpoint")),
                row.bool("official"),
                row.text("submitter_label"),
                row.uuidOrNull("organization_id"),
                row.real("aggregate_score"),
                low == null ? null : new ConfidenceInterval(low, row.real("ci_high"), row.real("ci_level")),
                row.enumValue("verification_level", VerificationLevel.class),
                row.instant("created_at"));
    }
}
