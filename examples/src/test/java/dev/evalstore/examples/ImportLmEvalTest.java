package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.BenchmarkStatus;
import dev.evalstore.testing.LocalServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImportLmEvalTest {
    private static final Path FILES = Path.of("src", "test", "resources", "lm-eval");
    private static LocalServer server;
    private static int schemas;

    private final Printed printed = new Printed();
    private Database db;

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void openDatabase() {
        db = Database.open(DatabaseConfig.builder(server.url())
                .schema("import_" + ++schemas)
                .build());
        db.migrate();
    }

    @AfterEach
    void closeDatabase() {
        db.revertTo(0);
        db.close();
    }

    @Test
    void good_files_become_runs_and_broken_ones_are_reported_and_passed_over() throws Exception {
        assertThat(importer().folder(FILES.resolve("mixed"))).isTrue();

        assertThat(printed.lines())
                .contains("skipped cut-off.json: it is not JSON: Unexpected end-of-input at line 1, column 37")
                .contains("skipped nan.json: it has no finite number, but NaN, at results.arc_easy.acc")
                .contains("5 files: 3 stored, 0 stored before, 2 skipped");
        assertThat(runs()).hasSize(3).allMatch(run -> run.status() == BenchmarkStatus.COMPLETED);
    }

    @Test
    void a_run_holds_what_the_file_says() throws Exception {
        importer().folder(FILES.resolve("mixed"));

        Benchmark run = runs().stream()
                .filter(one -> one.name().endsWith("0-shot") && one.model().equals("small-1b"))
                .findFirst()
                .orElseThrow();
        assertThat(run.name()).isEqualTo("small-1b step10, 0-shot");
        assertThat(run.provider()).isEqualTo("acme");
        assertThat(run.totalIterations()).isEqualTo(2);
        assertThat(run.completedIterations()).isEqualTo(2);
        assertThat(run.metrics().asMap())
                .containsEntry("lambada", Map.of("acc", 0.3, "acc_stderr", 0.02, "ppl", 12.5, "ppl_stderr", 0.4));
        assertThat(run.results().asMap())
                .containsEntry("shots", 0)
                .containsEntry("revision", "step10")
                .containsEntry("tasks", List.of("arc_easy", "lambada"))
                .containsEntry("versions", Map.of("arc_easy", 0, "lambada", 0))
                .hasEntrySatisfying(
                        "config",
                        config -> assertThat(config)
                                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                                .containsEntry("batch_size", 16));
    }

    @Test
    void importing_twice_stores_nothing_twice() throws Exception {
        importer().folder(FILES.resolve("mixed"));
        assertThat(importer().folder(FILES.resolve("mixed"))).isTrue();

        assertThat(printed.lines()).contains("5 files: 0 stored, 3 stored before, 2 skipped");
        assertThat(runs()).hasSize(3);
    }

    @Test
    void four_importers_at_once_store_each_file_once() throws Exception {
        CyclicBarrier start = new CyclicBarrier(4);
        ExecutorService importers = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> imports = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                imports.add(importers.submit(() -> {
                    start.await();
                    return importer().folder(FILES.resolve("mixed"));
                }));
            }
            for (Future<Boolean> done : imports) {
                assertThat(done.get()).isTrue();
            }
        } finally {
            importers.shutdownNow();
        }
        assertThat(runs()).hasSize(3);
    }

    @Test
    void a_folder_with_nothing_to_import_is_a_failure_that_says_why_for_each_file() throws Exception {
        assertThat(importer().folder(FILES.resolve("broken"))).isFalse();

        assertThat(printed.lines())
                .contains("skipped array.json: it has no config")
                .contains("skipped empty.json: it is empty")
                .contains("skipped no-model.json: it names no model: config.model_args has no pretrained=")
                .contains("skipped no-results.json: it has no results")
                .anyMatch(line -> line.startsWith("skipped no-shots.json: it does not say how many shots"))
                .contains("skipped not-json.json: it is not JSON: Unrecognized token 'accuracy' at line 1, column 1")
                .anyMatch(line -> line.startsWith("skipped nul.json: it holds what cannot be stored: "))
                .contains("skipped text-metric.json: it has no finite number, but high, at results.arc_easy.acc")
                .contains("8 files: 0 stored, 0 stored before, 8 skipped");
        assertThat(runs()).isEmpty();
    }

    /** A path, too deep, too many digits: each odd file is stored as well as can be, or passed over with the reason. */
    @Test
    void an_odd_file_does_not_end_the_import() throws Exception {
        assertThat(importer().folder(FILES.resolve("odd"))).isTrue();

        assertThat(printed.lines())
                .contains("skipped array.json: it has no config")
                .anyMatch(line -> line.matches("skipped deep-config.json: it is not JSON: .*depth.*"))
                .contains("skipped deep-metric.json: it has no finite number, but ARRAY, at results.arc_easy.acc")
                .contains("skipped digits-metric.json: it has no finite number, but " + "7".repeat(60)
                        + "…, at results.arc_easy.acc")
                .anyMatch(line -> line.startsWith("skipped digits-shots.json: it does not say how many shots"))
                .anyMatch(line -> line.matches("skipped exponent.json: it holds what cannot be stored: .*config.limit"))
                .anyMatch(line -> line.startsWith("skipped root-path.json: it names no model"))
                .contains("15 files: 8 stored, 0 stored before, 7 skipped")
                .noneMatch(line -> line.contains("\r"));
        assertThat(runs())
                .extracting(run -> run.provider() + " " + run.model())
                .contains(
                        "local /data/models/run-7/hf",
                        "local C:\\models\\tiny",
                        "acme digits",
                        "acme blank",
                        "acme good");
    }

    @Test
    void files_of_version_0_4_are_read_in_the_folders_of_their_models() throws Exception {
        assertThat(importer().folder(FILES.resolve("odd").resolve("acme__tiny-1b")))
                .isTrue();

        assertThat(printed.lines()).contains("3 files: 3 stored, 0 stored before, 0 skipped");
        Benchmark run = runs().stream()
                .filter(one -> one.name().startsWith("tiny-1b step7"))
                .findFirst()
                .orElseThrow();
        assertThat(run.name()).isEqualTo("tiny-1b step7, 5-shot");
        assertThat(run.provider()).isEqualTo("acme");
        assertThat(run.metrics().asMap())
                .as("without what is no metric, was not computed, or is a group of the others")
                .isEqualTo(Map.of(
                        "arc_easy", Map.of("acc", 0.75, "acc_stderr", 0.01, "acc_norm", 0.5),
                        "gsm8k",
                                Map.of(
                                        "exact_match,strict-match", 0.25,
                                        "exact_match_stderr,strict-match", 0.02,
                                        "exact_match,flexible-extract", 0.5),
                        "mmlu_anatomy", Map.of("acc", 0.25, "acc_stderr", 0.03)));
        assertThat(run.results().asMap()).containsEntry("shots", 5).containsKey("config");
        assertThat(runs())
                .extracting(Benchmark::name)
                .contains("tiny-1b main, 0-shot", "tiny-behind-an-interface main, 5-shot");
        Printed ranking = new Printed();
        new ImportLmEval(db, ranking.stream()).printBest(10);
        assertThat(ranking.lines()).anyMatch(line -> line.matches(" +\\d+  acme/tiny-1b +0.5000 +4"));
    }

    @Test
    void progress_is_drawn_in_place_on_a_console_only() {
        Printed elsewhere = new Printed();
        Progress log = new Progress(elsewhere.stream(), false);
        for (int i = 1; i <= 1_000; i++) {
            log.show(i / 10.0, "at " + i);
        }
        log.line("done");
        log.end();
        assertThat(elsewhere.text()).doesNotContain("\r");
        assertThat(elsewhere.lines()).hasSize(12).contains("at 100", "at 1000", "done");

        Printed console = new Printed();
        Progress drawn = new Progress(console.stream(), true);
        drawn.show(1, "one");
        drawn.show(2, "two");
        drawn.line("done");
        assertThat(console.text()).contains("\rone", "\rtwo").endsWith(System.lineSeparator());
        assertThat(console.lines()).containsExactly("done", "");
    }

    @Test
    void the_best_models_are_printed_best_first() throws Exception {
        importer().folder(FILES.resolve("mixed"));
        Printed ranking = new Printed();
        new ImportLmEval(db, ranking.stream()).printBest(10);

        assertThat(ranking.lines())
                .containsSubsequence(
                        "   1  acme/large-9b                                  0.9000       1",
                        "   2  acme/small-1b                                  0.5000       3");
    }

    @Test
    void the_real_results_are_imported_whole() throws Exception {
        String data = System.getProperty("evalstore.data", System.getenv("EVALSTORE_DATA"));
        if (data == null) {
            System.err.println("SKIPPED: the import of real results; set EVALSTORE_DATA to the folder that holds them");
        }
        assumeTrue(data != null, "EVALSTORE_DATA names the folder of real results");

        importer().folder(Path.of(data, "lm-eval-pythia", "final"));

        assertThat(printed.lines()).contains("32 files: 32 stored, 0 stored before, 0 skipped");
        assertThat(runs()).hasSize(32).allMatch(run -> run.provider().equals("EleutherAI"));
    }

    private ImportLmEval importer() {
        return new ImportLmEval(db, printed.stream());
    }

    private List<Benchmark> runs() {
        return db.benchmarks()
                .list(BenchmarkFilter.ALL.dataset(ImportLmEval.DATASET), 1_000, null)
                .items();
    }
}
