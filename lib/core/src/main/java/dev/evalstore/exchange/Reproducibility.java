package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import org.jspecify.annotations.Nullable;

/**
 * What others need to run it again.
 *
 * @param executorVersion the version of the software that ran it, not blank, at most 200 characters, or null
 * @param randomSeed what its random choices started from, or null
 * @param environment an object: where it ran, as {@link SubmissionEnvironment} has it or as the platform shapes it
 * @param parameters an object: what the model was called with, such as its temperature
 * @param datasetChecksums an object: the checksum of each data set that was used, by its name
 */
public record Reproducibility(
        @Nullable String executorVersion,
        @Nullable Long randomSeed,
        Json environment,
        Json parameters,
        Json datasetChecksums) {
    /** Nothing is known. */
    public static final Reproducibility NONE = new Reproducibility(null, null, Json.EMPTY, Json.EMPTY, Json.EMPTY);

    public Reproducibility {
        Check.textOrNull("executorVersion", executorVersion, 200);
        SubmissionRules.object("environment", environment);
        SubmissionRules.object("parameters", parameters);
        SubmissionRules.object("datasetChecksums", datasetChecksums);
    }

    public Reproducibility executorVersion(String value) {
        return new Reproducibility(value, randomSeed, environment, parameters, datasetChecksums);
    }

    public Reproducibility randomSeed(long value) {
        return new Reproducibility(executorVersion, value, environment, parameters, datasetChecksums);
    }

    public Reproducibility environment(Json value) {
        return new Reproducibility(executorVersion, randomSeed, value, parameters, datasetChecksums);
    }

    public Reproducibility environment(SubmissionEnvironment value) {
        return environment(value.toJson());
    }

    public Reproducibility parameters(Json value) {
        return new Reproducibility(executorVersion, randomSeed, environment, value, datasetChecksums);
    }

    public Reproducibility datasetChecksums(Json value) {
        return new Reproducibility(executorVersion, randomSeed, environment, parameters, value);
    }
}
