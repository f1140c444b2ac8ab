package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.Objects;

/**
 * What else a submitter says about a submission: given with it, and read back as it was given.
 *
 * @param key unique in the submission, not blank, at most 200 characters
 * @param value any JSON
 * @param category what it belongs to, for people; not blank, at most 100 characters
 */
public record SubmissionMetadata(String key, Json value, String category) {
    public SubmissionMetadata {
        Check.text("metadata key", key, 1, 200);
        Objects.requireNonNull(value, "metadata value");
        Check.text("metadata category", category, 1, 100);
    }

    /** The fields that may be logged: not the value. */
    @Override
    public String toString() {
        return "SubmissionMetadata[key=" + key + ", category=" + category + "]";
    }
}
