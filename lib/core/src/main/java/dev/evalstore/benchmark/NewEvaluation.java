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
        Place place,
        Answer answer,
        Json metrics,
        @Nullable Double score,
        Measured measured,
        Judged judged,
        @Nullable Json metadata,
        @Nullable UUID createdBy) {
    private static final int MAX_TEXT = 200;

    public NewEvaluation {
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(answer, "answer");
        Objects.requireNonNull(metrics, "metrics");
        Check.figureOrNull("score", score);
        Objects.requireNonNull(measured, "measured");
        Objects.requireNonNull(judged, "judged");
    }

    /** An answer without score, figures, run or experiment. */
    public static NewEvaluation of(String provider, String model, String input, String output) {
        Answer answer = new Answer(provider, model, null, input, output, null);
        return new NewEvaluation(Place.NONE, answer, Json.EMPTY, null, Measured.UNKNOWN, Judged.NOT, null, null);
    }

    public NewEvaluation place(Place value) {
        return new NewEvaluation(value, answer, metrics, score, measured, judged, metadata, createdBy);
    }

    public NewEvaluation benchmark(UUID id) {
        return place(place.benchmark(id));
    }

    public NewEvaluation experiment(UUID id) {
        return place(place.experiment(id));
    }

    /** The same as the first answer to this question; see {@link #item(String, int)}. */
    public NewEvaluation item(String key) {
        return item(key, 0);
    }

    /** The same as one of several answers to this question, counted from 0. An experiment has each of them once. */
    public NewEvaluation item(String key, int repeat) {
        return place(place.item(key, repeat));
    }

    /** The same with the catalogue's version of the model that answered. */
    public NewEvaluation modelVersion(UUID id) {
        return answer(answer.modelVersion(id));
    }

    public NewEvaluation answer(Answer value) {
        return new NewEvaluation(place, value, metrics, score, measured, judged, metadata, createdBy);
    }

    public NewEvaluation expected(String value) {
        return answer(answer.expected(value));
    }

    public NewEvaluation metrics(Json value) {
        return new NewEvaluation(place, answer, value, score, measured, judged, metadata, createdBy);
    }

    public NewEvaluation score(double value) {
        return new NewEvaluation(place, answer, metrics, value, measured, judged, metadata, createdBy);
    }

    public NewEvaluation measured(Measured value) {
        return new NewEvaluation(place, answer, metrics, score, value, judged, metadata, createdBy);
    }

    public NewEvaluation latencyMs(int value) {
        return measured(measured.latencyMs(value));
    }

    /** The same with the tokens of the input and of the output, and the cost in US dollars. */
    public NewEvaluation usage(int inputTokens, int outputTokens, BigDecimal costUsd) {
        return measured(measured.usage(inputTokens, outputTokens, costUsd));
    }

    public NewEvaluation judged(Judged value) {
        return new NewEvaluation(place, answer, metrics, score, measured, value, metadata, createdBy);
    }

    /** The same with a JSON object of what each judge gave, by judge. */
    public NewEvaluation judgeScores(Json value) {
        return judged(judged.judgeScores(value));
    }

    /** The same with a JSON object of scores by criterion. */
    public NewEvaluation criteria(Json value) {
        return judged(judged.criteria(value));
    }

    public NewEvaluation evaluatorVersion(String value) {
        return judged(judged.evaluatorVersion(value));
    }

    public NewEvaluation metadata(Json value) {
        return new NewEvaluation(place, answer, metrics, score, measured, judged, value, createdBy);
    }

    public NewEvaluation createdBy(UUID value) {
        return new NewEvaluation(place, answer, metrics, score, measured, judged, metadata, value);
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewEvaluation[answer=" + answer + ", score=" + score + "]";
    }

    /**
     * What the evaluation belongs to.
     *
     * @param itemKey the question, so that the answers of two experiments to it can be paired: not blank, 1 to 200
     *     characters; or null
     * @param repeat which of several answers to the same question, from 0
     */
    public record Place(
            @Nullable UUID benchmarkId,
            @Nullable UUID experimentId,
            @Nullable String itemKey,
            int repeat) {
        /** No run and no experiment. */
        public static final Place NONE = new Place(null, null, null, 0);

        public Place {
            Check.textOrNull("itemKey", itemKey, MAX_TEXT);
            Check.notNegative("repeat", repeat);
        }

        public Place benchmark(UUID id) {
            return new Place(id, experimentId, itemKey, repeat);
        }

        public Place experiment(UUID id) {
            return new Place(benchmarkId, id, itemKey, repeat);
        }

        /** The same as one of several answers to a question, counted from 0. */
        public Place item(String key, int repeat) {
            return new Place(benchmarkId, experimentId, key, repeat);
        }
    }

    /**
     * A question to a model and its answer. A text may hold no NUL character and no half of a surrogate pair (a
     * truncated emoji). Both are refused, since PostgreSQL and its driver would refuse or change them.
     *
     * @param provider not blank, at most 800 bytes in UTF-8
     * @param model not blank, at most 800 bytes in UTF-8
     * @param modelVersionId the catalogue's version of the model, or null
     * @param input may be empty
     * @param output may be empty
     */
    public record Answer(
            String provider,
            String model,
            @Nullable UUID modelVersionId,
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

        public Answer modelVersion(UUID id) {
            return new Answer(provider, model, id, input, output, expected);
        }

        public Answer expected(String value) {
            return new Answer(provider, model, modelVersionId, input, output, value);
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

    /**
     * How the answer was judged, besides its score.
     *
     * @param judgeScores a JSON object with what each judge gave, or null
     * @param criteria a JSON object with scores by criterion, or null
     * @param evaluatorVersion the version of the program that judged: not blank, 1 to 200 characters; or null
     */
    public record Judged(
            @Nullable Json judgeScores,
            @Nullable Json criteria,
            @Nullable String evaluatorVersion) {
        /** Nothing is known but the score. */
        public static final Judged NOT = new Judged(null, null, null);

        public Judged {
            objectOrNull("judgeScores", judgeScores);
            objectOrNull("criteria", criteria);
            Check.textOrNull("evaluatorVersion", evaluatorVersion, MAX_TEXT);
        }

        public Judged judgeScores(Json value) {
            return new Judged(value, criteria, evaluatorVersion);
        }

        public Judged criteria(Json value) {
            return new Judged(judgeScores, value, evaluatorVersion);
        }

        public Judged evaluatorVersion(String value) {
            return new Judged(judgeScores, criteria, value);
        }

        private static void objectOrNull(String field, @Nullable Json value) {
            if (value != null && !value.text().stripLeading().startsWith("{")) {
                throw new IllegalArgumentException(field + " must be a JSON object");
            }
        }
    }
}
