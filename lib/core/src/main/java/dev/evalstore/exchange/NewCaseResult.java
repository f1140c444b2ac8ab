package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.exchange.CaseResult.Evidence;
import dev.evalstore.exchange.CaseResult.Measured;
import java.math.BigDecimal;
import java.util.Objects;

/**
 * The result of a test case to submit; {@link CaseResult} describes the fields.
 *
 * @param caseKey the key of a test case of the version
 * @param score 0 to 1: at least 0.5 if passed, otherwise below 1
 * @param evidence its {@code details} have at most 1,000,000 characters
 */
public record NewCaseResult(String caseKey, boolean passed, double score, Measured measured, Evidence evidence) {
    public NewCaseResult {
        CaseRules.caseKey(caseKey);
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("case score must be from 0 to 1");
        }
        if (passed && score < 0.5) {
            throw new IllegalArgumentException("case score must be at least 0.5 where passed");
        }
        if (!passed && score == 1) {
            throw new IllegalArgumentException("case score must be below 1 where not passed");
        }
        score += 0.0;
        Objects.requireNonNull(measured, "measured");
        Objects.requireNonNull(evidence, "evidence");
        SubmissionRules.size("details", evidence.details());
    }

    /** A verdict with its score alone. */
    public static NewCaseResult of(String caseKey, boolean passed, double score) {
        return new NewCaseResult(caseKey, passed, score, Measured.UNKNOWN, Evidence.NONE);
    }

    /** Passed, with the score 1. */
    public static NewCaseResult passed(String caseKey) {
        return of(caseKey, true, 1);
    }

    /** Failed, with the score 0. */
    public static NewCaseResult failed(String caseKey) {
        return of(caseKey, false, 0);
    }

    public NewCaseResult measured(Measured value) {
        return new NewCaseResult(caseKey, passed, score, value, evidence);
    }

    public NewCaseResult latencyMs(int value) {
        return measured(measured.latencyMs(value));
    }

    /** The same with the tokens of the input and of the output, and the cost in US dollars. */
    public NewCaseResult usage(int inputTokens, int outputTokens, BigDecimal costUsd) {
        return measured(measured.usage(inputTokens, outputTokens, costUsd));
    }

    public NewCaseResult evidence(Evidence value) {
        return new NewCaseResult(caseKey, passed, score, measured, value);
    }

    /** What the model wrote; {@link Evidence#truncated} says that it is only the beginning. */
    public NewCaseResult output(String value) {
        return evidence(evidence.output(value));
    }

    /** The kind of the error, and what went wrong. */
    public NewCaseResult error(String kind, String text) {
        return evidence(evidence.error(kind, text));
    }

    public NewCaseResult details(Json value) {
        return evidence(evidence.details(value));
    }
}
