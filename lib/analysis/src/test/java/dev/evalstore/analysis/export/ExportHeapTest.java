package dev.evalstore.analysis.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.testing.faults.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports of many times as much as the heap of their process holds, with all that a row can have. */
class ExportHeapTest {
    private static ExportWorld world;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        world = new ExportWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void each_format_streams_30_000_rows_at_a_heap_of_24_megabytes() throws Exception {
        exports(Integer.getInteger("exports", 30_000), "-Xmx24m");
    }

    @Test
    @Tag("long")
    void each_format_streams_a_million_rows_at_a_heap_of_64_megabytes() throws Exception {
        exports(Integer.getInteger("exports.long", 1_000_000), "-Xmx64m");
    }

    @Test
    void rows_of_100_kilobytes_are_streamed_at_a_heap_of_48_megabytes_also_behind_short_ones() throws Exception {
        longRows(Integer.getInteger("exports.wide", 300), 10, "-Xmx48m");
    }

    @Test
    @Tag("long")
    void three_thousand_rows_of_100_kilobytes_and_80_000_ratings_are_streamed_at_a_heap_of_48_megabytes()
            throws Exception {
        longRows(3_000, 400, "-Xmx48m");
    }

    /** A thousand short ones first, a fifth of them with so many ratings, then long ones, each with feedback that is long too. */
    private void longRows(int rows, int ratings, String heap) throws Exception {
        world.empty();
        world.fill(1_000);
        world.execute("insert into evalstore.evaluations (provider, model, input, output, created_at)"
                + " select 'wordy', 'gpt-4', 'q', repeat(i % 10 || '23456789 ', 10000), now() - interval '1 day'"
                + " from generate_series(1, " + rows + ") i");
        world.execute("insert into evalstore.evaluation_feedback (evaluation_id, criteria)"
                + " select id, jsonb_build_object('why', repeat('text ', 20000)) from evalstore.evaluations"
                + " where provider = 'wordy'");
        world.execute("insert into evalstore.evaluation_feedback (evaluation_id, rating)"
                + " select id, 1 from evalstore.evaluations, generate_series(1, " + ratings + ")"
                + " where provider <> 'wordy' and latency_ms <= 200");
        String printed = ChildJvm.output(Child.class, List.of(heap), world.server.url(), folder.toString(), "NDJSON");
        System.err.println("long rows at " + heap + ": " + printed.replace("\n", "; "));

        assertThat(printed).startsWith("NDJSON " + (rows + 1_000) + " rows");
        assertThat(Files.size(folder.resolve("NDJSON"))).isGreaterThan(200_000L * rows);
    }

    private void exports(int rows, String heap) throws Exception {
        world.empty();
        world.fill(rows);
        world.execute("insert into evalstore.evaluation_feedback (evaluation_id, rating)"
                + " select id, 1 + latency_ms % 5 from evalstore.evaluations where latency_ms % 10 = 0");
        String printed =
                ChildJvm.output(Child.class, List.of(heap), world.server.url(), folder.toString(), "CSV JSON NDJSON");
        System.err.println("exports at " + heap + ": " + printed.replace("\n", "; "));

        assertThat(printed.lines()).hasSize(3).allMatch(line -> line.contains(" " + rows + " rows"));
        // No row has a line break, so lines are rows: a header, or the brackets of an array, beside them.
        assertThat(lines("CSV")).isEqualTo(rows + 1L);
        assertThat(lines("JSON")).isEqualTo(rows + 2L);
        assertThat(lines("NDJSON")).isEqualTo(rows);
        assertThat(Files.size(folder.resolve("CSV"))).isGreaterThan(400L * rows);
    }

    private long lines(String file) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve(file), StandardCharsets.UTF_8)) {
            return lines.count();
        }
    }

    /** Walks the long rows by pages, and exports all rows in each of the formats into the folder. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            DatabaseConfig config = DatabaseConfig.builder(args[0])
                    .poolSize(1)
                    .slowStatement(null)
                    .build();
            EvaluationExport all = EvaluationExport.of(EvaluationFilter.ALL)
                    .metadata()
                    .metrics()
                    .metrics("f1")
                    .feedback();
            try (Database db = Database.open(config)) {
                db.evaluations().forEach(EvaluationFilter.ALL.provider("wordy"), row -> {});
                for (ExportFormat format : List.of(ExportFormat.CSV, ExportFormat.JSON, ExportFormat.NDJSON)) {
                    if (!List.of(args[2].split(" ")).contains(format.toString())) {
                        continue;
                    }
                    long start = System.nanoTime();
                    Path file = Path.of(args[1], format.toString());
                    ExportSummary summary = all.toFile(db, file, format);
                    System.out.println(format + " " + summary.rows() + " rows, " + Files.size(file) / 1_000_000
                            + " MB, " + (System.nanoTime() - start) / 1_000_000 + " ms");
                }
            }
        }
    }
}
