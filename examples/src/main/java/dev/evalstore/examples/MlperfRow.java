package dev.evalstore.examples;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.evalstore.Json;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.matrix.Percentiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A row of MLPerf Inference's table of language model runs. Times are in nanoseconds there; what was not measured is an empty cell;
 * and a scenario is written as its submitter liked it, "Server" or "server". Of other files the rows that can be read are read.
 *
 * @param number the row's number; the header has none
 * @param submitter who ran it
 * @param system the machine, with its accelerators in its name
 * @param model the model without the accuracy that it had to reach
 * @param target that accuracy, in percent of the reference, such as 99.9; 99 where the name gives none; {@code -open} follows in the
 *     open division
 * @param scenario in lower case
 * @param result what was measured
 * @param cells the row as it stands, by column
 */
record MlperfRow(
        long number,
        String submitter,
        String system,
        String model,
        String target,
        String scenario,
        NewBenchmarkResult result,
        Map<String, String> cells) {
    /** When the round's results were published. */
    static final LocalDate ROUND = LocalDate.of(2024, 8, 28);

    /** As a program writes it: no unit, no commas. */
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private static final double NANOS_A_MILLI = 1e6;
    private static final double NANOS_A_SECOND = 1e9;

    private static final String FIRST_TOKEN = "%s percentile first token latency (ns)";
    private static final String NEXT_TOKEN = "%s percentile time to output token (ns)";
    private static final String MEAN = "Mean latency (ns)";
    private static final List<String> PERCENTILES = List.of("50.00", "90.00", "99.00");
    private static final List<String> RATES = List.of(
            "Completed tokens per second",
            "Tokens per second",
            "Completed samples per second",
            "Samples per second",
            MEAN);
    private static final List<String> NAMES = List.of("division", "submitter", "system", "model", "scenario", "path");

    /**
     * The rows of the file that can be read, in its order.
     *
     * @param skipped is told of each other row: the file, the row, and what is wrong with which field
     * @throws IOException if the file cannot be read, or lacks a column
     */
    static List<MlperfRow> read(Path file, Consumer<String> skipped) throws IOException {
        List<MlperfRow> rows = new ArrayList<>();
        long number = 0;
        try (CsvReader<NamedCsvRecord> csv = CsvReader.builder()
                .detectBomHeader(true)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofNamedCsvRecord(file)) {
            for (NamedCsvRecord record : csv) {
                if (number++ == 0) {
                    requireColumns(file, record.getHeader());
                }
                try {
                    rows.add(of(record, number));
                } catch (IllegalArgumentException e) {
                    skipped.accept("%s, row %d: %s".formatted(file.getFileName(), number, e.getMessage()));
                }
            }
        } catch (CsvParseException e) {
            skipped.accept("%s, row %d and what follows: %s".formatted(file.getFileName(), number + 1, e.getMessage()));
        }
        return rows;
    }

    private static void requireColumns(Path file, List<String> header) throws IOException {
        Stream<String> percentiles =
                PERCENTILES.stream().flatMap(p -> Stream.of(FIRST_TOKEN.formatted(p), NEXT_TOKEN.formatted(p)));
        List<String> missing = Stream.of(NAMES.stream(), RATES.stream(), percentiles)
                .flatMap(names -> names)
                .filter(name -> !header.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new IOException(file.getFileName() + " has no column " + String.join(", ", missing));
        }
    }

    private static MlperfRow of(NamedCsvRecord record, long number) {
        if (record.getFieldCount() != record.getHeader().size()) {
            throw new IllegalArgumentException("it has " + record.getFieldCount() + " fields, and the header "
                    + record.getHeader().size());
        }
        String name = record.getField("model");
        // In the open division the model itself may have been changed: what ran there is another version of it.
        boolean open = record.getField("division").equals("open");
        String base = name.replaceFirst("-99(\\.9)?$", "");
        return new MlperfRow(
                number,
                record.getField("submitter"),
                record.getField("system"),
                base,
                (base.equals(name) ? "99" : name.substring(base.length() + 1)) + (open ? "-open" : ""),
                record.getField("scenario").toLowerCase(Locale.ROOT),
                NewBenchmarkResult.of(
                                percentiles(record, FIRST_TOKEN),
                                percentiles(record, NEXT_TOKEN),
                                either(record, "Completed tokens per second", "Tokens per second"),
                                requests(record))
                        .benchmarkDate(ROUND)
                        .detailedMetrics(Json.of(Map.of("path", record.getField("path")))),
                cells(record));
    }

    /** Of columns of one name the first counts, as for {@code getField}. */
    private static Map<String, String> cells(NamedCsvRecord record) {
        Map<String, String> cells = new HashMap<>();
        for (int i = 0; i < record.getFieldCount(); i++) {
            cells.putIfAbsent(record.getHeader().get(i), record.getField(i));
        }
        return cells;
    }

    /** A single stream reports neither: one request follows the other, so it is one in the mean time of a request. */
    private static @Nullable Double requests(NamedCsvRecord record) {
        Double stated = either(record, "Completed samples per second", "Samples per second");
        Double mean = number(record, MEAN);
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
        return number(column, record.getField(column));
    }

    /**
     * The number in a column, or null where the cell is empty, or there is no such column.
     *
     * @throws IllegalArgumentException if the cell holds something else
     */
    @Nullable
    Double number(String column) {
        return number(column, cells.getOrDefault(column, ""));
    }

    private static @Nullable Double number(String column, String text) {
        String cell = text.strip();
        if (cell.isEmpty()) {
            return null;
        }
        double number = NUMBER.matcher(cell).matches() ? Double.parseDouble(cell) : Double.NaN;
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(column + " is \"" + cell + "\", which is no number");
        }
        return number;
    }
}
