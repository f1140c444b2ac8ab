package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.tracking.ComparisonFilter;
import dev.evalstore.tracking.StoredComparison;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareModelsTest {
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
    void models_are_compared_over_their_tasks_and_reported() throws Exception {
        write("pythia-v1.1-12b", 0.9);
        write("pythia-v1.1-1.4b", 0.6);
        write("pythia-v1.1-70m", 0.595);
        Files.writeString(folder.resolve("broken.json"), "{");
        try (Database db = open()) {
            CompareModels example = new CompareModels(db, printed.stream());
            example.load(folder);
            example.load(folder);
            assertThat(example.compare(folder.resolve("reports"))).isTrue();

            assertThat(printed.lines())
                    .contains(
                            "4 files: 3 experiments stored with 30 evaluations",
                            "4 files: 0 experiments stored with 0 evaluations")
                    .anyMatch(line -> line.startsWith("skipped broken.json: it is not JSON"))
                    .anyMatch(line -> line.matches(" +1 +pythia-v1.1-12b, 0-shot .*"))
                    .anyMatch(line ->
                            line.matches("10 tasks, left out: none; by \\[PAIRED_T, WILCOXON], corrected by HOLM"));
            assertThat(printed.lines().stream().filter(line -> line.endsWith("the first is better")))
                    .hasSize(2);
            assertThat(printed.lines().stream().filter(line -> line.endsWith("no difference is shown")))
                    .hasSize(1);
            assertThat(Files.readString(folder.resolve("reports/report.html")))
                    .contains("pythia-v1.1-12b, 0-shot")
                    .endsWith("</html>\n");
            assertThat(new String(
                            Files.readAllBytes(folder.resolve("reports/report.pdf")), StandardCharsets.ISO_8859_1))
                    .startsWith("%PDF-");
        }
    }

    @Test
    void without_two_models_nothing_is_compared() throws Exception {
        write("pythia-v1.1-12b", 0.9);
        try (Database db = open()) {
            CompareModels example = new CompareModels(db, printed.stream());
            example.load(folder);
            assertThat(example.compare(folder)).isFalse();
            assertThat(printed.lines()).anyMatch(line -> line.startsWith("fewer than two of pythia-v1.1-70m, "));
        }
    }

    @Test
    void five_of_the_real_models_differ_by_size() throws Exception {
        String data = System.getProperty("evalstore.data", System.getenv("EVALSTORE_DATA"));
        if (data == null) {
            System.err.println("SKIPPED: the real results of the Pythia models; set EVALSTORE_DATA to their folder");
        }
        assumeTrue(data != null, "EVALSTORE_DATA names the folder of the results");
        try (Database db = open()) {
            CompareModels example = new CompareModels(db, printed.stream());
            example.load(Path.of(data, "lm-eval-pythia", "final"));
            assertThat(example.compare(folder)).isTrue();

            assertThat(printed.lines())
                    .anyMatch(line -> line.matches("32 files: 32 experiments stored with [0-9]+ evaluations"));
            StoredComparison stored = db.tracking()
                    .comparisons()
                    .list(ComparisonFilter.ALL, 10)
                    .items()
                    .get(0);
            ComparisonResult result = ComparisonResult.of(stored);
            assertThat(result.pairs()).hasSize(10);
            assertThat(result.members()).hasSize(5);
            assertThat(result.members().get(4).label()).isEqualTo("pythia-v1.1-70m, 0-shot");
            assertThat(List.of("report.html", "report.pdf"))
                    .allMatch(file -> folder.resolve(file).toFile().length() > 10_000);
        }
    }

    /** Ten tasks; the accuracies of models vary alike. */
    private void write(String model, double level) throws IOException {
        StringBuilder results = new StringBuilder();
        for (int task = 0; task < 10; task++) {
            double accuracy = level * (0.8 + 0.02 * task) + 0.03 * ((task + model.length()) % 2);
            results.append(task == 0 ? "" : ", ").append("\"task%d\": {\"acc\": %s}".formatted(task, accuracy));
        }
        Files.writeString(
                folder.resolve(model + ".json"),
                "{\"results\": {%s}, \"versions\": {}, \"config\": {\"model_args\": \"pretrained=EleutherAI/%s\", \"num_fewshot\": 0}}"
                        .formatted(results, model));
    }

    private static Database open() {
        Database db = Database.open(DatabaseConfig.builder(server.url())
                .schema("compared_" + ++schemas)
                .build());
        db.migrate();
        return db;
    }
}
