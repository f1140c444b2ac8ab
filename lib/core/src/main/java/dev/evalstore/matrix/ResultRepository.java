package dev.evalstore.matrix;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.schema.Partitions;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What inference benchmarks measured, kept by month; obtained from {@code Database} or {@code Tx}. Results are stored once and not
 * changed. A result may be dated on any day from 2000 to 2100; the month's partition is made when it is missing.
 */
public final class ResultRepository {
    static final String NAME = "benchmark_results";

    static final Table<DailyModelStats> DAILY = Table.of(
            "daily statistics",
            "daily_model_stats",
            "id, model_version_id, stats_date, result_count, avg_ttft_p90_ms, avg_tpot_p90_ms, avg_throughput_tokens_sec,"
                    + " max_throughput_tokens_sec, avg_rps_sustained, avg_accuracy_score, created_at, updated_at",
            ResultRepository::day);

    private static final Keyset<BenchmarkResult> NEWEST =
            Keyset.newestDayFirst(NAME, "benchmark_date", BenchmarkResult::benchmarkDate, BenchmarkResult::id);

    /** Two at once would deadlock or let the older reading win; so one reads after the other has stored. */
    private static final String REFRESH = """
            /* results.refresh_daily_stats */ select pg_advisory_xact_lock(hashtextextended('evalstore.daily_model_stats', ?));
            insert into evalstore.daily_model_stats (model_version_id, stats_date, result_count, avg_ttft_p90_ms, avg_tpot_p90_ms,
                avg_throughput_tokens_sec, max_throughput_tokens_sec, avg_rps_sustained, avg_accuracy_score)
            select r.model_version_id, r.benchmark_date, count(*), avg(r.ttft_p90_ms), avg(r.tpot_p90_ms),
                avg(r.throughput_tokens_sec), max(r.throughput_tokens_sec), avg(r.rps_sustained), avg(r.accuracy_score)
            from evalstore.benchmark_results r join evalstore.model_versions m on m.id = r.model_version_id
            where r.benchmark_date = ? group by r.model_version_id, r.benchmark_date order by r.model_version_id
            on conflict on constraint daily_model_stats_model_version_stats_date_unique do update set
                result_count = excluded.result_count, avg_ttft_p90_ms = excluded.avg_ttft_p90_ms,
                avg_tpot_p90_ms = excluded.avg_tpot_p90_ms,
                avg_throughput_tokens_sec = excluded.avg_throughput_tokens_sec,
                max_throughput_tokens_sec = excluded.max_throughput_tokens_sec,
                avg_rps_sustained = excluded.avg_rps_sustained, avg_accuracy_score = excluded.avg_accuracy_score,
                updated_at = statement_timestamp()
            returning %s""".formatted(DAILY.columns());

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public ResultRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stores a result that no configuration asked for, and gives it back as stored.
     *
     * @throws ConstraintViolationException with kind {@code NOT_NULL} if the catalogue does not have what was measured; its
     *     constraint is the column, such as {@code model_version_id}
     */
    public BenchmarkResult record(Combination of, NewBenchmarkResult result) {
        return new ResultCreation(jdbc).record(new Measurement(of, result));
    }

    /**
     * Stores all of them or none, in one statement: arrays, or from 10,000 rows on a binary copy.
     *
     * @return their ids, in the order given; empty for an empty list
     * @throws ConstraintViolationException as for {@link #record}
     */
    public List<UUID> recordAll(List<Measurement> measurements) {
        return new ResultCreation(jdbc).recordAll(List.copyOf(measurements));
    }

    /** The result, or empty when none has the id. Looks into every month. */
    public Optional<BenchmarkResult> find(UUID id) {
        return ResultRows.TABLE.find(jdbc, id);
    }

    /**
     * The result.
     *
     * @throws NotFoundException if none has the id
     */
    public BenchmarkResult get(UUID id) {
        return ResultRows.TABLE.get(jdbc, id);
    }

    /**
     * Results that the filter admits, latest day first and, within a day, the one stored last first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<BenchmarkResult> list(ResultFilter filter, int limit, @Nullable Cursor after) {
        return ResultRows.TABLE.page(jdbc, filter.sql(), NEWEST, limit, after);
    }

    /** The results of the latest days, latest first; {@code limit} is 1 to 1,000. */
    public List<BenchmarkResult> listLatest(int limit) {
        return list(ResultFilter.ALL, limit, null).items();
    }

