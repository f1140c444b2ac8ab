package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Patch;
import dev.evalstore.Retry;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many log to one experiment. {@code -Dtracking.log.seconds=60} is the time that is promised. */
class ExperimentLogRaceTest {
    private static final int LOGGING = 8;
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final double[] VALUES = {
        0.25, -3, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 5e-324, 1e308
    };

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(LOGGING + 2));

    /** A point of a metric. */
    private record Logged(String name, MetricPoint point) {}

    @Test
    void eight_threads_log_overlapping_keys_without_a_deadlock_and_nothing_is_lost() throws Exception {
        logAtOnce(Duration.ofSeconds(2), 1);
    }

    @Tag("long")
    @Test
    void eight_threads_log_overlapping_keys_for_long() throws Exception {
        logAtOnce(Duration.ofSeconds(Integer.getInteger("tracking.log.seconds", 60)), 2);
    }

    /** Nothing is sent a second time by the library: a deadlock would be seen. */
    private void logAtOnce(Duration time, long seed) throws Exception {
        try (Database db = Database.open(database.config().retry(Retry.NONE).build())) {
            ExperimentRepository experiments = db.tracking().experiments();
            UUID id = experiments
                    .create(NewExperiment.of("contended", ExperimentKind.FINE_TUNING))
                    .id();
            long end = System.nanoTime() + time.toNanos();
            AtomicInteger left = new AtomicInteger(LOGGING);
            List<List<Logged>> all = Threads.together(LOGGING + 1, thread -> () -> {
                if (thread == LOGGING) {
                    while (left.get() > 0) {
                        experiments.update(id, UpdateExperiment.NOTHING.notes(Patch.set("n" + System.nanoTime())));
                    }
                    return List.of();
                }
                try {
                    return log(experiments, id, new Random(seed * 100 + thread), thread, end);
                } finally {
                    left.decrementAndGet();
                }
            });
            MetricOracle oracle = new MetricOracle();
            all.forEach(logged -> logged.forEach(one -> oracle.log(one.name(), one.point())));
            assertThat(experiments.metrics(id)).isEqualTo(oracle.summaries());
            for (String name : oracle.summaries().keySet()) {
                List<MetricPoint> points = new ArrayList<>();
                experiments.history(id, name, StepRange.ALL, points::add);
                assertThat(points).isEqualTo(oracle.points(name));
            }
            Experiment stored = experiments.get(id);
            assertThat(stored.params()).hasSize(20).isEqualTo(params());
            assertThat(stored.tags()).hasSize(LOGGING);
        }
    }

    /** Each has created a part before the other one writes to the parent. */
    @Test
    void two_transactions_that_create_a_part_and_then_log_to_the_parent_both_commit() throws Exception {
        try (Database db = Database.open(database.config().retry(Retry.NONE).build())) {
            ExperimentRepository experiments = db.tracking().experiments();
            NewExperiment part = NewExperiment.of("part", ExperimentKind.EVALUATION);
            UUID parent = experiments
                    .create(NewExperiment.of("parent", ExperimentKind.EVALUATION))
                    .id();
            CyclicBarrier both = new CyclicBarrier(2);
            Threads.together(
                    2,
                    thread -> () -> db.inTransaction(tx -> {
                        tx.tracking().experiments().create(part.parent(parent));
                        both.await(30, TimeUnit.SECONDS);
                        tx.tracking().experiments().log(parent, LogBatch.of().metric("best", thread, thread, NOON));
                        return thread;
                    }));
            assertThat(experiments.metrics(parent).get("best").count()).isEqualTo(2);
            assertThat(experiments.count(ExperimentFilter.ALL.parent(parent))).isEqualTo(2);
        }
    }

    @Test
    void of_callers_who_log_a_param_with_other_values_at_once_one_is_stored_and_the_others_are_told() throws Exception {
        ExperimentRepository experiments = database.db().tracking().experiments();
        for (int round = 0; round < 25; round++) {
            UUID id = experiments
                    .create(NewExperiment.of("disputed", ExperimentKind.EVALUATION))
                    .id();
            List<Integer> stored = new ArrayList<>(Threads.together(4, thread -> () -> {
                try {
                    experiments.log(id, LogBatch.of().param("p", thread).metric("m", thread, thread, NOON));
                    return thread;
                } catch (ConflictException e) {
                    return -1;
                }
            }));
            stored.removeIf(thread -> thread < 0);
            assertThat(stored).hasSize(1);
            assertThat(experiments.get(id).params()).isEqualTo(Map.of("p", ParamValue.of(stored.get(0))));
            assertThat(experiments.metrics(id).get("m").count()).isEqualTo(1);
        }
    }

    private static Map<String, ParamValue> params() {
        LogBatch batch = LogBatch.of();
        for (int i = 0; i < 20; i++) {
            batch = batch.param("p" + i, i);
        }
        return LogRows.of(batch).params();
    }

    /** New names too, and each third batch a second time. */
    private static List<Logged> log(ExperimentRepository experiments, UUID id, Random random, int thread, long end) {
        List<Logged> logged = new ArrayList<>();
        for (int i = 0; i == 0 || System.nanoTime() < end; i++) {
            LogBatch batch = LogBatch.of().tag("thread" + thread, "");
            for (int p = 0; p < 20; p++) {
                batch = random.nextBoolean() || i == 0 ? batch.param("p" + p, p) : batch;
            }
            for (int n = 0; n < 20; n++) {
                String name = "m" + (n < 18 ? random.nextInt(30) : 30 + i % 50);
                MetricPoint point = MetricPoint.of(
                        VALUES[random.nextInt(VALUES.length)],
                        random.nextInt(200),
                        NOON.plusNanos(random.nextInt(4) * 1_000L));
                logged.add(new Logged(name, point));
                batch = batch.metric(name, List.of(point));
            }
            for (int times = i % 3 == 0 ? 2 : 1; times > 0; times--) {
                experiments.log(id, batch);
            }
        }
        return logged;
    }
}
