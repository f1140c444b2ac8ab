package dev.evalstore.benchmark;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One scored answer. Nothing of it changes once it is stored but its rating. Times are the server's.
 *
 * @param id version 7
 * @param benchmarkId the run that the answer belongs to, or null
 * @param provider the service that serves the model
 * @param input the prompt
 * @param output the model's answer
 * @param expected the right answer, or null
 * @param metrics figures of this answer besides the score
 * @param score higher is better, on the caller's scale; finite, or null when not scored
 * @param latencyMs from the request to the last token, in milliseconds, or null
 * @param inputTokens tokens of the prompt, or null
 * @param outputTokens tokens of the answer, or null
 * @param costUsd US dollars, nine decimals, or null
 * @param metadata anything else, or null
 * @param experimentId the experiment that the answer belongs to, or null
 * @param modelVersionId the catalogue's version of the model, or null; also once that is deleted
 * @param itemKey the question, so that the answers of two experiments to it can be paired, or null
 * @param repeat which of several answers to the same question, from 0
 * @param rating the mean of the ratings that its feedback has, from 1 to 5; null without any
 * @param judgeScores a JSON object with what each judge gave, or null
 * @param criteria a JSON object with scores by criterion, or null
 * @param evaluatorVersion the version of the program that judged, or null
 */
public record Evaluation(
        UUID id,
        @Nullable UUID benchmarkId,
        String provider,
        String model,
        String input,
        String output,
        @Nullable String expected,
        Json metrics,
        @Nullable Double score,
        @Nullable Integer latencyMs,
        @Nullable Integer inputTokens,
        @Nullable Integer outputTokens,
        @Nullable BigDecimal costUsd,
        @Nullable Json metadata,
        @Nullable UUID experimentId,
        @Nullable UUID modelVersionId,
        @Nullable String itemKey,
        int repeat,
        @Nullable Double rating,
        @Nullable Json judgeScores,
        @Nullable Json criteria,
        @Nullable String evaluatorVersion,
        @Nullable UUID createdBy,
        Instant createdAt) {
    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "Evaluation[id=" + id + ", benchmarkId=" + benchmarkId + ", experimentId=" + experimentId + ", provider="
                + provider + ", model=" + model + ", score=" + score + "]";
    }
}
