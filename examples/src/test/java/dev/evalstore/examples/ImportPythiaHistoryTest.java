package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.tracking.Experiment;
import dev.evalstore.tracking.ExperimentFilter;
import dev.evalstore.tracking.ExperimentStatus;
import dev.evalstore.tracking.MetricPoint;
import dev.evalstore.tracking.MetricSummary;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportPythiaHistoryTest {
    private static final Path FEW = Path.of("src", "test", "resources", "pythia", "few.csv");
    private static LocalServer server;
    private static int schemas;

    private final Printed printed = new Printed();

    @TempDir
    private Path folder;

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void a_model_becomes_an_experiment_whose_metrics_have_a_point_for_each_step() throws Exception {
        try (Database db = open()) {
            importer(db).load(gzip(Files.readAllLines(FEW)));

            assertThat(printed.lines())
                    .anyMatch(line ->
                            line.matches("45 rows, 4 experiments: 4 stored with 45 points in .* s, 0 stored before"));
            Experiment large = experiment(db, "pythia-1.4b-deduped, 0-shot");
            assertThat(large.status()).isEqualTo(ExperimentStatus.COMPLETED);
            assertThat(large.params().get("parameters").number()).isEqualTo(1.4e9);
            assertThat(large.params().get("shots").text()).isEqualTo("0");
            assertThat(large.params().get("deduped").text()).isEqualTo("true");
            assertThat(large.tags()).isEqualTo(Map.of("suite", "pythia", "deduped", ""));
            MetricSummary accuracy =
                    db.tracking().experiments().metrics(large.id()).get("lambada_openai/acc");
            assertThat(accuracy.last()).isEqualTo(0.6);
            assertThat(accuracy.step()).isEqualTo(143_000);
            assertThat(accuracy.count()).isEqualTo(3);
            assertThat(db.tracking().experiments().history(large.id(), "lambada_openai/ppl", 100))
                    .extracting(MetricPoint::value)
                    .containsExactly(3000000.5, 40.0, 5.0);
        }
    }

    @Test
    void six_searches_and_a_learning_curve_are_printed() throws Exception {
        try (Database db = open()) {
            ImportPythiaHistory importer = importer(db);
            importer.load(gzip(Files.readAllLines(FEW)));
            importer.tell();

            assertThat(printed.lines().stream().filter(line -> line.endsWith(" ms")))
                    .hasSize(6);
            assertThat(found("the most accurate"))
                    .containsExactly("0.6400  pythia-2.8b, 0-shot", "0.6000  pythia-1.4b-deduped, 0-shot");
            assertThat(found("small models")).containsExactly("0.4250  pythia-160m, 5-shot");
            assertThat(found("trained on the deduplicated corpus"))
                    .containsExactly("0.5500  pythia-1.4b-deduped, 0-shot");
            assertThat(found("neither end"))
                    .containsExactly("0.6400  pythia-2.8b, 0-shot", "0.6000  pythia-1.4b-deduped, 0-shot");
            assertThat(found("a perplexity"))
                    .containsExactly("4.6900  pythia-2.8b, 0-shot", "5.0000  pythia-1.4b-deduped, 0-shot");
            assertThat(found("by name")).containsExactly("0.4250  pythia-160m, 5-shot");
            assertThat(printed.lines())
                    .containsSubsequence(
                            "how pythia-2.8b, 0-shot learned: lambada_openai/acc",
                            "        0  0.0000",
                            "     1000  0.3200  " + "#".repeat(30),
                            "   143000  0.6400  " + "#".repeat(60));
        }
    }

    @Test
    void the_file_can_be_imported_again_also_after_an_import_that_was_cut_short() throws Exception {
        List<String> lines = Files.readAllLines(FEW);
        try (Database db = open()) {
            importer(db).load(gzip(lines));
            importer(db).load(gzip(lines));

            assertThat(printed.lines())
                    .anyMatch(line -> line.startsWith("45 rows, 4 experiments: 0 stored with 0 points"))
                    .anyMatch(line -> line.endsWith("4 stored before"));
            assertThat(db.tracking().experiments().count(ExperimentFilter.ALL)).isEqualTo(4);
        }
        try (Database db = open()) {
            ImportPythiaHistory importer = importer(db);
            PythiaRow first = new PythiaRow("pythia-70m", 0, 0, "lambada_openai/acc", 0);
            importer.start(first);
            importer.load(gzip(lines));

            assertThat(db.tracking().experiments().count(ExperimentFilter.ALL)).isEqualTo(4);
            assertThat(experiment(db, "pythia-70m, 0-shot").status()).isEqualTo(ExperimentStatus.COMPLETED);
        }
    }

    @Test
    void a_row_that_cannot_be_read_is_named_and_the_others_are_stored() throws Exception {
        List<String> few = Files.readAllLines(FEW);
        String good = few.get(1);
        List<String> odd = new ArrayList<>(List.of('\ufeff' + few.get(0), good));
        odd.add(good.replace("zero-shot", "some-shot"));
        odd.add(good.replace("pythia-70m", "gpt-2"));
        odd.add(good.replace(",0,", ",1e3,"));
        odd.add(good.replace(",0.0,", ",NaN,"));
        odd.add(good.replace(",0.0,", ",,"));
        odd.add(good + ",more");
        try (Database db = open()) {
            importer(db).load(gzip(odd));

            assertThat(printed.lines())
                    .contains(
                            "skipped odd.csv.gz, row 2: shot is \"some-shot\", and none of [five-shot, zero-shot]",
                            "skipped odd.csv.gz, row 3: model is \"gpt-2\", which is none of the Pythia suite",
                            "skipped odd.csv.gz, row 4: step is \"1e3\", which is no whole number",
                            "skipped odd.csv.gz, row 5: value is \"NaN\", which is no number",
                            "skipped odd.csv.gz, row 6: value is \"\", which is no number",
                            "skipped odd.csv.gz, row 7: it has 8 fields, and the header 7")
                    .anyMatch(line -> line.startsWith("7 rows, 1 experiments: 1 stored with 1 points"));
        }
    }

    @Test
    void a_file_that_is_another_or_cut_off_is_refused_with_nothing_stored() throws Exception {
        try (Database db = open()) {
            assertThatThrownBy(() -> importer(db).load(gzip(List.of("model,shot,step", "pythia-70m,zero-shot,0"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("odd.csv.gz has no column task, metric, value");
            byte[] whole = Files.readAllBytes(gzip(Files.readAllLines(FEW)));
            Path cut = Files.write(folder.resolve("cut.csv.gz"), Arrays.copyOf(whole, whole.length / 2));
            assertThatThrownBy(() -> importer(db).load(cut)).hasRootCauseInstanceOf(EOFException.class);
            assertThat(db.tracking().experiments().count(ExperimentFilter.ALL)).isZero();
        }
    }

    @Test
    void the_real_table_is_108736_points_of_34_experiments() throws Exception {
        String data = System.getProperty("evalstore.data", System.getenv("EVALSTORE_DATA"));
        if (data == null) {
            System.err.println(
                    "SKIPPED: the Pythia suite's real table; set EVALSTORE_DATA to the folder that holds it");
        }
        assumeTrue(data != null, "EVALSTORE_DATA names the folder of real results");
        try (Database db = open()) {
            ImportPythiaHistory importer = importer(db);
            importer.load(Path.of(data, "lm-eval-pythia", "pythia_v1_all_metrics_long.csv.gz"));
            importer.tell();

            assertThat(printed.lines())
                    .anyMatch(line -> line.startsWith("108736 rows, 34 experiments: 34 stored with 108736 points"));
            assertThat(printed.lines().stream().filter(line -> line.endsWith(" ms")))
                    .hasSize(6);
            assertThat(printed.lines().stream().filter(line -> line.matches(" +[0-9]+  0\\.[0-9]{4}( +#*)?")))
                    .hasSize(27);
            for (String what : List.of("the most", "small", "trained", "neither", "a perplexity", "by name")) {
                assertThat(found(what)).isNotEmpty();
            }
        }
    }

    private ImportPythiaHistory importer(Database db) {
        return new ImportPythiaHistory(db, printed.stream());
    }

    private static Experiment experiment(Database db, String name) {
        return db.tracking()
                .experiments()
                .findByName(ImportPythiaHistory.PROJECT, name)
                .orElseThrow();
    }

    /** What the search whose line begins so has found. */
    private List<String> found(String what) {
        List<String> lines = printed.lines();
        int at = 0;
        while (!lines.get(at).startsWith(what)) {
            at++;
        }
        return lines.subList(at + 2, at + 2 + lines.subList(at, lines.size()).indexOf("") - 2).stream()
                .map(String::strip)
                .toList();
    }

    private Path gzip(List<String> lines) throws IOException {
        Path file = folder.resolve("odd.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static Database open() {
        Database db = Database.open(DatabaseConfig.builder(server.url())
                .schema("pythia_" + ++schemas)
                .build());
        db.migrate();
        return db;
    }
}
