package dev.evalstore.benchmark;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A scored answer to store. Model output is text like any other here, except that it may hold no NUL character and no half of
 * a surrogate pair (a truncated emoji): both are refused, since PostgreSQL and its driver would refuse or change them.
 *
 * @param benchmarkId the run that it belongs to, or null
 * @param provider who serves the model; not blank
 * @param model the model; not blank
 * @param input the prompt; may be empty
 * @param output the answer; may be empty
 * @param expected the right answer, or null
 * @param metrics figures of this answer beside the score
 * @param score finite, or null when not scored
 * @param latencyMs milliseconds, at least 0, or null
 * @param inputTokens at least 0, or null
 * @param outputTokens at least 0, or null
 * @param costUsd US dollars, at least 0, below 10⁹, at most nine decimals, or null
 * @param metadata anything else, or null
 * @param createdBy the user who creates it, or null
 */
public record NewEvaluation(
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
        @Nullable UUID createdBy) {
    public NewEvaluation {
        Check.text("provider", provider);
        Check.text("model", model);
        Check.content("input", input);
        Check.content("output", output);
        Check.contentOrNull("expected", expected);
        Objects.requireNonNull(metrics, "metrics");
        Check.finiteOrNull("score", score);
        Check.notNegativeOrNull("latencyMs", latencyMs);
        Check.notNegativeOrNull("inputTokens", inputTokens);
        Check.notNegativeOrNull("outputTokens", outputTokens);
        Check.usdOrNull("costUsd", costUsd);
    }

    /** An answer without score, figures or run. */
    public static NewEvaluation of(String provider, String model, String input, String output) {
        return new NewEvaluation(
                null, provider, model, input, output, null, Json.EMPTY, null, null, null, null, null, null, null);
    }

    /** The same, belonging to a run. */
    public NewEvaluation benchmark(UUID id) {
        return new NewEvaluation(
                id,
                provider,
                model,
                input,
                output,
                expected,
                metrics,
                score,
                latencyMs,
                inputTokens,
                outputTokens,
                costUsd,
                metadata,
                createdBy);
    }

    /** The same with the right answer. */
    public NewEvaluation expected(String answer) {
        return new NewEvaluation(
                benchmarkId,
                provider,
                model,
                input,
                output,
                answer,
                metrics,
                score,
                latencyMs,
                inputTokens,
                outputTokens,
                costUsd,
                metadata,
                createdBy);
    }

    /** The same with figures beside the score. */
    public NewEvaluation metrics(Json figures) {
        return new NewEvaluation(
                benchmarkId,
                provider,
                model,
                input,
                output,
                expected,
                figures,
                score,
                latencyMs,
                inputTokens,
                outputTokens,
                costUsd,
                metadata,
                createdBy);
    }

    /** The same with a score. */
    public NewEvaluation score(double value) {
        return new NewEvaluation(
                benchmarkId,
                provider,
                model,
                input,
                output,
                expected,
                metrics,
                value,
                latencyMs,
                inputTokens,
                outputTokens,
                costUsd,
                metadata,
                createdBy);
    }

    /** The same with its latency in milliseconds. */
    public NewEvaluation latencyMs(int millis) {
        return new NewEvaluation(
                benchmarkId,
                provider,
                model,
                input,
                output,
                expected,
                metrics,
                score,
                millis,
                inputTokens,
                outputTokens,
                costUsd,
                metadata,
                createdBy);
    }

    /** The same with what it used: tokens in, tokens out, and US dollars. */
    public NewEvaluation usage(int tokensIn, int tokensOut, BigDecimal usd) {
        return new NewEvaluation(
                benchmarkId,
                provider,
                model,
                input,
                output,
                expected,
                metrics,
                score,
                latencyMs,
                tokensIn,
                tokensOut,
                usd,
                metadata,
                createdBy);
    }

    /** The same with anything else. */
    public NewEvaluation metadata(Json anything) {
        return new NewEvaluation(
                benchmarkId,
                provider,
                model,
                input,
                output,
                expected,
                metrics,
                score,
                latencyMs,
                inputTokens,
                outputTokens,
                costUsd,
                anything,
                createdBy);
    }

    /** The same with the user who creates it. */
    public NewEvaluation createdBy(UUID user) {
        return new NewEvaluation(
                benchmarkId,
                provider,
                model,
                input,
                output,
                expected,
                metrics,
                score,
                latencyMs,
                inputTokens,
                outputTokens,
                costUsd,
                metadata,
                user);
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewEvaluation[provider=" + provider + ", model=" + model + ", score=" + score + "]";
    }
}
