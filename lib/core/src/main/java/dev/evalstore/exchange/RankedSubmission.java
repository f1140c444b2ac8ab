package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Row;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link Submission} that boards show, as it is now, also on a board as of a moment.
 *
 * @param id that of the submission
 * @param model the model, as the submitter names it
 * @param official whether the publisher of the definition ran it
 * @param submitterLabel who submitted it
 * @param organizationId the organization in whose name it was submitted, or null
 * @param score its aggregate score
 * @param confidenceInterval that of the score, or null
 * @param submittedAt of equal scores the earlier one stands first
 */
public record RankedSubmission(
        UUID id,
        UUID versionId,
        SubmittedModel model,
        boolean official,
        String submitterLabel,
        @Nullable UUID organizationId,
        double score,
        @Nullable ConfidenceInterval confidenceInterval,
        VerificationLevel verificationLevel,
        Instant submittedAt) {
    /** What {@link #map} reads, of a submission {@code s}. */
    static final String COLUMNS = """
            s.id, s.version_id, s.model_provider, s.model_name, s.model_version, s.model_version_id, s.model_endpoint,
            s.official, s.submitter_label, s.organization_id, s.aggregate_score, s.ci_low, s.ci_high, s.ci_level,
            s.verification_level, s.created_at""";

    /** The model as boards tell models apart. */
    public ModelSubject subject() {
        return model.subject();
    }

    static RankedSubmission map(Row row) throws SQLException {
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
