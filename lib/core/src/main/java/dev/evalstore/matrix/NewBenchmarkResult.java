package dev.evalstore.matrix;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What an inference benchmark measured. What was not measured is null, as the first token's time is in an offline run; at least one of the latencies, the throughputs and the accuracy is there.
 *
 * @param benchmarkDate the day (UTC), from 2000 to 2100, or null for the server's today
 * @param ttftMs time to the first token, or null
 * @param tpotMs time for each further token, or null
 * @param throughputTokensSec tokens written a second by all streams together, at least 0, or null
 * @param rpsSustained requests answered a second, at least 0, or null
 * @param accuracyScore higher is better, finite, or null
 * @param gpuUtilizationPct 0 to 100, or null
 * @param memoryUsedGb decimal GB of VRAM at the peak, at least 0, or null
 * @param detailedMetrics anything else, or null
 */
public record NewBenchmarkResult(
        @Nullable LocalDate benchmarkDate,
        @Nullable Percentiles ttftMs,
        @Nullable Percentiles tpotMs,
        @Nullable Double throughputTokensSec,
        @Nullable Double rpsSustained,
        @Nullable Double accuracyScore,
        @Nullable Double gpuUtilizationPct,
        @Nullable Double memoryUsedGb,
        @Nullable Json detailedMetrics) {
    public NewBenchmarkResult {
        measure("throughputTokensSec", throughputTokensSec);
        measure("rpsSustained", rpsSustained);
        Check.finiteOrNull("accuracyScore", accuracyScore);
        measure("gpuUtilizationPct", gpuUtilizationPct);
        if (gpuUtilizationPct != null && gpuUtilizationPct > 100) {
            throw new IllegalArgumentException("gpuUtilizationPct must be at most 100");
        }
        measure("memoryUsedGb", memoryUsedGb);
        if (ttftMs == null
                && tpotMs == null
                && throughputTokensSec == null
                && rpsSustained == null
                && accuracyScore == null) {
            throw new IllegalArgumentException(
                    "ttftMs, tpotMs, throughputTokensSec, rpsSustained or accuracyScore must be given");
        }
        if (benchmarkDate != null && (benchmarkDate.getYear() < 2000 || benchmarkDate.getYear() > 2100)) {
            throw new IllegalArgumentException("benchmarkDate must be from 2000 to 2100");
        }
    }

    /** What an online run measures, today; what was not measured is null. */
    public static NewBenchmarkResult of(
            @Nullable Percentiles ttftMs,
            @Nullable Percentiles tpotMs,
            @Nullable Double throughputTokensSec,
            @Nullable Double rpsSustained) {
        return new NewBenchmarkResult(null, ttftMs, tpotMs, throughputTokensSec, rpsSustained, null, null, null, null);
    }

    /** The same, measured on that day (UTC). */
    public NewBenchmarkResult on(LocalDate day) {
        return new NewBenchmarkResult(
                day,
                ttftMs,
                tpotMs,
                throughputTokensSec,
                rpsSustained,
                accuracyScore,
                gpuUtilizationPct,
                memoryUsedGb,
                detailedMetrics);
    }

    /** The same with an accuracy. */
    public NewBenchmarkResult accuracyScore(double score) {
        return new NewBenchmarkResult(
                benchmarkDate,
                ttftMs,
                tpotMs,
                throughputTokensSec,
                rpsSustained,
                score,
                gpuUtilizationPct,
                memoryUsedGb,
                detailedMetrics);
    }

    /** The same with how busy the GPUs were, 0 to 100. */
    public NewBenchmarkResult gpuUtilizationPct(double percent) {
        return new NewBenchmarkResult(
                benchmarkDate,
                ttftMs,
                tpotMs,
                throughputTokensSec,
                rpsSustained,
                accuracyScore,
                percent,
                memoryUsedGb,
                detailedMetrics);
    }

    /** The same with the VRAM in use at the peak, in decimal GB. */
    public NewBenchmarkResult memoryUsedGb(double gb) {
        return new NewBenchmarkResult(
                benchmarkDate,
                ttftMs,
                tpotMs,
                throughputTokensSec,
                rpsSustained,
                accuracyScore,
                gpuUtilizationPct,
                gb,
                detailedMetrics);
    }

    /** The same with anything else. */
    public NewBenchmarkResult detailedMetrics(Json metrics) {
        return new NewBenchmarkResult(
                benchmarkDate,
                ttftMs,
                tpotMs,
                throughputTokensSec,
                rpsSustained,
                accuracyScore,
                gpuUtilizationPct,
                memoryUsedGb,
                metrics);
    }

    private static void measure(String field, @Nullable Double value) {
        Check.finiteOrNull(field, value);
        Check.notNegativeOrNull(field, value);
    }
}