    /** The results from a day on (UTC), before another, latest first; reads those months alone. See {@link #list}. */
    public Page<BenchmarkResult> listByDate(LocalDate from, LocalDate to, int limit, @Nullable Cursor after) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        return list(ResultFilter.ALL.dates(from, to), limit, after);
    }

    /** How many results the filter admits. Counts them: the time grows with the answer. */
    public long count(ResultFilter filter) {
        return ResultRows.TABLE.count(jdbc, filter.sql());
    }

    /**
     * What keeps to the limits: of each combination the newest result is looked at, so that a good one of last month does not hide
     * a bad one of today. Machines that the catalogue no longer has are left out.
     *
     * @param limit 1 to 1,000
     * @return empty when nothing keeps to them
     */
    public List<SlaMatch> listMeetingSla(Sla sla, Sla.Order order, int limit) {
        Check.limit(limit);
        return jdbc.list(
                meeting(sla, order, limit),
                row -> new SlaMatch(
                        ResultRows.map(row), row.numeric("cost_per_hour_usd"), row.numericOrNull("cost_per_million")));
    }

    static Sql meeting(Sla sla, Sla.Order order, int limit) {
        String columns = ResultRows.TABLE.columns();
        return Sql.of("/* results.meeting */ select " + columns + """
                        , cost_per_hour_usd,
                            (cost_per_hour_usd / nullif(throughput_tokens_sec::numeric * 3600, 0) * 1000000)::numeric(30, 9)
                                as cost_per_million
                        from (select distinct on (model_version_id, hardware_config_id, framework_id, workload_type, batch_size,
                            sequence_length) %s
                        from evalstore.benchmark_results where true""".formatted(columns))
                .and(sla.read())
                .and("""
                        order by model_version_id, hardware_config_id, framework_id, workload_type, batch_size, sequence_length,
                            benchmark_date desc, created_at desc, id desc) r
                        join (select id as machine, cost_per_hour_usd from evalstore.hardware_configs) h
                            on machine = hardware_config_id
                        where true""")
                .and(sla.limits())
                .and("order by " + order.sql() + " limit ?", limit);
    }

    /**
     * The best results by one figure, best first; those that did not measure it are left out. Reads all that the filter admits:
     * bound it by model version and dates where there are many.
     *
     * @param limit 1 to 1,000
     */
    public List<BenchmarkResult> listBest(ResultMetric metric, ResultFilter filter, int limit) {
        Check.limit(limit);
        String column = metric.name().toLowerCase(Locale.ROOT);
        return jdbc.list(
                ResultRows.TABLE
                        .select()
                        .and(filter.sql())
                        .and(
                                "and " + column + " is not null order by " + column
                                        + (metric.isHigherBetter() ? " desc" : "") + ", id limit ?",
                                limit),
                ResultRows.TABLE.mapper());
    }

    /** Figures over the results that the filter admits, computed by the server in one read. */
    public ResultSummary summary(ResultFilter filter) {
        StringBuilder select = new StringBuilder("/* results.summary */ select count(*) as n");
        for (String column :
                List.of("ttft_p90_ms", "tpot_p90_ms", "throughput_tokens_sec", "rps_sustained", "accuracy_score")) {
            select.append(", count(X) as X_count, avg(X) as X_mean, min(X) as X_min, max(X) as X_max,"
                            .replace("X", column))
                    .append(" percentile_cont(0.5) within group (order by X) as X_median".replace("X", column));
        }
        return jdbc.one(
                Sql.of(select.append(" from evalstore.benchmark_results where true")
                                .toString())
                        .and(filter.sql()),
                row -> new ResultSummary(
                        row.bigint("n"),
                        spread(row, "ttft_p90_ms"),
                        spread(row, "tpot_p90_ms"),
                        spread(row, "throughput_tokens_sec"),
                        spread(row, "rps_sustained"),
                        spread(row, "accuracy_score")));
    }

    /**
     * Sums up the day's results, one row a model version, in place of what was summed up before. Safe from many processes; days
     * without results keep what they have.
     *
     * @param day the day (UTC)
     * @return what was stored, by model version; empty when the day has no results
     */
    public List<DailyModelStats> refreshDailyStats(LocalDate day) {
        return jdbc.returning(Sql.of(REFRESH, day.toEpochDay(), day), DAILY.mapper());
    }

    /**
     * The daily statistics of a model version from a day on (UTC), before another, latest first.
     *
     * @param limit 1 to 1,000
     */
    public List<DailyModelStats> listDailyStats(UUID modelVersionId, LocalDate from, LocalDate to, int limit) {
        Check.limit(limit);
        return jdbc.list(
                DAILY.select()
                        .and(
                                "and model_version_id = ? and stats_date >= ? and stats_date < ?"
                                        + " order by stats_date desc limit ?",
                                modelVersionId,
                                from,
                                to,
                                limit),
                DAILY.mapper());
    }

    /**
     * Drops all results of the months before the given one, by whole partitions. Configurations stay completed; their result is
     * then not found any more.
     *
     * @return how many months went
     */
    public int dropBefore(YearMonth month) {
        return Partitions.dropBefore(jdbc, NAME, month);
    }

    private static ResultSummary.Spread spread(Row row, String of) throws SQLException {
        return new ResultSummary.Spread(
                row.bigint(of + "_count"),
                row.realOrNull(of + "_mean"),
                row.realOrNull(of + "_min"),
                row.realOrNull(of + "_max"),
                row.realOrNull(of + "_median"));
    }

    private static DailyModelStats day(Row row) throws SQLException {
        return new DailyModelStats(
                row.uuid("id"),
                row.uuid("model_version_id"),
                row.date("stats_date"),
                row.bigint("result_count"),
                row.realOrNull("avg_ttft_p90_ms"),
                row.realOrNull("avg_tpot_p90_ms"),
                row.realOrNull("avg_throughput_tokens_sec"),
                row.realOrNull("max_throughput_tokens_sec"),
                row.realOrNull("avg_rps_sustained"),
                row.realOrNull("avg_accuracy_score"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
