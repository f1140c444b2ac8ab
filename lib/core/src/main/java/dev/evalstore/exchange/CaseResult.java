package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The result of a test case in a submission.
 *
 * @param caseId the test case
 * @param caseKey its key
 * @param passed whether the output was right
 * @param score 0 to 1: at least 0.5 if passed, otherwise below 1
 * @param measured the time, tokens and money that it took
 * @param evidence the output, and what went wrong
 */
public record CaseResult(
        UUID caseId, String caseKey, boolean passed, double score, Measured measured, Evidence evidence) {
    /**
     * The time, tokens and money that a test case took: at least 0, or null where not measured.
     *
     * @param latencyMs from request to last token, in milliseconds
     * @param inputTokens how many tokens the model read
     * @param outputTokens how many tokens the model wrote
     * @param costUsd US dollars, below 10⁹, at most nine decimals
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
     * The output of the model, and what went wrong.
     *
     * @param errorKind the kind of error, such as timeout; not blank, at most 100 characters, or null
     * @param error what went wrong, at most 10,000 characters, or null
     * @param output what the model wrote, at most 1,000,000 characters, or null
     * @param outputTruncated whether {@code output}, which is then given, is only the beginning
     * @param details an object: what else the runner recorded, or null
     */
    public record Evidence(
            @Nullable String errorKind,
            @Nullable String error,
            @Nullable String output,
            boolean outputTruncated,
            @Nullable Json details) {
        /** Nothing was recorded. */
        public static final Evidence NONE = new Evidence(null, null, null, false, null);

        public Evidence {
            Check.textOrNull("errorKind", errorKind, 100);
            SubmissionRules.contentOrNull("error", error, Check.MAX_ERROR);
            SubmissionRules.contentOrNull("output", output, CaseRules.MAX_TEXT);
            if (outputTruncated && output == null) {
                throw new IllegalArgumentException("outputTruncated needs an output");
            }
            SubmissionRules.objectOrNull("details", details);
        }

        /** The kind of the error, and what went wrong. */
        public Evidence error(String kind, String text) {
            return new Evidence(kind, text, output, outputTruncated, details);
        }

        /** What the model wrote. */
        public Evidence output(String value) {
            return new Evidence(errorKind, error, value, outputTruncated, details);
        }

        /** Says that the output, which was given before, is only the beginning. */
        public Evidence truncated() {
            return new Evidence(errorKind, error, output, true, details);
        }

        public Evidence details(Json value) {
            return new Evidence(errorKind, error, output, outputTruncated, value);
        }

        /** The fields that may be logged: none of the texts. */
        @Override
        public String toString() {
            return "Evidence[errorKind=" + errorKind + ", outputTruncated=" + outputTruncated + "]";
        }
    }
}
