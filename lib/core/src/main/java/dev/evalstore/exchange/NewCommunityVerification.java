package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A community verification to create; {@link CommunityVerification} describes the fields. {@link #of} makes one without
 * evidence, and each further method adds one thing to it.
 *
 * @param reproducedScore from -1e300 to 1e300, or null
 * @param environmentDescription not blank, at most 5,000 characters
 * @param environmentHash 64 hexadecimal digits, letters in lower case, or null
 * @param evidenceUrl of http or https, at most 2,000 characters without a space, or null
 * @param notes empty, or not blank and at most 20,000 characters
 */
public record NewCommunityVerification(
        UUID submissionId,
        UUID verifierId,
        boolean reproduced,
        @Nullable Double reproducedScore,
        String environmentDescription,
        @Nullable String environmentHash,
        @Nullable String evidenceUrl,
        String notes) {
    private static final int MAX_DESCRIPTION = 5_000;
    private static final int MAX_NOTES = 20_000;

    public NewCommunityVerification {
        Objects.requireNonNull(submissionId, "submissionId");
        Objects.requireNonNull(verifierId, "verifierId");
        Check.figureOrNull("reproducedScore", reproducedScore);
        Check.text("environmentDescription", environmentDescription, 1, MAX_DESCRIPTION);
        if (environmentHash != null && !environmentHash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "environmentHash must be 64 hexadecimal digits, letters in lower case, as a SHA-256 has");
        }
        Check.urlOrNull("evidenceUrl", evidenceUrl);
        if (!Objects.requireNonNull(notes, "notes").isEmpty()) {
            Check.text("notes", notes, 1, MAX_NOTES);
        }
    }

    /** What the verifier found, and where. */
    public static NewCommunityVerification of(
            UUID submissionId, UUID verifierId, boolean reproduced, String environmentDescription) {
        return new NewCommunityVerification(
                submissionId, verifierId, reproduced, null, environmentDescription, null, null, "");
    }

    public NewCommunityVerification reproducedScore(double value) {
        return new NewCommunityVerification(
                submissionId,
                verifierId,
                reproduced,
                value,
                environmentDescription,
                environmentHash,
                evidenceUrl,
                notes);
    }

    public NewCommunityVerification environmentHash(String value) {
        return new NewCommunityVerification(
                submissionId,
                verifierId,
                reproduced,
                reproducedScore,
                environmentDescription,
                value,
                evidenceUrl,
                notes);
    }

    public NewCommunityVerification evidenceUrl(String value) {
        return new NewCommunityVerification(
                submissionId,
                verifierId,
                reproduced,
                reproducedScore,
                environmentDescription,
                environmentHash,
                value,
                notes);
    }

    public NewCommunityVerification notes(String value) {
        return new NewCommunityVerification(
                submissionId,
                verifierId,
                reproduced,
                reproducedScore,
                environmentDescription,
                environmentHash,
                evidenceUrl,
                value);
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewCommunityVerification[submissionId=" + submissionId + ", verifierId=" + verifierId + ", reproduced="
                + reproduced + "]";
    }
}
