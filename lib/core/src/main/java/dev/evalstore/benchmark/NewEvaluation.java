package dev.evalstore.benchmark;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A scored answer to store. {@link #of} makes one of an answer alone; each further method adds one thing to it.
 *
 * @param benchmarkId the run that the answer belongs to, or null
 * @param answer the answer itself
 * @param metrics figures of this answer besides the score
 * @param score finite, or null when not scored
 * @param measured the time, tokens and money that the answer took
 * @param metadata anything else, or null
 * @param createdBy the user who creates the evaluation, or null
 */
public record NewEvaluation(
        @Nullable UUID benchmarkId,
        Answer answer,
        Json metrics,
        @Nullable Double score,
        Measured measured,
        @Nullable Json metadata,
        @Nullable UUID createdBy) {
    public NewEvaluation {
        Objects.requireNonNull(answer, "answer");
        Objects.requireNonNull(metrics, "metrics");
        Check.finiteOrNull("score", score);
        Objects.requireNonNull(measured, "measured");
    }

    /** An answer without score, figures or run. */
    public static NewEvaluation of(String provider, String model, String input, String output) {
        Answer answer = new Answer(provider, model, input, output, null);
        return new NewEvaluation(null, answer, Json.EMPTY, null, Measured.NOTHING, null, null);
    }

    /** The same in a run. */
    public NewEvaluation benchmark(UUID id) {
        return new NewEvaluation(id, answer, metrics, score, measured, metadata, createdBy);
    }

    /** The same with the right answer. */
    public NewEvaluation expected(String text) {
        return new NewEvaluation(benchmarkId, answer.expected(text), metrics, score, measured, metadata, createdBy);
    }

    /** The same with figures besides the score. */
    public NewEvaluation metrics(Json figures) {
        return new NewEvaluation(benchmarkId, answer, figures, score, measured, metadata, createdBy);
    }

    /** The same with a score. */
    public NewEvaluation score(double value) {
        return new NewEvaluation(benchmarkId, answer, metrics, value, measured, metadata, createdBy);
    }

    /** The same with the time, tokens and money that the answer took. */
    public NewEvaluation measured(Measured figures) {
        return new NewEvaluation(benchmarkId, answer, metrics, score, figures, metadata, createdBy);
    }

    /** The same with the answer's latency in milliseconds. */
    public NewEvaluation latencyMs(int millis) {
        return measured(measured.latencyMs(millis));
    }

    /** The same with the tokens of the input and of the output, and the cost in US dollars. */
    public NewEvaluation usage(int inputTokens, int outputTokens, BigDecimal costUsd) {
        return measured(measured.usage(inputTokens, outputTokens, costUsd));
    }

    /** The same with anything else. */
    public NewEvaluation metadata(Json anything) {
        return new NewEvaluation(benchmarkId, answer, metrics, score, measured, anything, createdBy);
    }

    /** The same with the user who creates it. */
    public NewEvaluation createdBy(UUID user) {
        return new NewEvaluation(benchmarkId, answer, metrics, score, measured, metadata, user);
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewEvaluation[answer=" + answer + ", score=" + score + "]";
    }

    /**
     * A question to a model and its answer. A text may hold no NUL character and no half of a surrogate pair (a
     * truncated emoji): both are refused, since PostgreSQL and its driver would refuse or change them.
     *
     * @param provider the service that serves the model; not blank
     * @param model not blank
     * @param input the prompt; may be empty
     * @param output the model's answer; may be empty
     * @param expected the right answer, or null
     */
    public record Answer(
            String provider,
            String model,
            String input,
            String output,
            @Nullable String expected) {
        public Answer {
            Check.text("provider", provider);
            Check.text("model", model);
            Check.content("input", input);
            Check.content("output", output);
            Check.contentOrNull("expected", expected);
        }

        /** The same with the right answer. */
        public Answer expected(String text) {
            return new Answer(provider, model, input, output, text);
        }

        /** The fields that may be logged: none of the texts. */
        @Override
        public String toString() {
            return "Answer[provider=" + provider + ", model=" + model + "]";
        }
    }

    /**
     * The time, tokens and money that an answer took; a component is null where it was not measured.
     *
     * @param latencyMs milliseconds from the request to the last token, at least 0
     * @param inputTokens tokens of the prompt, at least 0
     * @param outputTokens tokens of the answer, at least 0
     * @param costUsd US dollars, at least 0, below 10⁹, at most nine decimals
     */
    public record Measured(
            @Nullable Integer latencyMs,
            @Nullable Integer inputTokens,
            @Nullable Integer outputTokens,
            @Nullable BigDecimal costUsd) {
        /** Nothing was measured. */
        public static final Measured NOTHING = new Measured(null, null, null, null);

        public Measured {
            Check.notNegativeOrNull("latencyMs", latencyMs);
            Check.notNegativeOrNull("inputTokens", inputTokens);
            Check.notNegativeOrNull("outputTokens", outputTokens);
            Check.usdOrNull("costUsd", costUsd);
        }

        /** The same with a latency in milliseconds. */
        public Measured latencyMs(int millis) {
            return new Measured(millis, inputTokens, outputTokens, costUsd);
        }

        /** The same with the tokens of the input and of the output, and the cost in US dollars. */
        public Measured usage(int tokensIn, int tokensOut, BigDecimal usd) {
            return new Measured(latencyMs, tokensIn, tokensOut, usd);
        }
    }
}
