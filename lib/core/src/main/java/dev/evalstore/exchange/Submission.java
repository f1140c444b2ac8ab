package dev.evalstore.exchange;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The results of a model on a version of a benchmark definition, as somebody submitted them, without its metrics, cases
 * and metadata. Times are the server's, but for those of the run.
 *
 * @param id version 7
 * @param model the model, as the submitter names it
 * @param official whether the publisher of the definition ran it
 * @param submittedBy the user who submitted it, or null if not known or removed
 * @param submitterLabel who submitted it, for people; stays when the user is removed
 * @param organizationId the organization in whose name it was submitted, or null for none or after it was removed
 * @param aggregateScore the score that counts: of the cases by the version's {@link Aggregation}, or the value of the
 *     primary metric where the version has none; to 12 significant digits
 * @param reportedScore the score as submitted
 * @param confidenceInterval that of {@code aggregateScore}, to 12 significant digits, or null
 * @param significance an object: tests against other submissions, as the submitter shapes them, or null
 * @param verifiedAt when it got its level, or null while it is unverified
 * @param executionId the submitter's name for the run, unique in the version among submissions that are not deleted
 * @param contentHash the SHA-256 of all that was submitted, 64 hexadecimal digits: tells a repeat from a change
 * @param startedAt when the run started
 * @param completedAt when the run was complete, not before {@code startedAt}
 * @param environmentHash the SHA-256 of the environment in its canonical form, 64 hexadecimal digits, or null without one
 * @param notes what the submitter says about it, or null
 * @param createdAt when it was submitted; of equal scores the earlier one stands first
 * @param deletedAt when it was deleted, or null
 */
public record Submission(
        UUID id,
        UUID definitionId,
        UUID versionId,
        SubmittedModel model,
        boolean official,
        @Nullable UUID submittedBy,
        String submitterLabel,
        @Nullable UUID organizationId,
        double aggregateScore,
        double reportedScore,
        @Nullable ConfidenceInterval confidenceInterval,
        @Nullable Json significance,
        VerificationLevel verificationLevel,
        @Nullable Instant verifiedAt,
        String executionId,
        String contentHash,
        Instant startedAt,
        Instant completedAt,
        Reproducibility reproducibility,
        @Nullable String environmentHash,
        @Nullable String notes,
        SubmissionVisibility visibility,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {
    /** The model as boards tell models apart. */
    public ModelSubject subject() {
        return model.subject();
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "Submission[id=" + id + ", versionId=" + versionId + ", verificationLevel=" + verificationLevel
                + ", visibility=" + visibility + "]";
    }
}
