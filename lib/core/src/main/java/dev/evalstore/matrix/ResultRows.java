package dev.evalstore.matrix;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.schema.Partitions;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How results are written, both on their own and with the completion of a config. */
final class ResultRows {
    static final String MEASURED = """
            ttft_p50_ms, ttft_p90_ms, ttft_p99_ms, tpot_p50_ms, tpot_p90_ms, tpot_p99_ms, throughput_tokens_sec,
            rps_sustained, accuracy_score, gpu_utilization_pct, memory_used_gb, detailed_metrics""";

    static final String WRITTEN = """
            id, benchmark_date, config_id, model_version_id, hardware_config_id, framework_id, workload_type,
            batch_size, sequence_length,
            """ + MEASURED;

    /** The arrays of {@link #measured}, for {@code unnest}: the day, and each column of {@link #MEASURED}. */
    static final String MEASURED_ARRAYS = """
            ?::date[], ?::float8[], ?::float8[], ?::float8[], ?::float8[], ?::float8[], ?::float8[], ?::float8[],
            ?::float8[], ?::float8[], ?::float8[], ?::float8[], ?::jsonb[]""";

    private ResultRows() {}

    /** A statement with these lists for its {@code {written}}, {@code {measured}} and {@code {measured_arrays}}. */
    static String text(String statement) {
        return statement
                .replace("{written}", WRITTEN)
                .replace("{measured}", MEASURED)
                .replace("{measured_arrays}", MEASURED_ARRAYS);
    }

    /** The arguments of {@link #MEASURED_ARRAYS}. */
    static Sql measured(Collection<NewBenchmarkResult> rows) {
        return Sql.args(List.of(
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
                SqlArray.jsons(rows, NewBenchmarkResult::detailedMetrics)));
    }

    static @Nullable Double of(@Nullable Percentiles percentiles, ToDoubleFunction<Percentiles> one) {
        return percentiles == null ? null : (Double) one.applyAsDouble(percentiles);
    }

    /** Inserts results after their months' partitions were made; a result without a day is of the server's month. */
    static <T> T inMonths(Jdbc jdbc, Collection<NewBenchmarkResult> rows, Supplier<T> insert) {
        return Partitions.inserting(
                jdbc, ResultReads.TABLE.name(), rows, row -> startOfDay(row.benchmarkDate()), insert);
    }

    private static @Nullable Instant startOfDay(@Nullable LocalDate day) {
        return day == null ? null : day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
