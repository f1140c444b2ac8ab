package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Makes one score of the scores of a version's test cases, as its {@link Scoring} says. Immutable.
 *
 * <p>Every test case of the version counts: one that was not scored has the score 0, and is not passed. Of the scores
 * s₁ to s<sub>n</sub>, each 0 to 1, the method makes one:
 *
 * <table>
 * <caption>The methods</caption>
 * <tr><th>method</th><th>formula</th></tr>
 * <tr><td>{@code MEAN}</td><td>Σ s ÷ n</td></tr>
 * <tr><td>{@code WEIGHTED_MEAN}</td><td>Σ (weight × s) ÷ Σ weight</td></tr>
 * <tr><td>{@code MEDIAN}</td><td>the middle one of the sorted scores; the mean of the two there where n is even</td></tr>
 * <tr><td>{@code GEOMETRIC_MEAN}</td><td>exp(Σ ln s ÷ n); 0 where a score is 0</td></tr>
 * <tr><td>{@code HARMONIC_MEAN}</td><td>n ÷ Σ (1 ÷ s); 0 where a score is 0</td></tr>
 * <tr><td>{@code MIN}, {@code MAX}</td><td>the lowest, the highest score</td></tr>
 * <tr><td>{@code PERCENTILE} p</td><td>at place (n − 1) × p ÷ 100 of the sorted scores, counted from 0, and linear
 *     between two of them: PostgreSQL's {@code percentile_cont}</td></tr>
 * <tr><td>{@code PASS_RATE}</td><td>how many were passed ÷ n</td></tr>
 * </table>
 *
 * <p>Without test cases the result is 0 by each method. A mean is never below the lowest nor above the highest score.
 *
 * <p>The result x is then normalized. {@code MIN_MAX} makes (x − min) ÷ (max − min) of it, at least 0 and at most 1.
 * {@code Z_SCORE} makes (x − mean) ÷ stddev of it, cut to ±1e300, which is the final score: a z-score has no range. All
 * others are scaled to the primary metric's range, as rangeMin + x × (rangeMax − rangeMin), or stay from 0 to 1 where
 * one of the bounds is missing.
 *
 * <p>Sums are made in the order of the keys, and logarithms by {@code StrictMath}, so the same scores give the same
 * bits on every machine and JDK, in whatever order they come.
 */
public final class Aggregation {
    private final Scoring scoring;
    private final PrimaryMetric metric;
    private final TreeMap<String, Double> weights;

    private Aggregation(Scoring scoring, PrimaryMetric metric, Map<String, Double> weights) {
        this.scoring = Objects.requireNonNull(scoring, "scoring");
        this.metric = Objects.requireNonNull(metric, "metric");
        this.weights = new TreeMap<>();
        Objects.requireNonNull(weights, "weights").forEach((key, weight) -> {
            this.weights.put(Check.text("weights", key), Objects.requireNonNull(weight, "weights"));
            if (!(weight > 0 && weight <= 1)) {
                throw new IllegalArgumentException("weights must be above 0, at most 1");
            }
        });
    }

    /** The aggregation of a version with these test cases, which must be all of them. */
    public static Aggregation of(DefinitionVersion version, Collection<TestCase> cases) {
        Map<String, Double> weights = new HashMap<>();
        for (TestCase one : Objects.requireNonNull(cases, "cases")) {
            Objects.requireNonNull(one, "cases");
            if (weights.put(one.caseKey(), one.weight()) != null) {
                throw new IllegalArgumentException("cases must have each key once");
            }
        }
        return of(version, weights);
    }

    /**
     * The aggregation of a version with test cases of these keys and weights.
     *
     * @param weights the weight of each test case of the version by its key: above 0, at most 1
     */
    public static Aggregation of(DefinitionVersion version, Map<String, Double> weights) {
        Objects.requireNonNull(version, "version");
        return of(version.scoring(), version.primaryMetric(), weights);
    }

    static Aggregation of(Scoring scoring, PrimaryMetric metric, Map<String, Double> weights) {
        return new Aggregation(scoring, metric, weights);
    }

    /**
     * The score of a version as a whole. Their order does not matter.
     *
     * @return always a finite number
     * @throws IllegalArgumentException if a test case is scored twice, or is not of the version
     */
    public double aggregate(Collection<CaseScore> scores) {
        Map<String, CaseScore> byKey = new TreeMap<>();
        for (CaseScore score : Objects.requireNonNull(scores, "scores")) {
            Objects.requireNonNull(score, "scores");
            if (!weights.containsKey(score.key())) {
                throw new IllegalArgumentException("scores must be of test cases of the version");
            }
            if (byKey.put(score.key(), score) != null) {
                throw new IllegalArgumentException("scores must have each test case once");
            }
        }
        int n = weights.size();
        double[] ordered = new double[n];
        double[] weight = new double[n];
        int passed = 0;
        int at = 0;
        for (Map.Entry<String, Double> one : weights.entrySet()) {
            CaseScore score = byKey.get(one.getKey());
            ordered[at] = score == null ? 0 : score.score();
            weight[at++] = one.getValue();
            passed += score != null && score.passed() ? 1 : 0;
        }
        return scaled(n == 0 ? 0 : combined(ordered, weight, passed));
    }

    private double combined(double[] scores, double[] weight, int passed) {
        int n = scores.length;
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        double lowest = sorted[0];
        double highest = sorted[n - 1];
        double combined = switch (scoring.aggregation()) {
            case MEAN -> sum(scores) / n;
            case WEIGHTED_MEAN -> weightedSum(scores, weight) / sum(weight);
            case MEDIAN -> (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
            case GEOMETRIC_MEAN -> lowest == 0 ? 0 : StrictMath.exp(sumOfLogarithms(scores) / n);
            case HARMONIC_MEAN -> lowest == 0 ? 0 : n / sumOfReciprocals(scores);
            case MIN -> lowest;
            case MAX -> highest;
            case PERCENTILE -> percentile(sorted);
            case PASS_RATE -> (double) passed / n;
        };
        return scoring.aggregation() == AggregationMethod.PASS_RATE ? combined : within(combined, lowest, highest);
    }

    private double percentile(double[] sorted) {
        double place = (sorted.length - 1) * number(scoring.aggregationConfig().asMap(), "percentile") / 100;
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    private double scaled(double x) {
        Map<String, Object> config = scoring.normalizationConfig().asMap();
        switch (scoring.normalization()) {
            case Z_SCORE -> {
                double z = (x - number(config, "mean")) / number(config, "stddev");
                return within(z, -Check.MAX_FIGURE, Check.MAX_FIGURE);
            }
            case MIN_MAX -> {
                double min = number(config, "min");
                return inRange(within((x - min) / (number(config, "max") - min), 0, 1));
            }
            default -> {
                return inRange(x);
            }
        }
    }

    private double inRange(double x) {
        Double min = metric.rangeMin();
        Double max = metric.rangeMax();
        return min == null || max == null ? x : within(min + x * (max - min), min, max);
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    private static double weightedSum(double[] values, double[] weight) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += weight[i] * values[i];
        }
        return sum;
    }

    private static double sumOfLogarithms(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += StrictMath.log(value);
        }
        return sum;
    }

    private static double sumOfReciprocals(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += 1 / value;
        }
        return sum;
    }

    private static double within(double value, double min, double max) {
        return Math.max(min, Math.min(max, value));
    }

    private static double number(Map<String, Object> config, String key) {
        if (config.get(key) instanceof Number number) {
            return number.doubleValue();
        }
        throw new IllegalStateException("the scoring has no " + key);
    }
}
