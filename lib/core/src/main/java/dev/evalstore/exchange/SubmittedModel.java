package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The model that a submission is of, as the submitter names it. No text may be blank.
 *
 * @param provider who makes or serves it, at most 200 characters
 * @param name at most 200 characters
 * @param version at most 200 characters, or null
 * @param versionId the model version in the catalogue, or null if it is not there or was removed
 * @param endpoint where it was called, at most 2,000 characters, or null
 */
public record SubmittedModel(
        String provider,
        String name,
        @Nullable String version,
        @Nullable UUID versionId,
        @Nullable String endpoint) {
    public SubmittedModel {
        Check.text("model provider", provider, 1, 200);
        Check.text("model name", name, 1, 200);
        Check.textOrNull("model version", version, 200);
        Check.textOrNull("model endpoint", endpoint, 2_000);
    }

    /** Without version, endpoint, and a model version of the catalogue. */
    public static SubmittedModel of(String provider, String name) {
        return new SubmittedModel(provider, name, null, null, null);
    }

    public SubmittedModel version(String value) {
        return new SubmittedModel(provider, name, value, versionId, endpoint);
    }

    public SubmittedModel versionId(UUID value) {
        return new SubmittedModel(provider, name, version, value, endpoint);
    }

    public SubmittedModel endpoint(String value) {
        return new SubmittedModel(provider, name, version, versionId, value);
    }

    /** The model as boards tell models apart. */
    public ModelSubject subject() {
        return ModelSubject.of(provider, name, version);
    }
}
