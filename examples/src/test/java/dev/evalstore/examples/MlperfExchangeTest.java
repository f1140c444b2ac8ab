package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Submission;
import dev.evalstore.exchange.SubmissionFilter;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.VerificationLevel;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlperfExchangeTest {
    private static final Path FILE = Path.of("src", "test", "resources", "mlperf", "exchange.csv");
    private static final String SERVER = "mlperf-llama-99-server";
    private static LocalServer server;
    private static int schemas;

    private final Printed printed = new Printed();

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** Bolt and Dime share the first rank: Bolt's row is the earlier one. */
    @Test
    void a_board_follows_what_happens_to_its_submissions_and_is_remembered() throws Exception {
        try (Database db = open()) {
            MlperfExchange example = new MlperfExchange(db, printed.stream());
            example.submit(read(FILE));
            example.tell(SERVER);

            assertThat(printed.lines())
                    .containsSubsequence(
                            "11 runs by 4 submitters on 5 benchmarks: 11 submitted, 0 submitted before",
                            "the best of each board",
                            "mlperf-gpt-99-server                  2, more is better:     40.00 samples/s Acme 8xH200_TRT",
                            "mlperf-llama-99-offline               3, more is better:  40000.00 tokens/s  Acme 8xH200_TRT",
                            "mlperf-llama-99-server by tokens a second, more is better",
                            "the board",
                            "   1     30000.00 tokens/s  Bolt L40Sx4_TRT",
                            "   1     30000.00 tokens/s  Dime H100x4_TRT",
                            "   3     20000.00 tokens/s  Acme 8xH200_TRT",
                            "   4     10000.00 tokens/s  Cell H100x8_TRT",
                            "the second one verified by the platform",
                            "   1     30000.00 tokens/s  Dime H100x4_TRT, verified",
                            "the first one hidden",
                            "   1     30000.00 tokens/s  Dime H100x4_TRT, verified",
                            "   2     20000.00 tokens/s  Acme 8xH200_TRT",
                            "   3     10000.00 tokens/s  Cell H100x8_TRT",
                            "as it was before that",
                            "   1  (hidden)",
                            "   1     30000.00 tokens/s  Dime H100x4_TRT, verified",
                            "   3     20000.00 tokens/s  Acme 8xH200_TRT",
                            "the same for who submitted the first one",
                            "   1     30000.00 tokens/s  Bolt L40Sx4_TRT",
                            "the first one shown again",
                            "   1     30000.00 tokens/s  Bolt L40Sx4_TRT",
                            "   1     30000.00 tokens/s  Dime H100x4_TRT, verified");
        }
    }

    /** Scenarios are written in any case, and most cells are empty. */
    @Test
    void each_benchmark_is_ranked_by_what_its_scenario_is_about_and_all_its_runs_have() throws Exception {
        try (Database db = open()) {
            new MlperfExchange(db, printed.stream()).submit(read(FILE));

            assertThat(metric(db, SERVER))
                    .isEqualTo(new Ranked("tokens a second", "tokens/s", true))
                    .isEqualTo(metric(db, "mlperf-llama-99-open-server"))
                    .isEqualTo(metric(db, "mlperf-llama-99-offline"));
            assertThat(metric(db, "mlperf-gpt-99-server")).isEqualTo(new Ranked("samples a second", "samples/s", true));
            assertThat(metric(db, "mlperf-gpt-99-singlestream")).isEqualTo(new Ranked("latency, p90", "ms", false));
            assertThat(db.exchange()
                            .submissions()
                            .metrics(submission(db, "cell", 10_000).id(), Viewer.ANONYMOUS))
                    .extracting(SubmissionMetric::name)
                    .containsExactly(
                            "first token, p90", "latency, mean", "latency, p90", "samples a second", "tokens a second");
            Submission single = submission(db, "dime", 650);
            assertThat(db.exchange().submissions().metrics(single.id(), Viewer.ANONYMOUS))
                    .extracting(SubmissionMetric::name)
                    .containsExactly("latency, mean", "latency, p90");
        }
    }

    @Test
    void the_file_can_be_imported_again() throws Exception {
        try (Database db = open()) {
            new MlperfExchange(db, printed.stream()).submit(read(FILE));
            MlperfExchange again = new MlperfExchange(db, printed.stream());
            again.submit(read(FILE));
            again.tell(SERVER);
            again.tell(SERVER);
            again.tell("mlperf-gpt-99-singlestream");
            again.tell("nothing");

            assertThat(printed.lines())
                    .contains("11 runs by 4 submitters on 5 benchmarks: 0 submitted, 11 submitted before")
                    .contains("mlperf-gpt-99-singlestream has less than two submissions")
                    .contains("there is no benchmark nothing");
            assertThat(count(db, SubmissionFilter.ALL)).isEqualTo(11);
        }
    }

    @Test
    void the_story_can_be_told_again_also_after_one_that_was_cut_short() throws Exception {
        try (Database db = open()) {
            MlperfExchange example = new MlperfExchange(db, printed.stream());
            example.submit(read(FILE));
            example.tell(SERVER);
            List<String> story = story();
            example.tell(SERVER);
            assertThat(story()).isEqualTo(story);

            Submission first = submission(db, "bolt", 30_000);
            db.exchange().submissions().changeVisibility(first.id(), SubmissionVisibility.PRIVATE);
            MlperfExchange again = new MlperfExchange(db, printed.stream());
            again.submit(read(FILE));
            again.tell(SERVER);
            assertThat(story()).isEqualTo(story);
            assertThat(count(db, SubmissionFilter.ALL.levelAtLeast(VerificationLevel.PLATFORM_VERIFIED)))
                    .isEqualTo(1);
        }
    }

    @Test
    void a_run_that_is_refused_is_named_and_the_others_are_submitted(@TempDir Path folder) throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(FILE).subList(0, 2));
        String good = lines.get(1);
        lines.add(good.replaceAll(",a$", ","));
        lines.add(
                good.replace("8xH200_TRT", "7xH200_TRT").replaceAll(",a$", ",b").replace(",20000,", ",,"));
        lines.add(good.replaceAll(",a$", ",c").replace("40000000000", "soon"));
        try (Database db = open()) {
            new MlperfExchange(db, printed.stream()).submit(read(Files.write(folder.resolve("odd.csv"), lines)));

            assertThat(printed.lines())
                    .anyMatch(line -> line.startsWith("skipped row 2: executionId"))
                    .anyMatch(line -> line.startsWith("skipped row 4: 90.00 percentile latency (ns) is \"soon\""))
                    .contains("4 runs by 1 submitters on 1 benchmarks: 2 submitted, 0 submitted before");
            assertThat(count(db, SubmissionFilter.ALL)).isEqualTo(2);
            assertThat(metric(db, SERVER).name()).isEqualTo("samples a second");
        }
    }

    @Test
    void the_real_round_is_332_submissions() throws Exception {
        String data = System.getProperty("evalstore.data", System.getenv("EVALSTORE_DATA"));
        if (data == null) {
            System.err.println("SKIPPED: MLPerf's real round; set EVALSTORE_DATA to the folder that holds it");
        }
        assumeTrue(data != null, "EVALSTORE_DATA names the folder of real results");
        try (Database db = open()) {
            MlperfExchange example = new MlperfExchange(db, printed.stream());
            example.submit(read(Path.of(data, "mlperf", "llm_latency_v4.1.csv")));
            example.tell("mlperf-llama2-70b-99-server");

            assertThat(printed.lines())
                    .contains("332 runs by 19 submitters on 18 benchmarks: 332 submitted, 0 submitted before");
            assertThat(count(db, SubmissionFilter.ALL)).isEqualTo(332);
            assertThat(metric(db, "mlperf-llama2-70b-99-server").name()).isEqualTo("tokens a second");
            assertThat(metric(db, "mlperf-gptj-99-server").name()).isEqualTo("samples a second");
            assertThat(metric(db, "mlperf-gptj-99-singlestream").name()).isEqualTo("latency, p90");
        }
    }

    private static Database open() {
        Database db = Database.open(DatabaseConfig.builder(server.url())
                .schema("mlperf_exchange_" + ++schemas)
                .build());
        db.migrate();
        return db;
    }

    private static List<MlperfRow> read(Path file) throws IOException {
        return MlperfRow.read(file, skipped -> {
            throw new AssertionError(skipped);
        });
    }

    /** What was told last, without the mark that it leaves. */
    private List<String> story() {
        List<String> lines = printed.lines();
        return lines.subList(lines.lastIndexOf(SERVER + " by tokens a second, more is better"), lines.size()).stream()
                .map(line -> line.replace(", verified", ""))
                .toList();
    }

    private static Submission submission(Database db, String provider, double score) {
        return db.exchange()
                .submissions()
                .list(SubmissionFilter.ALL.provider(provider).score(score, score), Viewer.ANONYMOUS, 2, null)
                .items()
                .get(0);
    }

    private static long count(Database db, SubmissionFilter filter) {
        return db.exchange().submissions().count(filter, Viewer.PLATFORM);
    }

    private record Ranked(String name, String unit, boolean higherIsBetter) {}

    private static Ranked metric(Database db, String slug) {
        DefinitionVersion version = db.exchange()
                .definitions()
                .latest(db.exchange().definitions().getBySlug(slug).id())
                .orElseThrow();
        PrimaryMetric metric = version.primaryMetric();
        return new Ranked(metric.name(), String.valueOf(metric.unit()), metric.higherIsBetter());
    }
}
