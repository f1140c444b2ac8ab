package dev.evalstore.matrix;

import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.schema.Partitions;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How results are written and read, for those who record them and for those who complete a configuration with one. */
final class ResultRows {
    static final String MEASURED = "ttft_p50_ms, ttft_p90_ms, ttft_p99_ms, tpot_p50_ms, tpot_p90_ms, tpot_p99_ms,"
            + " throughput_tokens_sec, rps_sustained, accuracy_score, gpu_utilization_pct, memory_used_gb, detailed_metrics";

    static final String WRITTEN = "id, benchmark_date, config_id, model_version_id, hardware_config_id, framework_id,"
            + " workload_type, batch_size, sequence_length, " + MEASURED;

    /** The types of {@link #measured}'s arrays, for {@code unnest}. */
    static final String MEASURED_ARRAYS = "?::date[], " + "?::float8[], ".repeat(11) + "?::jsonb[]";

    static final Table<BenchmarkResult> TABLE =
            Table.of("benchmark result", "benchmark_results", WRITTEN + ", created_at", ResultRows::map);

    private ResultRows() {}

    /** The day and the figures, a column each. */
    static Sql measured(String text, Collection<NewBenchmarkResult> rows) {
        return Sql.of(
                text,
                SqlArray.dates(rows, NewBenchmarkResult::benchmarkDate),
                SqlArray.reals(rows, row -> of(row.ttftMs(), Percentiles::p50)),
                SqlArray.reals(rows, row -> of(row.ttftMs(), Percentiles::p90)),
                SqlArray.reals(rows, row -> of(row.ttftMs(), Percentiles::p99)),
                SqlArray.reals(rows, row -> of(row.tpotMs(), Percentiles::p50)),
                SqlArray.reals(rows, row -> of(row.tpotMs(), Percentiles::p90)),
                SqlArray.reals(rows, row -> of(row.tpotMs(), Percentiles::p99)),
                SqlArray.reals(rows, NewBenchmarkResult::throughputTokensSec),
                SqlArray.reals(rows, NewBenchmarkResult::rpsSustained),
                SqlArray.reals(rows, NewBenchmarkResult::accuracyScore),
                SqlArray.reals(rows, NewBenchmarkResult::gpuUtilizationPct),
                SqlArray.reals(rows, NewBenchmarkResult::memoryUsedGb),
                SqlArray.jsons(rows, NewBenchmarkResult::detailedMetrics));
    }

    static void copy(BinaryCopy out, List<UUID> ids, List<Measurement> rows, LocalDate today) throws SQLException {
        for (int i = 0; i < rows.size(); i++) {
            Combination of = rows.get(i).of();
            NewBenchmarkResult result = rows.get(i).result();
            out.row(21)
                    .uuid(ids.get(i))
                    .date(result.benchmarkDate() == null ? today : result.benchmarkDate())
                    .uuid(null)
                    .uuid(of.modelVersionId())
                    .uuid(of.hardwareConfigId())
                    .uuid(of.frameworkId())
                    .text(of.workloadType())
                    .integer(of.batchSize())
                    .integer(of.sequenceLength());
            percentiles(out, result.ttftMs());
            percentiles(out, result.tpotMs());
            out.real(result.throughputTokensSec())
                    .real(result.rpsSustained())
                    .real(result.accuracyScore())
                    .real(result.gpuUtilizationPct())
                    .real(result.memoryUsedGb())
                    .json(result.detailedMetrics());
        }
    }

    private static void percentiles(BinaryCopy out, @Nullable Percentiles of) {
        out.real(of(of, Percentiles::p50)).real(of(of, Percentiles::p90)).real(of(of, Percentiles::p99));
    }

    private static @Nullable Double of(@Nullable Percentiles percentiles, ToDoubleFunction<Percentiles> one) {
        return percentiles == null ? null : (Double) one.applyAsDouble(percentiles);
    }

    /** Inserts results, having seen to the months of their days, and to the server's month where a row has none. */
    static <T> T inMonths(Jdbc jdbc, Collection<NewBenchmarkResult> rows, Supplier<T> insert) {
        Set<YearMonth> months = new TreeSet<>();
        boolean today = false;
        for (NewBenchmarkResult row : rows) {
            LocalDate day = row.benchmarkDate();
            if (day == null) {
                today = true;
            } else {
                months.add(YearMonth.from(day));
            }
        }
        String table = TABLE.name();
        Supplier<T> dated = months.isEmpty() ? insert : () -> Partitions.inserting(jdbc, table, months, insert);
        return today ? Partitions.inserting(jdbc, table, Set.of(), dated) : dated.get();
    }

    static BenchmarkResult map(Row row) throws SQLException {
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
