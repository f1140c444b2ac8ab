package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Objects;
import java.util.UUID;

/**
 * A service level: which results to look at, and which limits they must keep. Conditions add up. A result that did not
 * measure a figure does not keep a limit on it. Immutable.
 */
public final class Sla {
    private final Sql results;
    private final Sql limits;

    private Sla(Sql results, Sql limits) {
        this.results = results;
        this.limits = limits;
    }

    /** No limits yet, on results of that day (UTC) and later. Earlier months are not read. */
    public static Sla since(LocalDate from) {
        return new Sla(Sql.of("and benchmark_date >= ?", Objects.requireNonNull(from, "from")), Sql.NONE);
    }

    /** Only results of this model version. Without it, the time grows with all results since the first day. */
    public Sla modelVersion(UUID only) {
        return new Sla(results.and("and model_version_id = ?", Objects.requireNonNull(only, "modelVersion")), limits);
    }

    /** Only results under this kind of requests. */
    public Sla workload(String only) {
        return new Sla(results.and("and workload_type = ?", Check.text("workload", only)), limits);
    }

    /** The maximum time to the first token, in milliseconds, 90th percentile. */
    public Sla maxTtftP90Ms(double millis) {
        return limit("and ttft_p90_ms <= ?", "maxTtftP90Ms", millis);
    }

    /** The maximum time for each further token, in milliseconds, 90th percentile. */
    public Sla maxTpotP90Ms(double millis) {
        return limit("and tpot_p90_ms <= ?", "maxTpotP90Ms", millis);
    }

    /** The minimum number of tokens a second. */
    public Sla minThroughputTokensSec(double tokens) {
        return limit("and throughput_tokens_sec >= ?", "minThroughputTokensSec", tokens);
    }

    /** The minimum number of requests a second. */
    public Sla minRpsSustained(double requests) {
        return limit("and rps_sustained >= ?", "minRpsSustained", requests);
    }

    /** The minimum accuracy. */
    public Sla minAccuracyScore(double score) {
        return limit("and accuracy_score >= ?", "minAccuracyScore", score);
    }

    /** The maximum price of the machine, in US dollars an hour. */
    public Sla maxCostPerHourUsd(BigDecimal usd) {
        return new Sla(results, limits.and("and cost_per_hour_usd <= ?", Check.usd("maxCostPerHourUsd", usd)));
    }

    private Sla limit(String condition, String field, double value) {
        Check.finiteOrNull(field, value);
        return new Sla(results, limits.and(condition, value));
    }

    /** Which results are looked at. */
    Sql results() {
        return results;
    }

    /** Which of them keep the limits. */
    Sql limits() {
        return limits;
    }

    /** The order of the combinations that meet a service level. */
    public enum Order {
        /** By price an hour, lowest first; among equals by tokens a second, highest first. */
        CHEAPEST("order by cost_per_hour_usd, throughput_tokens_sec desc nulls last, id limit ?"),
        /** By time to the first token, shortest first; among equals by price, lowest first. */
        FASTEST("order by ttft_p90_ms, cost_per_hour_usd, id limit ?");

        private final String sql;

        Order(String sql) {
            this.sql = sql;
        }

        String sql() {
            return sql;
        }
    }
}
