package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a service must keep to. A limit that is null does not filter; a result that did not measure what a limit is about does not
 * meet it.
 *
 * @param from the first day (UTC) of the results to look at; older ones are not read
 * @param modelVersionId only this model version; without it the time grows with all results since {@code from}
 * @param workloadType only this kind of requests
 * @param maxTtftP90Ms most time to the first token, in milliseconds, 90th percentile
 * @param maxTpotP90Ms most time for each further token, in milliseconds, 90th percentile
 * @param minThroughputTokensSec fewest tokens a second
 * @param minRpsSustained fewest requests a second
 * @param minAccuracyScore least accuracy
 * @param maxCostPerHourUsd most US dollars an hour for the machine
 */
public record Sla(
        LocalDate from,
        @Nullable UUID modelVersionId,
        @Nullable String workloadType,
        @Nullable Double maxTtftP90Ms,
        @Nullable Double maxTpotP90Ms,
        @Nullable Double minThroughputTokensSec,
        @Nullable Double minRpsSustained,
        @Nullable Double minAccuracyScore,
        @Nullable BigDecimal maxCostPerHourUsd) {
    public Sla {
        Objects.requireNonNull(from, "from");
        Check.textOrNull("workloadType", workloadType);
        Check.finiteOrNull("maxTtftP90Ms", maxTtftP90Ms);
        Check.finiteOrNull("maxTpotP90Ms", maxTpotP90Ms);
        Check.finiteOrNull("minThroughputTokensSec", minThroughputTokensSec);
        Check.finiteOrNull("minRpsSustained", minRpsSustained);
        Check.finiteOrNull("minAccuracyScore", minAccuracyScore);
        Check.usdOrNull("maxCostPerHourUsd", maxCostPerHourUsd);
    }

    /** No limits yet, on results of that day (UTC) and later. */
    public static Sla since(LocalDate from) {
        return new Sla(from, null, null, null, null, null, null, null, null);
    }

    /** The same, only this model version. */
    public Sla modelVersion(UUID only) {
        return new Sla(
                from,
                only,
                workloadType,
                maxTtftP90Ms,
                maxTpotP90Ms,
                minThroughputTokensSec,
                minRpsSustained,
                minAccuracyScore,
                maxCostPerHourUsd);
    }

    /** The same, only this kind of requests. */
    public Sla workload(String only) {
        return new Sla(
                from,
                modelVersionId,
                only,
                maxTtftP90Ms,
                maxTpotP90Ms,
                minThroughputTokensSec,
                minRpsSustained,
                minAccuracyScore,
                maxCostPerHourUsd);
    }

    /** The same with the most milliseconds to the first token. */
    public Sla maxTtftP90Ms(double millis) {
        return new Sla(
                from,
                modelVersionId,
                workloadType,
                millis,
                maxTpotP90Ms,
                minThroughputTokensSec,
                minRpsSustained,
                minAccuracyScore,
                maxCostPerHourUsd);
    }

    /** The same with the most milliseconds for each further token. */
    public Sla maxTpotP90Ms(double millis) {
        return new Sla(
                from,
                modelVersionId,
                workloadType,
                maxTtftP90Ms,
                millis,
                minThroughputTokensSec,
                minRpsSustained,
                minAccuracyScore,
                maxCostPerHourUsd);
    }

    /** The same with the fewest tokens a second. */
    public Sla minThroughputTokensSec(double tokens) {
        return new Sla(
                from,
                modelVersionId,
                workloadType,
                maxTtftP90Ms,
                maxTpotP90Ms,
                tokens,
                minRpsSustained,
                minAccuracyScore,
                maxCostPerHourUsd);
    }

    /** The same with the fewest requests a second. */
    public Sla minRpsSustained(double requests) {
        return new Sla(
                from,
                modelVersionId,
                workloadType,
                maxTtftP90Ms,
                maxTpotP90Ms,
                minThroughputTokensSec,
                requests,
                minAccuracyScore,
                maxCostPerHourUsd);
    }

    /** The same with the least accuracy. */
    public Sla minAccuracyScore(double score) {
        return new Sla(
                from,
                modelVersionId,
                workloadType,
                maxTtftP90Ms,
                maxTpotP90Ms,
                minThroughputTokensSec,
                minRpsSustained,
                score,
                maxCostPerHourUsd);
    }

    /** The same with the most US dollars an hour. */
    public Sla maxCostPerHourUsd(BigDecimal usd) {
        return new Sla(
                from,
                modelVersionId,
                workloadType,
                maxTtftP90Ms,
                maxTpotP90Ms,
                minThroughputTokensSec,
                minRpsSustained,
                minAccuracyScore,
                usd);
    }

    /** Which results are looked at. */
    Sql read() {
        return Sql.of("and benchmark_date >= ?", from)
                .andIf(modelVersionId != null, "and model_version_id = ?", modelVersionId)
                .andIf(workloadType != null, "and workload_type = ?", workloadType);
    }

    /** Which of them meet the limits. */
    Sql limits() {
        return Sql.of("")
                .andIf(maxTtftP90Ms != null, "and ttft_p90_ms <= ?", maxTtftP90Ms)
                .andIf(maxTpotP90Ms != null, "and tpot_p90_ms <= ?", maxTpotP90Ms)
                .andIf(minThroughputTokensSec != null, "and throughput_tokens_sec >= ?", minThroughputTokensSec)
                .andIf(minRpsSustained != null, "and rps_sustained >= ?", minRpsSustained)
                .andIf(minAccuracyScore != null, "and accuracy_score >= ?", minAccuracyScore)
                .andIf(maxCostPerHourUsd != null, "and cost_per_hour_usd <= ?", maxCostPerHourUsd);
    }

    /** In which order those that meet the limits come. */
    public enum Order {
        /** The least US dollars an hour first, among equals the most tokens a second. */
        CHEAPEST("cost_per_hour_usd, throughput_tokens_sec desc nulls last, id"),
        /** The least time to the first token first, among equals the least cost. */
        FASTEST("ttft_p90_ms, cost_per_hour_usd, id");

        private final String sql;

        Order(String sql) {
            this.sql = sql;
        }

        String sql() {
            return sql;
        }
    }
}
