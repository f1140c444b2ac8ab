package dev.evalstore.matrix;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.Rows;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Mean;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link ResultRepository} that only read. */
public sealed class ResultReads extends TableRows<BenchmarkResult, ResultFilter> permits ResultRepository {
    static final Table<BenchmarkResult> TABLE = Table.of(
                    "benchmark result", "benchmark_results", ResultRows.WRITTEN + ", created_at", ResultReads::map)
            .order(Keyset.newestDayFirst(
                    "benchmark_results", "benchmark_date", BenchmarkResult::benchmarkDate, BenchmarkResult::id));

    /** The beginning of {@link #listMeetingSla}; the service level's own conditions on results follow. */
    private static final String MEETING = TABLE.text("""
            /* benchmark_results.list_meeting_sla */ select {columns}, cost_per_hour_usd,
                round(cost_per_hour_usd / nullif(throughput_tokens_sec::numeric * 3600, 0) * 1000000, 9)
                    as cost_per_million
            from (
                select distinct on (model_version_id, hardware_config_id, framework_id, workload_type, batch_size,
                    sequence_length) {columns}
                from evalstore.benchmark_results where true""");

    /** The limits follow. */
    private static final String NEWEST_WITH_COST = """
                order by model_version_id, hardware_config_id, framework_id, workload_type, batch_size, sequence_length,
                    benchmark_date desc, created_at desc, id desc) newest
            join (select id as machine_id, cost_per_hour_usd from evalstore.hardware_configs) machine
                on machine_id = hardware_config_id
            where true""";

    private static final String SPREAD = """
            count({c}) as {n}_count, {mean} as {n}_mean, min({c}) as {n}_min, max({c}) as {n}_max,
                percentile_cont(0.5) within group (order by {c}) as {n}_median""";

    private static final String SUMMARY = """
            /* benchmark_results.summary */ select count(*) as results,
                {ttft},
                {tpot},
                {throughput},
                {rps},
                {accuracy}
            from evalstore.benchmark_results where true""".replace("{ttft}", spreadOf("ttft_p90_ms", "ttft"))
            .replace("{tpot}", spreadOf("tpot_p90_ms", "tpot"))
            .replace("{throughput}", spreadOf("throughput_tokens_sec", "throughput"))
            .replace("{rps}", spreadOf("rps_sustained", "rps"))
            .replace("{accuracy}", spreadOf("accuracy_score", "accuracy"));

    ResultReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The results of the latest days, latest first; {@code limit} is 1 to 1,000. */
    public List<BenchmarkResult> listLatest(int limit) {
        return list(ResultFilter.ALL, limit).items();
    }

    /**
     * The results measured on {@code from} (UTC) or later and before {@code to}. Reads those months alone; see
     * {@link Rows#list(Object, int, Cursor)}.
     */
    public Page<BenchmarkResult> listByDate(LocalDate from, LocalDate to, int limit, @Nullable Cursor after) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        return list(ResultFilter.ALL.dates(from, to), limit, after);
    }

    /**
     * The combinations that meet a service level. Only the newest result of each combination counts, so that a good
     * result of last month does not hide a bad one of today. Results on machines that the catalogue no longer has are
     * left out.
     *
     * @param limit 1 to 1,000
     * @return empty when no combination meets the limits
     */
    public List<SlaMatch> listMeetingSla(Sla sla, Sla.Order order, int limit) {
        Check.limit(limit);
        return jdbc.list(
                meeting(sla, order, limit),
                row -> new SlaMatch(map(row), row.numeric("cost_per_hour_usd"), row.numericOrNull("cost_per_million")));
    }

    private static String spreadOf(String column, String name) {
        return SPREAD.replace("{mean}", Mean.of(column)).replace("{c}", column).replace("{n}", name);
    }

    static Sql meeting(Sla sla, Sla.Order order, int limit) {
        return Sql.of(MEETING)
                .and(sla.results())
                .and(NEWEST_WITH_COST)
                .and(sla.limits())
                .and(order.sql(), limit);
    }

    /**
     * The best results by one figure, best first. Results that did not measure the figure are left out. Reads all that
     * the filter admits, so bound it by model version and dates where there are many.
     *
     * @param limit 1 to 1,000
     */
    public List<BenchmarkResult> listBest(ResultMetric metric, ResultFilter filter, int limit) {
        Check.limit(limit);
        return jdbc.list(TABLE.select("list_best").and(filter).and(metric.bestFirst(), limit), TABLE.mapper());
    }

    /** Statistics over the results that the filter admits, computed by the server in one read. */
    public ResultSummary summary(ResultFilter filter) {
        return jdbc.one(
                Sql.of(SUMMARY).and(filter),
                row -> new ResultSummary(
                        row.bigint("results"),
                        spread(row.at("ttft")),
                        spread(row.at("tpot")),
                        spread(row.at("throughput")),
                        spread(row.at("rps")),
                        spread(row.at("accuracy"))));
    }

    /**
     * The daily statistics of a model version from {@code from} (UTC) on and before {@code to}, latest first.
     *
     * @param limit 1 to 1,000
     */
    public List<DailyModelStats> listDailyStats(UUID modelVersionId, LocalDate from, LocalDate to, int limit) {
        return new DailyStats(jdbc).list(modelVersionId, from, to, limit);
    }

    private static ResultSummary.Spread spread(Row row) throws SQLException {
        return new ResultSummary.Spread(
                row.bigint("count"),
                row.realOrNull("mean"),
                row.realOrNull("min"),
                row.realOrNull("max"),
                row.realOrNull("median"));
    }

    private static BenchmarkResult map(Row row) throws SQLException {
        return new BenchmarkResult(
                row.uuid("id"),
                row.date("benchmark_date"),
                row.uuidOrNull("config_id"),
                row.uuid("model_version_id"),
                row.uuid("hardware_config_id"),
                row.uuid("framework_id"),
                row.text("workload_type"),
                row.integer("batch_size"),
                row.integer("sequence_length"),
                row.realOrNull("ttft_p50_ms"),
                row.realOrNull("ttft_p90_ms"),
                row.realOrNull("ttft_p99_ms"),
                row.realOrNull("tpot_p50_ms"),
                row.realOrNull("tpot_p90_ms"),
                row.realOrNull("tpot_p99_ms"),
                row.realOrNull("throughput_tokens_sec"),
                row.realOrNull("rps_sustained"),
                row.realOrNull("accuracy_score"),
                row.realOrNull("gpu_utilization_pct"),
                row.realOrNull("memory_used_gb"),
                row.jsonOrNull("detailed_metrics"),
                row.instant("created_at"));
    }
}
