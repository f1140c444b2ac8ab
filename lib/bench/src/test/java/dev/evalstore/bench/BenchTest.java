package dev.evalstore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.testing.LocalServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The measurements on a handful of rows: what they print, not how fast anything is. */
class BenchTest {
    private static LocalServer server;

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void point_gives_both_sides_and_their_ratio() throws Exception {
        List<Map<String, Object>> lines = run("point", "calls=50", "creates=50");

        assertThat(lines).hasSize(6);
        assertThat(lines.get(0))
                .containsEntry("bench", "point.find")
                .containsEntry("system", "evalstore")
                .containsEntry("unit", "us")
                .containsEntry("params", Map.of("calls", 50, "rounds", 5));
        assertThat(lines.get(1)).containsEntry("system", "raw");
        assertThat(lines.get(2)).containsOnlyKeys("bench", "ratio", "value").containsEntry("ratio", "evalstore/raw");
        assertThat(lines.get(5)).containsEntry("bench", "point.create").containsEntry("ratio", "evalstore/raw");
        assertRatio(lines.get(0), lines.get(1), lines.get(2));
    }

    @Test
    void bulk_gives_three_rates_and_two_ratios() throws Exception {
        List<Map<String, Object>> lines = run("bulk", "rows=200");

        assertThat(lines).extracting(line -> line.get("system")).startsWith("evalstore", "raw-copy", "one-by-one");
        assertThat(lines).extracting(line -> line.get("ratio")).endsWith("evalstore/raw-copy", "evalstore/one-by-one");
    }

    @Test
    void tenants_gives_the_time_of_making_one_and_that_of_reads_of_many_and_of_one() throws Exception {
        List<Map<String, Object>> lines = run("tenants", "tenants=2", "reads=80");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .containsExactly(
                        "tenants.create evalstore",
                        "tenants.read_p99 many",
                        "tenants.read_p99 one",
                        "tenants.read_p99 many/one");
        assertRatio(lines.get(1), lines.get(2), lines.get(3));
    }

    /** Without a pg_dump of the server's major version one comparison is left out. */
    @Test
    void backup_gives_rates_of_an_export_a_restore_and_of_copy() throws Exception {
        List<Map<String, Object>> lines = run("backup", "rows=500");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .contains("backup.export_copy evalstore", "backup.export_copy raw", "backup.export_copy evalstore/raw")
                .endsWith("backup.restore evalstore", "backup.restore raw", "backup.restore evalstore/raw");
    }

    @Test
    void matrix_gives_its_four_stories() throws Exception {
        List<Map<String, Object>> lines = run("matrix", "large=10000", "results=1000", "queries=50");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .containsExactly(
                        "matrix.populate evalstore",
                        "matrix.populate raw",
                        "matrix.populate evalstore/raw",
                        "matrix.populate_again evalstore",
                        "matrix.claim 9000",
                        "matrix.claim 10000",
                        "matrix.claim 10000/9000",
                        "matrix.drain evalstore",
                        "matrix.drain raw",
                        "matrix.drain evalstore/raw",
                        "matrix.sla evalstore");
    }

    @Test
    void analysis_bt_gives_one_time() throws Exception {
        List<Map<String, Object>> lines = run("analysis", "only=bt", "models=6", "battles=600");

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .containsEntry("bench", "analysis.bt")
                .containsEntry("unit", "ms")
                .containsEntry("params", Map.of("models", 6, "battles", 600, "rounds", 5));
    }

