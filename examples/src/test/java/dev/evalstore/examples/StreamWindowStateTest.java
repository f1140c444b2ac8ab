package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.state.MemoryStateBackend;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamWindowStateTest {
    private static final int ROWS = 23_456;

    @TempDir
    Path folder;

    /** Writes rows whose texts need quotation marks and whose numbers are sometimes missing; gives the sums that they make. */
    private Map<String, BigDecimal> write(Path file) throws IOException {
        Random random = new Random(7);
        Map<String, BigDecimal> sums = new TreeMap<>();
        try (Writer out =
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
            out.write("model,task,value\n");
            for (int row = 0; row < ROWS; row++) {
                String task = "task, \"no\" " + random.nextInt(50);
                String value = random.nextInt(10) == 0
                        ? ""
                        : BigDecimal.valueOf(random.nextLong(1_000_000), 6).toPlainString();
                out.write("m,\"" + task.replace("\"", "\"\"") + "\"," + value + "\n");
                if (!value.isEmpty()) {
                    sums.merge("%06d/%s".formatted(row / 10_000, task), new BigDecimal(value), BigDecimal::add);
                }
            }
        }
        return sums;
    }

    private static Map<String, BigDecimal> stored(StateBackend state) {
        Map<String, BigDecimal> sums = new TreeMap<>();
        state.forEach(
                new byte[0],
                entry -> sums.put(
                        new String(entry.key(), StandardCharsets.UTF_8),
                        new BigDecimal(new String(entry.value(), StandardCharsets.UTF_8))));
        return sums;
    }

    /** Runs it in a JVM of its own; gives its code and what it printed. */
    private static Map.Entry<Integer, List<String>> run(LocalServer server, Path file, String... more)
            throws Exception {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StreamWindowState.class.getName(),
                file.toString());
        java.command().addAll(List.of(more));
        java.environment().put("EVALSTORE_URL", server.url());
        Process process = java.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return Map.entry(process.waitFor(), lines);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void a_row_that_cannot_be_summed_is_named_and_left_out() throws Exception {
        Path file = folder.resolve("odd.csv.gz");
        List<String> odd = List.of(
                "\ufeffmodel,task,value",
                "m,t,1.5",
                "m,t,N/A",
                "m,t,\"1,234.5\"",
                "m,t,NaN",
                "m,t",
                "m,t,1e999999999",
                "m,t,1e-999999999",
                "m," + "t".repeat(2_000) + ",1",
                "m,t,",
                "m,t, 2.25 ");
        try (Writer out =
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
            out.write(String.join("\n", odd));
        }
        Printed printed = new Printed();
        StateBackend state = new MemoryStateBackend();
        new StreamWindowState(state, printed.stream()).run(file, "task", "value", -1);
        new StreamWindowState(state, printed.stream()).run(file, "model", "value", -1);

        assertThat(printed.lines())
                .contains("skipped odd.csv.gz, row 2: value is \"N/A\", which is no number of at most 400 digits")
                .contains("skipped odd.csv.gz, row 3: value is \"1,234.5\", which is no number of at most 400 digits")
                .contains("skipped odd.csv.gz, row 4: value is \"NaN\", which is no number of at most 400 digits")
                .contains("skipped odd.csv.gz, row 5: it has 2 fields, and the header 3")
                .anyMatch(line -> line.startsWith("skipped odd.csv.gz, row 6: value is \"1e999999999\""))
                .anyMatch(line -> line.startsWith("skipped odd.csv.gz, row 7: value is \"1e-999999999\""))
                .contains("skipped odd.csv.gz, row 8: task makes a key of 2007 bytes; at most 1024")
                .anyMatch(line -> line.startsWith("rows 10, windows and groups 1, total 3.75, "));
    }

    @Test
    void a_run_that_was_killed_twice_ends_with_exactly_the_sums_of_one_that_was_not() throws Exception {
        Path file = folder.resolve("rows.csv.gz");
        Map<String, BigDecimal> expected = write(file);
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            StateBackend state = db.state("stream-window", StateOptions.DEFAULT);

            var first = run(server, file, "halt=3210");
            assertThat(first.getKey()).isEqualTo(9);
            assertThat(first.getValue()).containsExactly("halted at row 3210");
            assertThat(state.listCheckpoints()).isEmpty();

            var second = run(server, file, "halt=17777");
            assertThat(second.getKey()).isEqualTo(9);
            assertThat(second.getValue()).containsExactly("halted at row 17777");
            assertThat(state.listCheckpoints().get(0).label()).isEqualTo("row 15000");

            var third = run(server, file);
            assertThat(third.getKey()).isZero();
            assertThat(third.getValue()).hasSize(2);
            assertThat(third.getValue().get(0)).matches("resumed from row 15000, [1-9]\\d* keys restored");

            StateBackend uninterrupted = db.state("uninterrupted", StateOptions.DEFAULT);
            Printed printed = new Printed();
            new StreamWindowState(uninterrupted, printed.stream()).run(file, "task", "value", -1);
            assertThat(third.getValue().get(1))
                    .startsWith("rows " + ROWS + ", ")
                    .isEqualTo(printed.lines().get(0));
            assertThat(stored(state)).isEqualTo(expected).isEqualTo(stored(uninterrupted));
            assertThat(state.listCheckpoints()).isEmpty();
        }
    }
}
