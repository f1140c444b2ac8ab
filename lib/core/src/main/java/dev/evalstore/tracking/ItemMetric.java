package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import java.util.Set;

/**
 * What of an answer is compared: a column, or a number inside one of its JSON objects.
 *
 * @param text {@code score}, {@code latency_ms}, {@code input_tokens}, {@code output_tokens}, {@code cost_usd}, {@code rating},
 *     {@code passed}, or {@code metrics.}, {@code judge_scores.} or {@code criteria.} with a name after it, which has 1 to 200
 *     characters and may have points in it
 */
public record ItemMetric(String text) {
    // Before the metrics, which are checked by them.
    private static final Set<String> COLUMNS =
            Set.of("score", "latency_ms", "input_tokens", "output_tokens", "cost_usd", "rating", "passed");
    private static final Set<String> LOWER_IS_BETTER =
            Set.of("latency_ms", "input_tokens", "output_tokens", "cost_usd");
    private static final Set<String> OBJECTS = Set.of("metrics", "judge_scores", "criteria");
    private static final int MAX_NAME = 200;

    /** Higher is better, on the caller's scale. */
    public static final ItemMetric SCORE = new ItemMetric("score");
    /** Milliseconds; lower is better. */
    public static final ItemMetric LATENCY = new ItemMetric("latency_ms");
    /** Lower is better. */
    public static final ItemMetric INPUT_TOKENS = new ItemMetric("input_tokens");
    /** Lower is better. */
    public static final ItemMetric OUTPUT_TOKENS = new ItemMetric("output_tokens");
    /** US dollars; lower is better. */
    public static final ItemMetric COST = new ItemMetric("cost_usd");
    /** The mean of the ratings that an evaluation's feedback has, from 1 to 5; not of submissions. */
    public static final ItemMetric RATING = new ItemMetric("rating");
    /** 1 where a test case was passed, otherwise 0; of submissions alone. */
    public static final ItemMetric PASSED = new ItemMetric("passed");

    public ItemMetric {
        Check.text("metric", text);
        int point = text.indexOf('.');
        if (point < 0 ? !COLUMNS.contains(text) : !OBJECTS.contains(text.substring(0, point))) {
            throw new IllegalArgumentException(
                    "metric must be score, latency_ms, input_tokens, output_tokens, cost_usd,"
                            + " rating or passed, or a name after metrics., judge_scores. or criteria.");
        }
        if (point >= 0) {
            Check.text("metric name", text.substring(point + 1), 1, MAX_NAME);
        }
    }

    /** The metric with this text. */
    public static ItemMetric of(String text) {
        return new ItemMetric(text);
    }

    /** A number among the metrics of evaluations. */
    public static ItemMetric metric(String name) {
        return new ItemMetric("metrics." + Check.text("metric name", name));
    }

    /** What a judge gave to evaluations. */
    public static ItemMetric judge(String name) {
        return new ItemMetric("judge_scores." + Check.text("judge name", name));
    }

    /** The score of evaluations by a criterion. */
    public static ItemMetric criterion(String name) {
        return new ItemMetric("criteria." + Check.text("criterion name", name));
    }

    /** False of latency, tokens and cost; true of all else, though a caller may know better of a named one. */
    public boolean higherIsBetter() {
        return !LOWER_IS_BETTER.contains(text);
    }

    /** The column that has it, or the JSON object that it is in. */
    String column() {
        int point = text.indexOf('.');
        return point < 0 ? text : text.substring(0, point);
    }

    /** Its name in the object, or empty where it is a column of its own. */
    String name() {
        int point = text.indexOf('.');
        return point < 0 ? "" : text.substring(point + 1);
    }
}
