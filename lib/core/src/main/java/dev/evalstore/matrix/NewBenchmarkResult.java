package dev.evalstore.matrix;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The result of an inference benchmark, to be stored. A figure that was not measured is null, such as the time to the
 * first token in an offline run. No figure is above 1e300. At least one of the two latencies, the two throughputs and the accuracy must be given.
 *
 * @param benchmarkDate the day (UTC), from 2000 to 2100, or null for the server's today
 * @param ttftMs time to the first token, or null
 * @param tpotMs time for each further token, or null
 * @param throughputTokensSec tokens written a second by all streams together, at least 0, or null
 * @param rpsSustained requests answered a second, at least 0, or null
 * @param accuracyScore higher is better, at least -1e300, or null
 * @param resourceUsage how much of the machine was used, or null
 * @param detailedMetrics anything else, or null
 */
public record NewBenchmarkResult(
        @Nullable LocalDate benchmarkDate,
        @Nullable Percentiles ttftMs,
        @Nullable Percentiles tpotMs,
        @Nullable Double throughputTokensSec,
        @Nullable Double rpsSustained,
        @Nullable Double accuracyScore,
        @Nullable ResourceUsage resourceUsage,
        @Nullable Json detailedMetrics) {
    public NewBenchmarkResult {
        if (benchmarkDate != null && (benchmarkDate.getYear() < 2000 || benchmarkDate.getYear() > 2100)) {
            throw new IllegalArgumentException("benchmarkDate must be in the years 2000 to 2100");
        }
        Check.figureOrNull("throughputTokensSec", throughputTokensSec);
        Check.notNegativeOrNull("throughputTokensSec", throughputTokensSec);
        Check.figureOrNull("rpsSustained", rpsSustained);
        Check.notNegativeOrNull("rpsSustained", rpsSustained);
        Check.figureOrNull("accuracyScore", accuracyScore);
        if (ttftMs == null
                && tpotMs == null
                && throughputTokensSec == null
                && rpsSustained == null
                && accuracyScore == null) {
            throw new IllegalArgumentException(
                    "ttftMs, tpotMs, throughputTokensSec, rpsSustained or accuracyScore must be given");
        }
    }

    /** The figures of an online run, measured today. */
    public static NewBenchmarkResult of(
            @Nullable Percentiles ttftMs,
            @Nullable Percentiles tpotMs,
            @Nullable Double throughputTokensSec,
            @Nullable Double rpsSustained) {
        return new NewBenchmarkResult(null, ttftMs, tpotMs, throughputTokensSec, rpsSustained, null, null, null);
    }

    public NewBenchmarkResult benchmarkDate(LocalDate day) {
        return new NewBenchmarkResult(
                day, ttftMs, tpotMs, throughputTokensSec, rpsSustained, accuracyScore, resourceUsage, detailedMetrics);
    }

    public NewBenchmarkResult accuracyScore(double score) {
        return new NewBenchmarkResult(
                benchmarkDate,
                ttftMs,
                tpotMs,
                throughputTokensSec,
                rpsSustained,
                score,
                resourceUsage,
                detailedMetrics);
    }

    public NewBenchmarkResult resourceUsage(ResourceUsage usage) {
        return new NewBenchmarkResult(
                benchmarkDate,
                ttftMs,
                tpotMs,
                throughputTokensSec,
                rpsSustained,
                accuracyScore,
                usage,
                detailedMetrics);
    }

    public NewBenchmarkResult detailedMetrics(Json metrics) {
        return new NewBenchmarkResult(
                benchmarkDate,
                ttftMs,
                tpotMs,
                throughputTokensSec,
                rpsSustained,
                accuracyScore,
                resourceUsage,
                metrics);
    }

    @Nullable
    Double gpuUtilizationPct() {
        return resourceUsage == null ? null : resourceUsage.gpuUtilizationPct();
    }

    @Nullable
    Double memoryUsedGb() {
        return resourceUsage == null ? null : resourceUsage.memoryUsedGb();
    }
}
