package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.RunnerListener;
import dev.evalstore.micrometer.EvalstoreMetrics;
import dev.evalstore.micrometer.EvalstoreObservations;
import dev.evalstore.opentelemetry.EvalstoreTracing;
import dev.evalstore.testing.Evalstore;
import dev.evalstore.testing.TestStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the page about meters and traces shows, with the newest Micrometer. */
@Evalstore
class ObservabilityTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void a_job_is_measured(Database db) {
        // begin: meters
        EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, registry);
        JobRunner runner = JobRunner.on(db)
                .listener(metrics.runner())
                .handle("score", Object.class, context -> "done")
                .start();
        // end
        try (metrics;
                runner) {
            db.jobs().create(NewJob.of("score", Json.EMPTY));
            awaitDone();
        }
    }

    @Test
    void a_job_is_observed(TestStore store) {
        ObservationRegistry observationRegistry = ObservationRegistry.create();
        DatabaseConfig.Builder config = store.config();
        EvalstoreMetrics metrics = EvalstoreMetrics.bind(store.database(), registry);
        // begin: observations
        EvalstoreObservations observations = EvalstoreObservations.of(observationRegistry);
        Database db = Database.open(config.enqueueListener(observations).build());
        JobRunner runner = JobRunner.on(db)
                .listener(RunnerListener.all(metrics.runner(), observations))
                .handle("score", Object.class, context -> "done")
                .start();
        // end
        try (db;
                metrics;
                runner) {
            db.jobs().create(NewJob.of("score", Json.EMPTY));
            awaitDone();
        }
    }

    @Test
    void a_job_is_traced(TestStore store) {
        OpenTelemetry openTelemetry = OpenTelemetry.noop();
        DatabaseConfig.Builder config = store.config();
        // begin: traces
        EvalstoreTracing tracing = EvalstoreTracing.of(openTelemetry);
        Database db = Database.open(
                config.enqueueListener(tracing).listener(tracing.statements()).build());
        JobRunner runner = JobRunner.on(db)
                .listener(tracing)
                .handle("score", Object.class, context -> "done")
                .start();
        // end
        try (db;
                runner) {
            assertThat(db.jobs().create(NewJob.of("score", Json.EMPTY)).trace()).isNull();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> db.jobs().stats().completed() == 1);
        }
    }

    private void awaitDone() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> registry.find("evalstore.jobs.duration").timer() != null);
    }
}
