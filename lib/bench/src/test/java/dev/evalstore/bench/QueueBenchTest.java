package dev.evalstore.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The measurements of queues, events and tenants on a handful of rows, as {@link BenchTest}. */
class QueueBenchTest {
    @RegisterExtension
    static final BenchRuns bench = new BenchRuns();

    @Test
    void queue_sets_the_library_beside_the_other_queues() throws Exception {
        List<Map<String, Object>> lines = bench.run(
                "queue",
                "jobs=200",
                "jobrunr=0",
                "single=20",
                "runner=100",
                "creates=50",
                "flight=200",
                "threads=2",
                "dbthreads=4");

        assertThat(BenchRuns.ratios(lines))
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
        assertThat(BenchRuns.ratios(bench.run("herd", "jobs=500", "plain=200")))
                .containsExactly("herd.claim 200/16", "herd.claim evalstore/plain-update");
    }

    @Test
    void backlog_compares_a_large_backlog_with_a_small_one() throws Exception {
        assertThat(BenchRuns.ratios(bench.run("backlog", "ready=20000", "finished=1000", "scheduled=1000", "claims=3")))
                .containsExactly("backlog.claim 20000/10000");
    }

    @Test
    void horizon_compares_claims_while_a_snapshot_is_held_with_claims_before() throws Exception {
        assertThat(BenchRuns.ratios(bench.run("horizon", "seconds=1", "rate=500")))
                .containsExactly("horizon.claim held/free");
    }

    @Test
    void latency_compares_notification_with_polling() throws Exception {
        assertThat(BenchRuns.ratios(bench.run("latency", "jobs=1")))
                .containsExactly("latency.start.p50 notification/polling");
    }

    @Test
    void events_sets_appends_beside_rows_by_hand_and_deliveries_beside_an_outbox() throws Exception {
        List<Map<String, Object>> lines = bench.run(
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
    void tenants_gives_the_time_of_making_one_and_that_of_reads_of_many_and_of_one() throws Exception {
        List<Map<String, Object>> lines = bench.run("tenants", "tenants=2", "reads=80");

        assertThat(lines)
                .extracting(line -> line.get("bench") + " " + line.getOrDefault("ratio", line.get("system")))
                .containsExactly(
                        "tenants.create evalstore",
                        "tenants.read_p99 many",
                        "tenants.read_p99 one",
                        "tenants.read_p99 many/one");
        BenchRuns.assertRatio(lines.get(1), lines.get(2), lines.get(3));
    }

    @Test
    void matrix_gives_its_four_stories() throws Exception {
        List<Map<String, Object>> lines = bench.run("matrix", "large=10000", "results=1000", "queries=50");

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
}
