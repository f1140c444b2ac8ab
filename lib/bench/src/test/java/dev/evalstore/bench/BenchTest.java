package dev.evalstore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The measurements on a handful of rows: what they print, not how fast anything is. */
class BenchTest {
    @RegisterExtension
    static final BenchRuns bench = new BenchRuns();

    @Test
    void point_gives_both_sides_and_their_ratio() throws Exception {
        List<Map<String, Object>> lines = bench.run("point", "calls=50", "creates=50");

        assertThat(lines).hasSize(6);
        assertThat(lines.get(0))
                .containsEntry("bench", "point.find")
                .containsEntry("system", "evalstore")
                .containsEntry("unit", "us")
                .containsEntry("params", Map.of("calls", 50, "rounds", 1));
        assertThat(lines.get(1)).containsEntry("system", "raw");
        assertThat(lines.get(2)).containsOnlyKeys("bench", "ratio", "value").containsEntry("ratio", "evalstore/raw");
        assertThat(lines.get(5)).containsEntry("bench", "point.create").containsEntry("ratio", "evalstore/raw");
        BenchRuns.assertRatio(lines.get(0), lines.get(1), lines.get(2));
    }

    @Test
    void bulk_gives_three_rates_and_two_ratios() throws Exception {
        List<Map<String, Object>> lines = bench.run("bulk", "rows=200");

        assertThat(lines).extracting(line -> line.get("system")).startsWith("evalstore", "raw-copy", "one-by-one");
        assertThat(lines).extracting(line -> line.get("ratio")).endsWith("evalstore/raw-copy", "evalstore/one-by-one");
    }

    /** Without a pg_dump of the server's major version one comparison is left out. */
    @Test
    void backup_gives_rates_of_an_export_a_restore_and_of_copy() throws Exception {
        List<Map<String, Object>> lines = bench.run("backup", "rows=500");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .contains("backup.export_copy evalstore", "backup.export_copy raw", "backup.export_copy evalstore/raw")
                .endsWith("backup.restore evalstore", "backup.restore raw", "backup.restore evalstore/raw");
    }

    @Test
    void analysis_bt_gives_one_time() throws Exception {
        List<Map<String, Object>> lines = bench.run("analysis", "only=bt", "models=6", "battles=600");

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .containsEntry("bench", "analysis.bt")
                .containsEntry("unit", "ms")
                .containsEntry("params", Map.of("models", 6, "battles", 600, "rounds", 1));
    }

    @Test
    void an_export_stands_beside_a_copy_by_hand() throws Exception {
        List<Map<String, Object>> lines = bench.run("analysis", "only=export", "rows=2000");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .containsExactly(
                        "analysis.export evalstore",
                        "analysis.export evalstore JSON",
                        "analysis.export evalstore NDJSON",
                        "analysis.export raw-copy",
                        "analysis.export evalstore/raw-copy");
    }

