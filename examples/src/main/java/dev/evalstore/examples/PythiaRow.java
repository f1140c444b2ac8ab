package dev.evalstore.examples;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * A row of the table of the Pythia suite: what a model scored on a task after so many steps of its training.
 *
 * @param model such as {@code pythia-1.4b-deduped}
 * @param shots how many examples the prompts held
 * @param step the step of the training
 * @param metric the task and what was measured, such as {@code lambada_openai/acc}
 * @param value the figure
 */
record PythiaRow(String model, int shots, long step, String metric, double value) {
    private static final List<String> COLUMNS = List.of("model", "shot", "step", "task", "metric", "value");
    private static final Map<String, Integer> SHOTS = Map.of("zero-shot", 0, "five-shot", 5);

    /** Of a model's name: its size, in millions or billions of parameters. */
    private static final Pattern SIZE = Pattern.compile("pythia-([0-9]{1,6}(?:\\.[0-9]{1,3})?)([mb])(?:-.*)?");

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    /**
     * Reads the rows that can be read, in the order of the file.
     *
     * @param skipped is told of each other row: the file, the row, and what is wrong with which field
     * @return how many rows the file has
     * @throws IOException if the file cannot be read, is cut off, or lacks a column
     */
    static long read(Path file, Consumer<PythiaRow> row, Consumer<String> skipped) throws IOException {
        long number = 0;
        try (InputStream bytes = new GZIPInputStream(Files.newInputStream(file));
                CsvReader<NamedCsvRecord> csv = CsvReader.builder()
                        .detectBomHeader(true)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .ofNamedCsvRecord(bytes)) {
            for (NamedCsvRecord record : csv) {
                if (number++ == 0) {
                    requireColumns(file, record.getHeader());
                }
                try {
                    row.accept(of(record));
                } catch (IllegalArgumentException e) {
                    skipped.accept("%s, row %d: %s".formatted(file.getFileName(), number, e.getMessage()));
                }
            }
        } catch (CsvParseException e) {
            skipped.accept("%s, row %d and what follows: %s".formatted(file.getFileName(), number + 1, e.getMessage()));
        } catch (UncheckedIOException e) {
            throw new IOException(file.getFileName() + " cannot be read after row " + number, e);
        }
        return number;
    }

    private static void requireColumns(Path file, List<String> header) throws IOException {
        List<String> missing =
                COLUMNS.stream().filter(name -> !header.contains(name)).toList();
        if (!missing.isEmpty()) {
            throw new IOException(file.getFileName() + " has no column " + String.join(", ", missing));
        }
    }

    private static PythiaRow of(NamedCsvRecord record) {
        if (record.getFieldCount() != record.getHeader().size()) {
            throw new IllegalArgumentException("it has " + record.getFieldCount() + " fields, and the header "
                    + record.getHeader().size());
        }
        Integer shots = SHOTS.get(record.getField("shot"));
        if (shots == null) {
            throw new IllegalArgumentException("shot is \"" + record.getField("shot") + "\", and none of "
                    + SHOTS.keySet().stream().sorted().toList());
        }
        String model = record.getField("model");
        if (!SIZE.matcher(model).matches()) {
            throw new IllegalArgumentException("model is \"" + model + "\", which is none of the Pythia suite");
        }
        String step = record.getField("step").strip();
        if (!step.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("step is \"" + step + "\", which is no whole number");
        }
        return new PythiaRow(
                model,
                shots,
                Long.parseLong(step),
                record.getField("task") + "/" + record.getField("metric"),
                number(record.getField("value").strip()));
    }

    private static double number(String cell) {
        double number = NUMBER.matcher(cell).matches() ? Double.parseDouble(cell) : Double.NaN;
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("value is \"" + cell + "\", which is no number");
        }
        return number;
    }

    /** The name of the experiment that the row belongs to. */
    String name() {
        return "%s, %d-shot".formatted(model, shots);
    }

    /** How many parameters the model has, as its name says. */
    long parameters() {
        Matcher size = SIZE.matcher(model);
        if (!size.matches()) {
            throw new IllegalStateException(model);
        }
        return Math.round(Double.parseDouble(size.group(1)) * (size.group(2).equals("m") ? 1e6 : 1e9));
    }
}
