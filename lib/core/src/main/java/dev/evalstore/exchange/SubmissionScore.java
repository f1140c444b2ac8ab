package dev.evalstore.exchange;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The score that counts: of the case results by the version's {@link Aggregation}, or the value of the primary metric where
 * the version has no test cases.
 *
 * @param aggregate to 12 significant digits
 * @param board the same so that less is better
 * @param interval that of {@code aggregate}, to 12 significant digits
 */
record SubmissionScore(
        double aggregate, double board, @Nullable ConfidenceInterval interval) {
    private static final MathContext DIGITS = new MathContext(12, RoundingMode.HALF_EVEN);

    /** How far the reported score may be from the one that counts, as a part of the metric's range. */
    private static final BigDecimal TOLERANCE = new BigDecimal("0.01");

    /** A test case of the version: where its result belongs, and what it counts. */
    record Case(UUID id, double weight) {}

    /**
     * @param cases those of the version, by their keys
     * @throws IllegalArgumentException if the results do not fit the version; the message names the field
     */
    static SubmissionScore of(
            Scoring scoring, PrimaryMetric metric, Map<String, Case> cases, NewSubmission.Results results) {
        requireCases(scoring, cases, results.cases());
        double aggregate =
                digits(cases.isEmpty() ? measured(metric, results) : ofCases(scoring, metric, cases, results));
        ConfidenceInterval given = results.confidenceInterval();
        ConfidenceInterval interval =
                given == null ? null : new ConfidenceInterval(digits(given.low()), digits(given.high()), given.level());
        if (interval != null && !(interval.low() <= aggregate && aggregate <= interval.high())) {
            throw new IllegalArgumentException(
                    "confidenceInterval must have the score that counts between low and high, both included");
        }
        return new SubmissionScore(aggregate, metric.higherIsBetter() ? 0 - aggregate : aggregate, interval);
    }

    private static void requireCases(Scoring scoring, Map<String, Case> cases, List<NewCaseResult> results) {
        for (int i = 0; i < results.size(); i++) {
            if (!cases.containsKey(results.get(i).caseKey())) {
                throw new IllegalArgumentException(
                        "cases must be of the version: it has no test case with the caseKey at index " + i);
            }
        }
        if (results.size() < scoring.minimumTestCases()) {
            throw new IllegalArgumentException(
                    "cases must be at least " + scoring.minimumTestCases() + ", the minimumTestCases of the version");
        }
    }

    private static double measured(PrimaryMetric metric, NewSubmission.Results results) {
        double value = results.metrics().stream()
                .filter(row -> row.name().equals(metric.name()))
                .mapToDouble(SubmissionMetric::value)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "metrics must have the primary metric of the version, by its name"));
        Double min = metric.rangeMin();
        Double max = metric.rangeMax();
        if (min != null && value < min || max != null && value > max) {
            throw new IllegalArgumentException(
                    "metrics must have the primary metric in the range that the version gives it");
        }
        if (digits(value) != digits(results.reportedScore())) {
            throw new IllegalArgumentException(
                    "reportedScore must be the value of the primary metric: the version has no test cases");
        }
        return value;
    }

    private static double ofCases(
            Scoring scoring, PrimaryMetric metric, Map<String, Case> cases, NewSubmission.Results results) {
        Map<String, Double> weights = new HashMap<>();
        cases.forEach((key, one) -> weights.put(key, one.weight()));
        double score = Aggregation.of(scoring, metric, weights)
                .aggregate(results.cases().stream()
                        .map(row -> new CaseScore(row.caseKey(), row.passed(), row.score()))
                        .toList());
        BigDecimal difference = decimal(results.reportedScore()).subtract(decimal(score));
        if (difference.abs().compareTo(TOLERANCE.multiply(range(scoring, metric))) > 0) {
            throw new IllegalArgumentException(
                    "reportedScore must be within 0.01 of the metric's range of the score that"
                            + " the cases give by the aggregation of the version");
        }
        return score;
    }

    /** The width of the scale of {@link Aggregation}: a z-score has none, nor has a metric with one bound. */
    private static BigDecimal range(Scoring scoring, PrimaryMetric metric) {
        Double min = metric.rangeMin();
        Double max = metric.rangeMax();
        return min == null || max == null || scoring.normalization() == Normalization.Z_SCORE
                ? BigDecimal.ONE
                : BigDecimal.valueOf(max).subtract(BigDecimal.valueOf(min));
    }

    /** Never -0.0, which sorts below 0.0 here and beside it in the database. */
    private static double digits(double value) {
        return decimal(value).doubleValue() + 0.0;
    }

    private static BigDecimal decimal(double value) {
        return new BigDecimal(value).round(DIGITS);
    }
}