    @Test
    void page_compares_the_last_page_with_the_first() throws Exception {
        List<Map<String, Object>> lines = bench.run("page", "rows=3000", "calls=50");

        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).containsEntry("params", Map.of("rows", 3000, "limit", 100, "deep", 30));
        assertThat(lines.get(2)).containsEntry("bench", "page.benchmarks").containsEntry("ratio", "deep/first");
    }

    @Test
    void stream_reads_in_a_process_of_its_own() throws Exception {
        List<Map<String, Object>> lines = bench.run("stream", "rows=2000");

        assertThat(lines.get(0))
                .containsEntry("bench", "stream.evaluations")
                .containsEntry("params", Map.of("rows", 2000, "heap_mb", 64));
    }

    @Test
    void state_compares_single_entries_batches_and_what_grows() throws Exception {
        List<Map<String, Object>> lines = bench.run("state", "calls=50", "puts=50", "pages=50", "entries=1000");

        assertThat(BenchRuns.ratios(lines))
                .containsExactly(
                        "state.get evalstore/raw",
                        "state.put evalstore/raw",
                        "state.put_checkpointed checkpointed/plain",
                        "state.put_checkpointed first after a checkpoint/plain",
                        "state.get_threads evalstore/raw",
                        "state.put_threads evalstore/raw",
                        "state.put_all_100 100 entries/raw 100 entries",
                        "state.put_all_100 100 entries/one entry",
                        "state.put_all evalstore/raw copy and upsert",
                        "state.checkpoint largest/smallest",
                        "state.list_keys evalstore/raw",
                        "state.restore 10 changed/1 changed",
                        "state.restore 100 changed/10 changed");
        assertThat(lines)
                .filteredOn(line -> "full copy".equals(line.get("system")))
                .extracting(line -> line.get("params"))
                .containsExactly(
                        Map.of("entries", 1, "rounds", 1),
                        Map.of("entries", 100, "rounds", 1),
                        Map.of("entries", 1_000, "rounds", 1));
    }

    @Test
    void accounts_gives_four_comparisons() throws Exception {
        List<Map<String, Object>> lines =
                bench.run("accounts", "calls=50", "batch=10", "batches=2", "events=20", "event_batches=2", "month=100");

        assertThat(lines).hasSize(12);
        assertThat(lines)
                .filteredOn(line -> line.containsKey("ratio"))
                .extracting(line -> line.get("bench") + " " + line.get("ratio"))
                .containsExactly(
                        "accounts.verify evalstore/raw",
                        "accounts.audit evalstore/raw-copy",
                        "accounts.events evalstore/raw-copy",
                        "accounts.cleanup evalstore/raw-delete");
    }

    @Test
    void exchange_gives_two_ratios_and_the_times_of_searches() throws Exception {
        List<Map<String, Object>> lines =
                bench.run("exchange", "cases=20", "versions=5", "calls=50", "definitions=500", "searches=20");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .containsExactly(
                        "exchange.create_cases evalstore",
                        "exchange.create_cases raw",
                        "exchange.create_cases evalstore/raw",
                        "exchange.latest 1",
                        "exchange.latest 5",
                        "exchange.latest 5/1",
                        "exchange.search one word",
                        "exchange.search two words",
                        "exchange.search prefix",
                        "exchange.search_common common prefix");
    }

    @Test
    void leaderboard_gives_its_ratios_beside_boards_and_rows_by_hand() throws Exception {
        List<Map<String, Object>> lines =
                bench.run("leaderboard", "submissions=2000", "small=1000", "reads=10", "calls=50", "cases=50");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .containsExactly(
                        "leaderboard.top 1000",
                        "leaderboard.top 2000",
                        "leaderboard.top 2000/1000",
                        "leaderboard.rank first",
                        "leaderboard.rank middle",
                        "leaderboard.rank last",
                        "leaderboard.top_as_of now",
                        "leaderboard.top_as_of as of",
                        "leaderboard.top_as_of as of/now",
                        "leaderboard.rank_as_of now",
                        "leaderboard.rank_as_of as of",
                        "leaderboard.rank_as_of as of/now",
                        "leaderboard.submit empty",
                        "leaderboard.submit full",
                        "leaderboard.submit full/empty",
                        "leaderboard.submit_raw evalstore",
                        "leaderboard.submit_raw raw",
                        "leaderboard.submit_raw evalstore/raw",
                        "leaderboard.view evalstore",
                        "leaderboard.view materialized view",
                        "leaderboard.view materialized view/evalstore",
                        "submission.cases evalstore",
                        "submission.cases raw",
                        "submission.cases evalstore/raw");
    }

    @Test
    void tracking_sets_logs_searches_and_histories_beside_the_statements_of_mlflow() throws Exception {
        List<Map<String, Object>> lines = bench.run(
                "tracking",
                "python=none",
                "logs=2",
                "keys=5",
                "batches=1",
                "points=400",
                "experiments=300",
                "searches=2",
                "large=600");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .containsExactly(
                        "tracking.log evalstore",
                        "tracking.log mlflow-sql",
                        "tracking.log evalstore/mlflow-sql",
                        "tracking.log_existing evalstore",
                        "tracking.log_existing mlflow-sql",
                        "tracking.log_existing evalstore/mlflow-sql",
                        "tracking.history evalstore",
                        "tracking.history raw",
                        "tracking.history mlflow-sql",
                        "tracking.history evalstore/raw",
                        "tracking.history evalstore/mlflow-sql",
                        "tracking.history_reduced_time evalstore",
                        "tracking.history_reduced_time mlflow-sql",
                        "tracking.history_reduced evalstore",
                        "tracking.history_reduced mlflow-sql",
                        "tracking.history_reduced evalstore/mlflow-sql",
                        "tracking.bytes evalstore",
                        "tracking.bytes mlflow-sql",
                        "tracking.bytes evalstore/mlflow-sql",
                        "tracking.search_time evalstore",
                        "tracking.search_time mlflow-sql",
                        "tracking.search evalstore",
                        "tracking.search mlflow-sql",
                        "tracking.search evalstore/mlflow-sql",
                        "tracking.search_projected_time evalstore",
                        "tracking.search_projected_time mlflow-sql",
                        "tracking.search_projected evalstore",
                        "tracking.search_projected mlflow-sql",
                        "tracking.search_projected evalstore/mlflow-sql",
                        "tracking.page 1",
                        "tracking.page 100",
                        "tracking.page 100/1",
                        "tracking.search_large 300",
                        "tracking.search_large 600",
                        "tracking.search_large 600/300");
    }

    @Test
    void a_python_without_mlflow_leaves_its_side_out_and_is_named() throws Exception {
        ByteArrayOutputStream progress = new ByteArrayOutputStream();
        try (PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
                PrintStream told = new PrintStream(progress, true, StandardCharsets.UTF_8)) {
            Bench.run(
                    List.of("tracking", "only=log", "logs=1", "rounds=1", "python=no-python", "url=" + bench.url()),
                    new Report(nowhere, told));
        }

        assertThat(progress.toString(StandardCharsets.UTF_8))
                .contains("SKIPPED: MLflow itself, which \"no-python\" does not have (");
    }

    @Test
    void a_setting_that_nothing_reads_is_refused() {
        assertThatThrownBy(() -> bench.run("point", "calls=50", "creates=50", "row=3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("row");
    }
}
