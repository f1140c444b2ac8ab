package dev.evalstore.exchange;

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
    /** The model as boards tell models apart. */
    public ModelSubject subject() {
        return model.subject();
    }
}
