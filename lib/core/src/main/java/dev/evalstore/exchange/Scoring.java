package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.internal.Check;
import java.util.Map;
import java.util.Objects;

/**
 * How the one score of a submission follows from the scores of its test cases; {@link Aggregation} has the formulas.
 *
 * @param aggregation how one score is made of many
 * @param aggregationConfig an object; for {@link AggregationMethod#PERCENTILE} with {@code percentile}, 0 to 100
 * @param normalization how the aggregated score is put on a common scale
 * @param normalizationConfig an object; for {@link Normalization#MIN_MAX} with {@code min} below {@code max}, for {@link
 *     Normalization#Z_SCORE} with {@code mean} and {@code stddev}, which is above 0
 * @param minimumTestCases so many test cases a submission has at least, 0 or more
 * @param confidenceLevel the level of confidence intervals, 0.5 to 0.99
 */
public record Scoring(
        AggregationMethod aggregation,
        Json aggregationConfig,
        Normalization normalization,
        Json normalizationConfig,
        int minimumTestCases,
        double confidenceLevel) {
    public Scoring {
        Objects.requireNonNull(aggregation, "aggregation");
        Map<String, Object> ofAggregation = object("aggregationConfig", aggregationConfig);
        if (aggregation == AggregationMethod.PERCENTILE) {
            if (!(ofAggregation.get("percentile") instanceof Number percentile)
                    || !isPercentile(percentile.doubleValue())) {
                throw new IllegalArgumentException("aggregationConfig must have a percentile from 0 to 100");
            }
        }
        Objects.requireNonNull(normalization, "normalization");
        checkScale(normalization, object("normalizationConfig", normalizationConfig));
        Check.range("minimumTestCases", minimumTestCases, 0, Integer.MAX_VALUE);
        if (!(confidenceLevel >= 0.5 && confidenceLevel <= 0.99)) {
            throw new IllegalArgumentException("confidenceLevel must be from 0.5 to 0.99");
        }
    }

    /** By this method, without normalization; at least one test case, confidence level 0.95. */
    public static Scoring of(AggregationMethod aggregation) {
        return new Scoring(aggregation, Json.EMPTY, Normalization.NONE, Json.EMPTY, 1, 0.95);
    }

    /** By a percentile, 0 to 100. */
    public static Scoring percentile(double percentile) {
        if (!isPercentile(percentile)) {
            throw new IllegalArgumentException("percentile must be from 0 to 100");
        }
        return new Scoring(
                AggregationMethod.PERCENTILE,
                Json.of(Map.of("percentile", percentile), JsonMapping.builtIn()),
                Normalization.NONE,
                Json.EMPTY,
                1,
                0.95);
    }

    public Scoring aggregationConfig(Json config) {
        return new Scoring(aggregation, config, normalization, normalizationConfig, minimumTestCases, confidenceLevel);
    }

    /** The scale of the scores, and its constants. */
    public Scoring normalization(Normalization value, Json config) {
        return new Scoring(aggregation, aggregationConfig, value, config, minimumTestCases, confidenceLevel);
    }

    public Scoring minimumTestCases(int value) {
        return new Scoring(aggregation, aggregationConfig, normalization, normalizationConfig, value, confidenceLevel);
    }

    public Scoring confidenceLevel(double value) {
        return new Scoring(aggregation, aggregationConfig, normalization, normalizationConfig, minimumTestCases, value);
    }

    private static boolean isPercentile(double value) {
        return value >= 0 && value <= 100;
    }

    private static void checkScale(Normalization normalization, Map<String, Object> config) {
        switch (normalization) {
            case NONE -> {}
            case MIN_MAX -> {
                if (number(config, "min") >= number(config, "max")) {
                    throw new IllegalArgumentException("normalizationConfig must have a min below its max");
                }
            }
            case Z_SCORE -> {
                number(config, "mean");
                if (number(config, "stddev") <= 0) {
                    throw new IllegalArgumentException("normalizationConfig must have a stddev above 0");
                }
            }
        }
    }

    private static Map<String, Object> object(String field, Json config) {
        Objects.requireNonNull(config, field);
        if (!config.text().stripLeading().startsWith("{")) {
            throw new IllegalArgumentException(field + " must be an object");
        }
        return config.asMap();
    }

    private static double number(Map<String, Object> config, String key) {
        if (!(config.get(key) instanceof Number number) || !(Math.abs(number.doubleValue()) <= Check.MAX_FIGURE)) {
            throw new IllegalArgumentException(
                    "normalizationConfig must have a number " + key + ", from -1e300 to 1e300");
        }
        return number.doubleValue();
    }
}