    @Test
    void an_export_stands_beside_a_copy_by_hand() throws Exception {
        List<Map<String, Object>> lines = run("analysis", "only=export", "rows=2000");

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
        List<Map<String, Object>> lines = run("page", "rows=3000", "calls=50");

        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).containsEntry("params", Map.of("rows", 3000, "limit", 100, "deep", 30));
        assertThat(lines.get(2)).containsEntry("bench", "page.benchmarks").containsEntry("ratio", "deep/first");
    }

    @Test
    void stream_reads_in_a_process_of_its_own() throws Exception {
        List<Map<String, Object>> lines = run("stream", "rows=2000");

        assertThat(lines.get(0))
                .containsEntry("bench", "stream.evaluations")
                .containsEntry("params", Map.of("rows", 2000, "heap_mb", 64));
    }

    @Test
    void state_compares_single_entries_batches_and_what_grows() throws Exception {
        List<Map<String, Object>> lines = run("state", "calls=50", "puts=50", "pages=50", "entries=1000");

        assertThat(ratios(lines))
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
                        Map.of("entries", 1, "rounds", 5),
                        Map.of("entries", 100, "rounds", 5),
                        Map.of("entries", 1_000, "rounds", 5));
    }

    @Test
    void accounts_gives_four_comparisons() throws Exception {
        List<Map<String, Object>> lines =
                run("accounts", "calls=50", "batch=10", "batches=2", "events=20", "event_batches=2", "month=100");

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
                run("exchange", "cases=20", "versions=5", "calls=50", "definitions=500", "searches=20");

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
                run("leaderboard", "submissions=2000", "small=1000", "reads=10", "calls=50", "cases=50");

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
    void events_sets_appends_beside_rows_by_hand_and_deliveries_beside_an_outbox() throws Exception {
        List<Map<String, Object>> lines = run(
                "events",
                "calls=50",
                "threads=2",
                "batch=20",
                "batches=2",
                "events=100",
                "ten=20",
                "commits=20",
                "samples=1",
                "beside=2");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .containsExactly(
                        "events.append evalstore",
                        "events.append raw",
                        "events.append insert by hand",
                        "events.append evalstore/raw",
                        "events.append_threads evalstore",
                        "events.append_threads raw",
                        "events.append_threads insert by hand",
                        "events.append_threads evalstore/raw",
                        "events.append_batch evalstore",
                        "events.append_batch raw",
                        "events.append_batch evalstore/raw",
                        "events.deliver evalstore",
                        "events.deliver outbox-peer",
                        "events.deliver evalstore/outbox-peer",
                        "events.deliver_ten evalstore",
                        "events.complete evalstore",
                        "events.complete raw",
                        "events.complete evalstore/raw",
                        "events.latency polling",
                        "events.latency notification",
                        "events.latency notification/polling",
                        "events.beside_failing alone",
                        "events.beside_failing beside a failing one",
                        "events.beside_failing beside a failing one/alone");
    }

    @Test
    void tracking_sets_logs_searches_and_histories_beside_the_statements_of_mlflow() throws Exception {
        List<Map<String, Object>> lines = run(
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
                    List.of("tracking", "only=log", "logs=1", "rounds=5", "python=no-python", "url=" + server.url()),
                    new Report(nowhere, told));
        }

        assertThat(progress.toString(StandardCharsets.UTF_8))
                .contains("SKIPPED: MLflow itself, which \"no-python\" does not have (");
    }

    @Test
    void queue_sets_the_library_beside_the_other_queues() throws Exception {
        List<Map<String, Object>> lines = run(
                "queue",
                "jobs=200",
                "jobrunr=0",
                "single=20",
                "runner=100",
                "creates=50",
                "flight=200",
                "threads=2",
                "dbthreads=4");

        assertThat(ratios(lines))
                .containsExactly(
                        "queue.enqueue evalstore/db-scheduler",
                        "queue.enqueue evalstore-nohistory/db-scheduler",
                        "queue.drain evalstore/db-scheduler",
                        "queue.drain evalstore-nohistory/db-scheduler",
                        "queue.one evalstore-runner/db-scheduler",
                        "queue.one evalstore/db-scheduler",
                        "queue.one evalstore/db-scheduler-fetch",
                        "queue.one evalstore-singly/db-scheduler-fetch",
                        "queue.create evalstore/raw");
    }

    @Test
    void herd_compares_two_hundred_claimers_with_sixteen_and_with_the_plain_claim() throws Exception {
        assertThat(ratios(run("herd", "jobs=500", "plain=200")))
                .containsExactly("herd.claim 200/16", "herd.claim evalstore/plain-update");
    }

    @Test
    void backlog_compares_a_large_backlog_with_a_small_one() throws Exception {
        assertThat(ratios(run("backlog", "ready=20000", "finished=1000", "scheduled=1000", "claims=3")))
                .containsExactly("backlog.claim 20000/10000");
    }

    @Test
    void horizon_compares_claims_while_a_snapshot_is_held_with_claims_before() throws Exception {
        assertThat(ratios(run("horizon", "seconds=1", "rate=500"))).containsExactly("horizon.claim held/free");
    }

    @Test
    void latency_compares_notification_with_polling() throws Exception {
        assertThat(ratios(run("latency", "jobs=1"))).containsExactly("latency.start.p50 notification/polling");
    }

    @Test
    void a_setting_that_nothing_reads_is_refused() {
        assertThatThrownBy(() -> run("point", "calls=50", "creates=50", "row=3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("row");
    }

    private static List<String> ratios(List<Map<String, Object>> lines) {
        return lines.stream()
                .filter(line -> line.containsKey("ratio"))
                .map(line -> line.get("bench") + " " + line.get("ratio"))
                .toList();
    }

    private static void assertRatio(Map<String, Object> over, Map<String, Object> under, Map<String, Object> ratio) {
        double expected = ((Number) over.get("value")).doubleValue() / ((Number) under.get("value")).doubleValue();
        assertThat(((Number) ratio.get("value")).doubleValue())
                .isCloseTo(expected, org.assertj.core.data.Percentage.withPercentage(1));
    }

    /** The JSON lines, each as a map. */
    private static List<Map<String, Object>> run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("url=" + server.url());
        all.add("rounds=5");
        ByteArrayOutputStream figures = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(figures, true, StandardCharsets.UTF_8);
                PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream())) {
            Bench.run(all, new Report(out, nowhere));
        }
        return Arrays.stream(figures.toString(StandardCharsets.UTF_8).split("\n", -1))
                .filter(line -> !line.isEmpty())
                .map(line -> Json.parse(line).asMap())
                .toList();
    }
}
