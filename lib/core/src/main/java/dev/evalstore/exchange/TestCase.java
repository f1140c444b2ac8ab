package dev.evalstore.exchange;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a version of a benchmark definition asks a model, and what the output must be. It changes only while its version
 * may. Times are the server's.
 *
 * @param id version 7
 * @param caseKey the name in results, unique in the version
 * @param name the name for people
 * @param description what it is about, or null
 * @param weight how much it counts in a weighted mean: above 0, at most 1
 * @param tags labels for search
 * @param promptTemplate the prompt with {@code {{name}}} for each variable; {@link TestCaseRepository#render} fills it
 * @param variables an object: the variables, each with its default, or null for one without
 * @param systemPrompt the instructions that the model gets before the prompt, or null
 * @param fewShotExamples an array: solved examples that stand before the prompt, as the runner reads them
 * @param inputFormat the form of the prompt in the platform's terms, such as {@code plain_text}
 * @param inputConfig an object: details of that form, as the runner reads them, or null
 * @param referenceOutput a right output, for people and for semantic comparisons, or null
 * @param outputSchema the JSON Schema that an output fits, or null
 * @param evaluationMethod an object: how an output is scored, as the runner reads it
 * @param sortOrder the place in lists, lower first
 * @param expectation the expected outputs and the constraints
 */
public record TestCase(
        UUID id,
        UUID versionId,
        String caseKey,
        String name,
        @Nullable String description,
        double weight,
        Difficulty difficulty,
        List<String> tags,
        String promptTemplate,
        Json variables,
        @Nullable String systemPrompt,
        Json fewShotExamples,
        String inputFormat,
        @Nullable Json inputConfig,
        @Nullable String referenceOutput,
        @Nullable Json outputSchema,
        Json evaluationMethod,
        int sortOrder,
        Expectation expectation,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "TestCase[id=" + id + ", versionId=" + versionId + ", caseKey=" + caseKey + "]";
    }
}
