package dev.evalstore.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.Backoff;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.RunnerListener;
import dev.evalstore.testing.Evalstore;
import dev.evalstore.testing.TestStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the handlers that Spring Boot registers for a tracer. */
@Evalstore
class EvalstoreObservationsTest {
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(spans))
            .build();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ObservationRegistry registry = ObservationRegistry.create();
    private final EvalstoreObservations observations = EvalstoreObservations.of(registry);
    private Database db;

    @BeforeEach
    void open(TestStore store) {
        Tracer otel = provider.get("test");
        OtelTracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
        OtelPropagator propagator =
                new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
        registry.observationConfig()
                .observationHandler(new ObservationHandler.FirstMatchingCompositeObservationHandler(
                        new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                        new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                        new DefaultTracingObservationHandler(tracer)))
                .observationHandler(new DefaultMeterObservationHandler(meters));
        db = Database.open(store.config().enqueueListener(observations).build());
    }

    @AfterEach
    void close() {
        db.close();
        provider.close();
    }

    private SpanData request(Runnable work) {
        Observation.createNotStarted("request", registry).observe(work);
        return only("request");
    }

    private List<SpanData> named(String name) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private SpanData only(String name) {
        assertThat(named(name)).hasSize(1);
        return named(name).get(0);
    }

    @Test
    void the_handlers_observation_is_a_child_of_what_enqueued_its_job() {
        SpanData request =
                request(() -> db.jobs().create(NewJob.of("score", Json.EMPTY).queue("runs")));
        List<Observation> current = new ArrayList<>();
        JobRunner.on(db)
                .listener(observations)
                .handle("score", Object.class, context -> {
                    current.add(registry.getCurrentObservation());
                    return null;
                })
                .runDue(10);
        SpanData enqueue = only("enqueue runs");
        SpanData process = only("process runs");
        assertThat(enqueue.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(enqueue.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(process.getParentSpanId()).isEqualTo(enqueue.getSpanId());
        assertThat(process.getTraceId()).isEqualTo(request.getTraceId());
        assertThat(current).doesNotContainNull().hasSize(1);
        assertThat(registry.getCurrentObservation()).isNull();
        assertThat(meters.get("evalstore.job.process")
                        .tags("evalstore.job.type", "score", "evalstore.job.outcome", "completed", "error", "none")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void each_attempt_and_each_job_of_a_batch_has_the_same_parent() {
        request(() -> db.jobs()
                .createAll(IntStream.range(0, 3)
                        .mapToObj(i -> NewJob.of("flaky", Json.EMPTY)
                                .queue("q" + i)
                                .maxRetries(1)
                                .backoff(Backoff.NONE))
                        .toList()));
        AtomicInteger calls = new AtomicInteger();
        JobRunner.on(db)
                .listener(observations)
                .handle("flaky", Object.class, context -> {
                    if (context.attempt() == 1) {
                        calls.incrementAndGet();
                        throw new IllegalStateException("not yet");
                    }
                    return null;
                })
                .runDue(20);
        List<SpanData> attempts = IntStream.range(0, 3)
                .mapToObj(i -> named("process q" + i))
                .flatMap(List::stream)
                .toList();
        assertThat(calls).hasValue(3);
        assertThat(attempts)
                .hasSize(6)
                .extracting(SpanData::getParentSpanId)
                .containsOnly(only("enqueue several").getSpanId());
        assertThat(meters.get("evalstore.job.process")
                        .tags("messaging.destination.name", "q1", "error", "IllegalStateException")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void a_transaction_that_rolls_back_leaves_an_observation_and_no_job() {
        SpanData request = request(() -> assertThatThrownBy(() -> db.inTransaction(tx -> {
                    tx.jobs().create(NewJob.of("score", Json.EMPTY));
                    throw new IllegalArgumentException("no");
                }))
                .isInstanceOf(IllegalArgumentException.class));
        assertThat(only("enqueue default").getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(db.jobs().count(JobFilter.ALL)).isZero();
    }

    @Test
    void meters_and_observations_hear_of_one_runner(TestStore store) {
        try (EvalstoreMetrics metrics = EvalstoreMetrics.bind(db, meters)) {
            db.jobs().create(NewJob.of("score", Json.EMPTY));
            JobRunner.on(db)
                    .listener(RunnerListener.all(metrics.runner(), observations))
                    .handle("score", Object.class, context -> null)
                    .runDue(10);
            assertThat(meters.get("evalstore.jobs.duration").timer().count()).isEqualTo(1);
            assertThat(named("process default")).hasSize(1);
            assertThat(store).isNotNull();
        }
    }

    /** Without a tracer, and without a registry that observes, jobs are enqueued and run as ever. */
    @Test
    void without_a_handler_nothing_is_observed_and_nothing_fails(TestStore store) {
        for (ObservationRegistry silent : List.of(ObservationRegistry.NOOP, ObservationRegistry.create())) {
            EvalstoreObservations none = EvalstoreObservations.of(silent);
            try (Database quiet =
                    Database.open(store.config().enqueueListener(none).build())) {
                assertThat(quiet.jobs().create(NewJob.of("score", Json.EMPTY)).trace())
                        .isNull();
                assertThat(JobRunner.on(quiet)
                                .listener(none)
                                .handle("score", Object.class, context -> null)
                                .runDue(10))
                        .hasSize(1);
            }
        }
    }
}
