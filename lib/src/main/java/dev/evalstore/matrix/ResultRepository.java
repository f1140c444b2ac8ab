package dev.evalstore.matrix;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Partitions;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What inference benchmarks measured, kept by month; obtained from {@code Database} or {@code Tx}. Results are stored once and not
 * changed. A result may be dated on any day from 2000 to 2100; the month's partition is made when it is missing.
 */
public final class ResultRepository {
    static final String NAME = "benchmark_results";

    /** From here on a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 10_000;

    static final Table<DailyModelStats> DAILY = Table.of(
            "daily statistics",
            "daily_model_stats",
            "id, model_version_id, stats_date, result_count, avg_ttft_p90_ms, avg_tpot_p90_ms, avg_throughput_tokens_sec,"
                    + " max_throughput_tokens_sec, avg_rps_sustained, avg_accuracy_score, created_at, updated_at",
            ResultRepository::day);

    private static final Keyset<BenchmarkResult> NEWEST =
            Keyset.newestDayFirst(NAME, "benchmark_date", BenchmarkResult::benchmarkDate, BenchmarkResult::id);

    /** An id that the catalogue does not have becomes null here, which its column refuses: no lock, and no second statement. */
    private static final String INSERT = """
            /* results.record */ insert into evalstore.benchmark_results (%s)
            select u.id, coalesce(u.day, (statement_timestamp() at time zone 'UTC')::date), null, m.id, h.id, f.id, u.workload,
                u.batch, u.sequence, u.a, u.b, u.c, u.d, u.e, u.f, u.g, u.h, u.i, u.j, u.k, u.l
            from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::int[], ?::int[], %s)
                as u (id, model_version, hardware, framework, workload, batch, sequence, day, a, b, c, d, e, f, g, h, i, j, k, l)
            left join evalstore.model_versions m on m.id = u.model_version
            left join evalstore.hardware_configs h on h.id = u.hardware
            left join evalstore.inference_frameworks f on f.id = u.framework""".formatted(ResultRows.WRITTEN, ResultRows.MEASURED_ARRAYS);

    private static final String COPY =
            "copy evalstore.benchmark_results (" + ResultRows.WRITTEN + ") from stdin (format binary)";

    private static final String UNKNOWN = """
            /* results.unknown */ select exists (select from unnest(?::uuid[]) i
                    where not exists (select from evalstore.model_versions m where m.id = i)) as model_version_id,
                exists (select from unnest(?::uuid[]) i
                    where not exists (select from evalstore.hardware_configs h where h.id = i)) as hardware_config_id,
                exists (select from unnest(?::uuid[]) i
                    where not exists (select from evalstore.inference_frameworks f where f.id = i)) as framework_id""";

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
        List<Measurement> one = List.of(new Measurement(of, result));
        UUID id = Uuids.next();
        Sql insert = insert(List.of(id), one).and("returning " + ResultRows.TABLE.columns());
        return Partitions.inserting(
                jdbc, NAME, ResultRows.months(List.of(result)), () -> ResultRows.TABLE.insert(jdbc, id, insert));
    }

    /**
     * Stores all of them or none, in one statement: arrays, or from 10,000 rows on a binary copy.
     *
     * @return their ids, in the order given; empty for an empty list
     * @throws ConstraintViolationException as for {@link #record}
     */
    public List<UUID> recordAll(List<Measurement> measurements) {
        List<Measurement> rows = List.copyOf(measurements);
        List<UUID> ids = Stream.generate(Uuids::next).limit(rows.size()).toList();
        if (rows.isEmpty()) {
            return ids;
        }
        List<NewBenchmarkResult> results =
                rows.stream().map(Measurement::result).toList();
        if (rows.size() < COPY_FROM) {
            inMonths(results, () -> (long) jdbc.update(insert(ids, rows)));
        } else {
            requireKnown(rows);
            LocalDate today = jdbc.one(
                    Sql.of("/* results.today */ select (statement_timestamp() at time zone 'UTC')::date as today"),
                    row -> row.date("today"));
            inMonths(results, () -> jdbc.copyIn(COPY, out -> ResultRows.copy(out, ids, rows, today)));
        }
        return ids;
    }

    private void inMonths(List<NewBenchmarkResult> results, Supplier<Long> insert) {
        Set<YearMonth> months = ResultRows.months(results);
        Supplier<Long> dated = months.isEmpty() ? insert : () -> Partitions.inserting(jdbc, NAME, months, insert);
        Long stored = ResultRows.anyToday(results) ? Partitions.inserting(jdbc, NAME, Set.of(), dated) : dated.get();
        Objects.requireNonNull(stored);
    }

    private static Sql insert(List<UUID> ids, List<Measurement> rows) {
        Sql of = Sql.of(
                INSERT,
                SqlArray.uuids(ids),
                SqlArray.uuids(rows, row -> row.of().modelVersionId()),
                SqlArray.uuids(rows, row -> row.of().hardwareConfigId()),
                SqlArray.uuids(rows, row -> row.of().frameworkId()),
                SqlArray.texts(rows, row -> row.of().workloadType()),
                SqlArray.ints(rows, row -> row.of().batchSize()),
                SqlArray.ints(rows, row -> row.of().sequenceLength()));
        return of.and(
                ResultRows.measured("", rows.stream().map(Measurement::result).toList()));
    }

    private void requireKnown(List<Measurement> rows) {
        Optional<String> unknown = jdbc.one(
                Sql.of(
                        UNKNOWN,
                        distinct(rows, Combination::modelVersionId),
                        distinct(rows, Combination::hardwareConfigId),
                        distinct(rows, Combination::frameworkId)),
                row -> {
                    for (String column : List.of("model_version_id", "hardware_config_id", "framework_id")) {
                        if (row.bool(column)) {
                            return Optional.of(column);
                        }
                    }
                    return Optional.empty();
                });
        unknown.ifPresent(column -> {
            throw new ConstraintViolationException(
                    "results.record: the catalogue does not have the " + column + " of a result",
                    ConstraintViolationException.Kind.NOT_NULL,
                    column,
                    "23502",
                    null);
        });
    }

    private static SqlArray distinct(List<Measurement> rows, Function<Combination, UUID> id) {
        return SqlArray.uuids(
                rows.stream().map(row -> id.apply(row.of())).distinct().toList());
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
    public List<SlaMatch> listMeeting(Sla sla, Sla.Order order, int limit) {
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
