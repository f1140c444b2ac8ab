package dev.evalstore.tracking;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a request to a model cost, to store; {@link CostEntry} describes the fields. {@link #of} begins, and each further method
 * adds one thing.
 *
 * @param provider not blank, at most 800 bytes in UTF-8
 * @param model not blank, at most 800 bytes in UTF-8
 * @param inputTokens from 0 to 10¹²
 * @param outputTokens from 0 to 10¹²
 * @param costUsd US dollars: at least 0, below 10⁹, at most nine decimals
 * @param requestedAt in the years 2000 to 2100; null for the server's time of storing
 * @param cause what it was spent on
 */
public record NewCostEntry(
        String provider,
        String model,
        long inputTokens,
        long outputTokens,
        BigDecimal costUsd,
        @Nullable Instant requestedAt,
        Cause cause,
        @Nullable Json metadata) {
    private static final long MAX_TOKENS = 1_000_000_000_000L;

    public NewCostEntry {
        Check.name("provider", provider);
        Check.name("model", model);
        tokens("inputTokens", inputTokens);
        tokens("outputTokens", outputTokens);
        Check.usd("costUsd", costUsd);
        Check.yearsOrNull("requestedAt", requestedAt);
        Objects.requireNonNull(cause, "cause");
    }

    /** The cost of a request that is made now, spent on nothing in particular, without tokens. */
    public static NewCostEntry of(String provider, String model, BigDecimal costUsd) {
        return new NewCostEntry(provider, model, 0, 0, costUsd, null, Cause.NONE, null);
    }

    /** The same with the tokens of the prompt and of the answer. */
    public NewCostEntry tokens(long tokensIn, long tokensOut) {
        return new NewCostEntry(provider, model, tokensIn, tokensOut, costUsd, requestedAt, cause, metadata);
    }

    public NewCostEntry requestedAt(Instant value) {
        return new NewCostEntry(provider, model, inputTokens, outputTokens, costUsd, value, cause, metadata);
    }

    public NewCostEntry cause(Cause value) {
        return new NewCostEntry(provider, model, inputTokens, outputTokens, costUsd, requestedAt, value, metadata);
    }

    public NewCostEntry experiment(UUID id) {
        return cause(cause.experimentId(id));
    }

    public NewCostEntry evaluation(UUID id) {
        return cause(cause.evaluationId(id));
    }

    public NewCostEntry job(UUID id) {
        return cause(cause.jobId(id));
    }

    public NewCostEntry metadata(Json value) {
        return new NewCostEntry(provider, model, inputTokens, outputTokens, costUsd, requestedAt, cause, value);
    }

    private static void tokens(String field, long value) {
        if (value < 0 || value > MAX_TOKENS) {
            throw new IllegalArgumentException(field + " must be from 0 to 1,000,000,000,000");
        }
    }

    /** What money was spent on: an experiment, an evaluation, and the job that spent it, each null where there is none. */
    public record Cause(
            @Nullable UUID experimentId,
            @Nullable UUID evaluationId,
            @Nullable UUID jobId) {
        /** Nothing in particular. */
        public static final Cause NONE = new Cause(null, null, null);

        public Cause experimentId(UUID value) {
            return new Cause(value, evaluationId, jobId);
        }

        public Cause evaluationId(UUID value) {
            return new Cause(experimentId, value, jobId);
        }

        public Cause jobId(UUID value) {
            return new Cause(experimentId, evaluationId, value);
        }
    }
}
