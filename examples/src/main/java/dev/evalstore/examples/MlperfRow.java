package dev.evalstore.examples;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.evalstore.Json;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.matrix.Percentiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of MLPerf Inference's table of language model runs. Times are in nanoseconds there; what was not measured is an empty cell;
 * and a scenario is written as its submitter liked it, "Server" or "server".
 *
 * @param submitter who ran it
 * @param system the machine, with its accelerators in its name
 * @param model the model without the accuracy that it had to reach
 * @param target that accuracy, in percent of the reference, such as 99.9; 99 where the name gives none; {@code -open} follows in the
 *     open division
 * @param scenario in lower case
 * @param result what was measured
 */
record MlperfRow(
        String submitter, String system, String model, String target, String scenario, NewBenchmarkResult result) {
    /** When the round's results were published. */
    static final LocalDate ROUND = LocalDate.of(2024, 8, 28);

    private static final double NANOS_A_MILLI = 1e6;
    private static final double NANOS_A_SECOND = 1e9;

    /** All rows of the file, in its order. */
    static List<MlperfRow> read(Path file) throws IOException {
        try (CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(file)) {
            return csv.stream().map(MlperfRow::of).toList();
        }
    }

    private static MlperfRow of(NamedCsvRecord record) {
        String name = record.getField("model");
        // In the open division the model itself may have been changed: what ran there is another version of it.
        boolean open = record.getField("division").equals("open");
        String base = name.replaceFirst("-99(\\.9)?$", "");
        return new MlperfRow(
                record.getField("submitter"),
                record.getField("system"),
                base,
                (base.equals(name) ? "99" : name.substring(base.length() + 1)) + (open ? "-open" : ""),
                record.getField("scenario").toLowerCase(Locale.ROOT),
                NewBenchmarkResult.of(
                                percentiles(record, "%s percentile first token latency (ns)"),
                                percentiles(record, "%s percentile time to output token (ns)"),
                                either(record, "Completed tokens per second", "Tokens per second"),
                                requests(record))
                        .benchmarkDate(ROUND)
                        .detailedMetrics(Json.of(Map.of("path", record.getField("path")))));
    }

    /** A single stream reports neither: one request follows the other, so it is one in the mean time of a request. */
    private static @Nullable Double requests(NamedCsvRecord record) {
        Double stated = either(record, "Completed samples per second", "Samples per second");
        Double mean = number(record, "Mean latency (ns)");
        return stated == null && mean != null ? (Double) (NANOS_A_SECOND / mean) : stated;
    }

    private static @Nullable Percentiles percentiles(NamedCsvRecord record, String column) {
        Double p50 = number(record, column.formatted("50.00"));
        Double p90 = number(record, column.formatted("90.00"));
        Double p99 = number(record, column.formatted("99.00"));
        return p50 == null || p90 == null || p99 == null
                ? null
                : new Percentiles(p50 / NANOS_A_MILLI, p90 / NANOS_A_MILLI, p99 / NANOS_A_MILLI);
    }

    /** Online scenarios report what was completed in time, offline ones what was done. */
    private static @Nullable Double either(NamedCsvRecord record, String online, String offline) {
        Double value = number(record, online);
        return value != null ? value : number(record, offline);
    }

    private static @Nullable Double number(NamedCsvRecord record, String column) {
        String cell = record.getField(column).strip();
        return cell.isEmpty() ? null : (Double) Double.parseDouble(cell);
    }
}
