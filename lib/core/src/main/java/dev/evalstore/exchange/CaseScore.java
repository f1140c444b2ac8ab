package dev.evalstore.exchange;

import dev.evalstore.internal.Check;

/**
 * What one test case counts in {@link Aggregation}.
 *
 * @param key the test case's key
 * @param passed counted by {@link AggregationMethod#PASS_RATE} alone
 * @param score 0 to 1
 */
public record CaseScore(String key, boolean passed, double score) {
    public CaseScore {
        Check.text("key", key);
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("score must be from 0 to 1");
        }
    }
}
