package dev.evalstore.benchmark;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A scored answer to store; {@link Evaluation} describes the fields. {@link #of} makes one of an answer alone, and each
 * further method adds one thing to it.
 *
 * @param score from -1e300 to 1e300, or null when not scored
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
        Check.figureOrNull("score", score);
        Objects.requireNonNull(measured, "measured");
    }

    /** An answer without score, figures or run. */
    public static NewEvaluation of(String provider, String model, String input, String output) {
        Answer answer = new Answer(provider, model, input, output, null);
        return new NewEvaluation(null, answer, Json.EMPTY, null, Measured.UNKNOWN, null, null);
    }

    public NewEvaluation benchmark(UUID id) {
        return new NewEvaluation(id, answer, metrics, score, measured, metadata, createdBy);
    }

    public NewEvaluation expected(String value) {
        return new NewEvaluation(benchmarkId, answer.expected(value), metrics, score, measured, metadata, createdBy);
    }

    public NewEvaluation metrics(Json value) {
        return new NewEvaluation(benchmarkId, answer, value, score, measured, metadata, createdBy);
    }

    public NewEvaluation score(double value) {
        return new NewEvaluation(benchmarkId, answer, metrics, value, measured, metadata, createdBy);
    }

    public NewEvaluation measured(Measured value) {
        return new NewEvaluation(benchmarkId, answer, metrics, score, value, metadata, createdBy);
    }

    public NewEvaluation latencyMs(int value) {
        return measured(measured.latencyMs(value));
    }

    /** The same with the tokens of the input and of the output, and the cost in US dollars. */
    public NewEvaluation usage(int inputTokens, int outputTokens, BigDecimal costUsd) {
        return measured(measured.usage(inputTokens, outputTokens, costUsd));
    }

    public NewEvaluation metadata(Json value) {
        return new NewEvaluation(benchmarkId, answer, metrics, score, measured, value, createdBy);
    }

    public NewEvaluation createdBy(UUID value) {
        return new NewEvaluation(benchmarkId, answer, metrics, score, measured, metadata, value);
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewEvaluation[answer=" + answer + ", score=" + score + "]";
    }

    /**
     * A question to a model and its answer. A text may hold no NUL character and no half of a surrogate pair (a
     * truncated emoji). Both are refused, since PostgreSQL and its driver would refuse or change them.
     *
     * @param provider not blank, at most 800 bytes in UTF-8
     * @param model not blank, at most 800 bytes in UTF-8
     * @param input may be empty
     * @param output may be empty
     */
    public record Answer(
            String provider,
            String model,
            String input,
            String output,
            @Nullable String expected) {
        public Answer {
            Check.name("provider", provider);
            Check.name("model", model);
            Check.content("input", input);
            Check.content("output", output);
            Check.contentOrNull("expected", expected);
        }

        public Answer expected(String value) {
            return new Answer(provider, model, input, output, value);
        }

        /** The fields that may be logged: none of the texts. */
        @Override
        public String toString() {
            return "Answer[provider=" + provider + ", model=" + model + "]";
        }
    }

    /**
     * The time, tokens and money that an answer took: at least 0, or null where not measured.
     *
     * @param costUsd below 10⁹, at most nine decimals
     */
    public record Measured(
            @Nullable Integer latencyMs,
            @Nullable Integer inputTokens,
            @Nullable Integer outputTokens,
            @Nullable BigDecimal costUsd) {
        /** Nothing was measured. */
        public static final Measured UNKNOWN = new Measured(null, null, null, null);

        public Measured {
            Check.notNegativeOrNull("latencyMs", latencyMs);
            Check.notNegativeOrNull("inputTokens", inputTokens);
            Check.notNegativeOrNull("outputTokens", outputTokens);
            Check.usdOrNull("costUsd", costUsd);
        }

        public Measured latencyMs(int value) {
            return new Measured(value, inputTokens, outputTokens, costUsd);
        }

        /** The same with the tokens of the input and of the output, and the cost in US dollars. */
        public Measured usage(int tokensIn, int tokensOut, BigDecimal usd) {
            return new Measured(latencyMs, tokensIn, tokensOut, usd);
        }
    }
}
