package dev.evalstore.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.Evalstore;
import dev.evalstore.testing.TestStore;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@Evalstore
class EvalstoreMetricsTest {
    private static final MetricsOptions OFTEN = MetricsOptions.DEFAULT.every(Duration.ofSeconds(1));

    private final MeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void a_runner_shows_what_it_claims_and_how_that_ends(Database db) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        db.jobs()
                .createAll(List.of(
                        NewJob.of("good", Json.EMPTY),
                        NewJob.of("bad", Json.EMPTY).maxRetries(0)));
        try (EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, registry, OFTEN);
                JobRunner runner = JobRunner.on(db)
                        .concurrency(2)
                        .listener(metrics.runner())
                        .handle("good", Object.class, context -> {
                            running.countDown();
                            go.await();
                            return null;
                        })
                        .handle("bad", Object.class, context -> {
                            throw new IllegalStateException("no");
                        })
                        .start()) {
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(gauge("evalstore.jobs.running", "type", "good")).isEqualTo(1);
            go.countDown();
            await().ignoreExceptions().untilAsserted(() -> {
                assertThat(ended("good", "completed")).isEqualTo(1);
                assertThat(ended("bad", "failed")).isEqualTo(1);
            });
            assertThat(gauge("evalstore.jobs.running", "type", "good")).isZero();
            assertThat(registry.get("evalstore.jobs.claimed")
                            .tag("type", "bad")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("evalstore.jobs.wait")
                            .tag("type", "good")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(runner.running()).isZero();
        }
    }

    /** The server's times alone say how long a job waited, so the test moves them. */
    @Test
    void the_wait_is_from_when_a_job_was_due(Database db, TestStore store) {
        db.jobs().create(NewJob.of("late", Json.EMPTY).delay(Duration.ofMinutes(10)));
        store.forward(Duration.ofMinutes(30));
        try (EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, registry, OFTEN)) {
            JobRunner.on(db)
                    .listener(metrics.runner())
                    .handle("late", Object.class, context -> null)
                    .runDue(10);
            assertThat(registry.get("evalstore.jobs.wait").timer().totalTime(TimeUnit.MINUTES))
                    .isBetween(20.0, 21.0);
        }
    }

    @Test
    void queues_show_what_waits_and_for_how_long(Database db, TestStore store) {
        db.jobs().create(NewJob.of("a", Json.EMPTY).queue("q"));
        db.jobs().create(NewJob.of("a", Json.EMPTY).queue("q").delay(Duration.ofMinutes(10)));
        db.jobs().create(NewJob.of("a", Json.EMPTY).queue("q").delay(Duration.ofHours(5)));
        store.forward(Duration.ofMinutes(40));
        try (EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, registry, OFTEN)) {
            await().ignoreExceptions().untilAsserted(() -> {
                assertThat(depth("q", "ready")).isEqualTo(1);
                assertThat(depth("q", "scheduled")).isEqualTo(2);
                assertThat(gauge("evalstore.queue.lag", "queue", "q")).isBetween(1800.0, 1900.0);
            });
            store.reset();
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    registry.find("evalstore.queue.jobs").gauges())
                            .isEmpty());
            assertThat(metrics.runner()).isNotNull();
        }
    }

    @Test
    void queues_above_the_maximum_are_one(Database db) {
        db.jobs()
                .createAll(IntStream.range(0, 8)
                        .mapToObj(i -> NewJob.of("a", Json.EMPTY).queue("q" + i))
                        .toList());
        try (EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, registry, OFTEN.maxNames(3))) {
            await().ignoreExceptions().untilAsserted(() -> {
                assertThat(depth("other", "ready")).isEqualTo(5);
                assertThat(registry.find("evalstore.queue.lag").gauges()).hasSize(4);
            });
            JobRunner.Builder runner = JobRunner.on(db).listener(metrics.runner());
            IntStream.range(0, 8).forEach(i -> {
                db.jobs().create(NewJob.of("t" + i, Json.EMPTY));
                runner.handle("t" + i, Object.class, context -> null);
            });
            runner.runDue(100);
            assertThat(registry.find("evalstore.jobs.claimed").counters()).hasSize(4);
            assertThat(registry.get("evalstore.jobs.claimed")
                            .tag("type", "other")
                            .counter()
                            .count())
                    .isPositive();
        }
    }

    @Test
    void statements_are_counted_by_name(Database db) {
        try (EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, registry, OFTEN)) {
            db.jobs().create(NewJob.of("a", Json.EMPTY));
            await().ignoreExceptions().untilAsserted(() -> {
                FunctionTimer create = registry.get("evalstore.statements")
                        .tag("statement", "jobs.create")
                        .functionTimer();
                assertThat(create.count()).isPositive();
                assertThat(create.totalTime(TimeUnit.NANOSECONDS)).isPositive();
            });
            assertThat(metrics.dispatcher()).isNotNull();
        }
    }

    /** Between two answers, any number of readers ask the server nothing. */
    @Test
    void reading_the_meters_asks_the_server_nothing(Database db) {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (EvalstoreMetrics metrics = EvalstoreMetrics.bind(
                db, prometheus, OFTEN.every(Duration.ofHours(1)).tag("store", "main"))) {
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(prometheus.scrape())
                            .contains("evalstore_ready{store=\"main\"} 1.0")
                            .contains("evalstore_pool_connections{state=\"active\",store=\"main\"}")
                            .contains("evalstore_statements_seconds_count{statement=\"jobs.depths\",store=\"main\"}"));
            long before = calls(db);
            for (int i = 0; i < 100; i++) {
                prometheus.scrape();
            }
            assertThat(calls(db)).isEqualTo(before);
            assertThat(metrics.runner()).isNotNull();
        }
    }

    @Test
    void a_server_that_is_away_leaves_the_meters_readable(TestStore store) {
        Database db = Database.open(store.config().build());
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        db.jobs().create(NewJob.of("a", Json.EMPTY).queue("q"));
        try (EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, prometheus, OFTEN)) {
            await().ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(prometheus.scrape()).contains("evalstore_ready 1.0", "queue=\"q\""));
            db.close();
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(prometheus.scrape())
                            .contains("evalstore_ready 0.0")
                            .contains("evalstore_transaction_oldest_seconds NaN")
                            .doesNotContain("queue=\"q\""));
            assertThat(metrics.runner()).isNotNull();
        }
    }

    @Test
    void closing_removes_every_meter(Database db) {
        db.jobs().create(NewJob.of("a", Json.EMPTY));
        EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, registry, OFTEN);
        await().ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(registry.find("evalstore.queue.jobs").gauges())
                                .isNotEmpty());
        metrics.close();
        metrics.close();
        assertThat(registry.getMeters()).extracting(Meter::getId).isEmpty();
    }

    /** Otherwise closing the second would remove the first one's meters. */
    @Test
    void a_registry_takes_a_store_once_with_the_same_tags_until_that_is_closed(Database db) {
        EvalstoreMetrics first = EvalstoreMetrics.bind(db, registry, OFTEN);
        assertThatThrownBy(() -> EvalstoreMetrics.bind(db, registry, OFTEN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tags");
        try (EvalstoreMetrics other = EvalstoreMetrics.bind(db, registry, OFTEN.tag("store", "other"))) {
            assertThat(other.runner()).isNotNull();
        }
        assertThat(registry.find("evalstore.ready").gauges()).hasSize(1);
        first.close();
        EvalstoreMetrics again = EvalstoreMetrics.bind(db, registry, OFTEN);
        first.close();
        assertThatThrownBy(() -> EvalstoreMetrics.bind(db, registry, OFTEN)).isInstanceOf(IllegalStateException.class);
        again.close();
    }

    @Test
    void a_database_that_is_closed_is_refused_and_leaves_no_meter(TestStore store) {
        Database closed = Database.open(store.config().build());
        closed.close();
        for (Database view : List.of(closed, closed.withSchema("other"))) {
            assertThatThrownBy(() -> EvalstoreMetrics.bind(view, registry, OFTEN))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the database is closed");
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void lost_leases_are_counted_from_zero(Database db) {
        try (EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, registry, OFTEN)) {
            assertThat(registry.get("evalstore.jobs.leases.lost").counter().count())
                    .isZero();
            assertThat(metrics.runner()).isNotNull();
        }
    }

    @Test
    void options_out_of_range_are_refused_by_name() {
        assertThatThrownBy(() -> OFTEN.every(Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("every");
        assertThatThrownBy(() -> OFTEN.every(Duration.ofSeconds(3601))).hasMessageContaining("every");
        assertThatThrownBy(() -> OFTEN.tag("store", " "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tags");
        assertThatThrownBy(() -> OFTEN.maxNames(0)).hasMessageContaining("maxNames");
        assertThatThrownBy(() -> OFTEN.maxNames(10_001)).hasMessageContaining("maxNames");
    }

    private static long calls(Database db) {
        return db.operations().stream().mapToLong(one -> one.calls()).sum();
    }

    private double gauge(String name, String tag, String value) {
        return registry.get(name).tag(tag, value).gauge().value();
    }

    private double depth(String queue, String state) {
        return registry.get("evalstore.queue.jobs")
                .tags("queue", queue, "state", state)
                .gauge()
                .value();
    }

    private long ended(String type, String outcome) {
        return registry.get("evalstore.jobs.duration")
                .tags("type", type, "outcome", outcome)
                .timer()
                .count();
    }
}
