package dev.evalstore.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.TraceContext;
import dev.evalstore.job.Backoff;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.UniqueKeyTakenException;
import dev.evalstore.testing.Evalstore;
import dev.evalstore.testing.TestStore;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@Evalstore
class EvalstoreTracingTest {
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk otel = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final EvalstoreTracing tracing = EvalstoreTracing.of(otel);
    private Database db;

    @BeforeEach
    void open(TestStore store) {
        db = Database.open(store.config().enqueueListener(tracing).build());
    }

    @AfterEach
    void close() {
        db.close();
        otel.close();
    }

    /** What a service does with a request: its span is the current one meanwhile. */
    private SpanData request(Runnable work) {
        Span span = otel.getTracer("web")
                .spanBuilder("POST /runs")
                .setSpanKind(SpanKind.SERVER)
                .startSpan();
        try (Scope scope = span.makeCurrent()) {
            assertThat(scope).isNotNull();
            work.run();
        } finally {
            span.end();
        }
        return only("POST /runs");
    }

    private JobRunner.Builder runner() {
        return JobRunner.on(db).listener(tracing);
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
    void the_handlers_span_is_a_child_of_what_enqueued_its_job_and_linked_to_it() {
        SpanData request =
                request(() -> db.jobs().create(NewJob.of("score", Json.EMPTY).queue("runs")));
        List<Span> inHandler = new ArrayList<>();
        runner().handle("score", Object.class, context -> {
                    inHandler.add(Span.current());
                    return null;
                })
                .runDue(10);
        SpanData enqueue = only("enqueue runs");
        SpanData process = only("process runs");
        assertThat(enqueue.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(process.getParentSpanId()).isEqualTo(enqueue.getSpanId());
        assertThat(process.getTraceId()).isEqualTo(request.getTraceId());
        assertThat(process.getLinks())
                .extracting(link -> link.getSpanContext().getSpanId())
                .containsExactly(enqueue.getSpanId());
        assertThat(inHandler)
                .extracting(span -> span.getSpanContext().getSpanId())
                .containsExactly(process.getSpanId());
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void spans_have_the_attributes_of_the_semantic_conventions() {
        String id = db.jobs()
                .create(NewJob.of("score", Json.EMPTY).queue("runs"))
                .id()
                .toString();
        runner().worker("w-1").handle("score", Object.class, context -> null).runDue(10);
        SpanData enqueue = only("enqueue runs");
        SpanData process = only("process runs");
        assertThat(enqueue.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(enqueue.getAttributes().asMap())
                .containsEntry(Attribute.SYSTEM, "evalstore")
                .containsEntry(Attribute.OPERATION, "enqueue")
                .containsEntry(Attribute.OPERATION_TYPE, "send")
                .containsEntry(Attribute.DESTINATION, "runs")
                .containsEntry(Attribute.JOB_TYPE, "score");
        assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(process.getAttributes().asMap())
                .containsEntry(Attribute.SYSTEM, "evalstore")
                .containsEntry(Attribute.OPERATION, "process")
                .containsEntry(Attribute.OPERATION_TYPE, "process")
                .containsEntry(Attribute.DESTINATION, "runs")
                .containsEntry(Attribute.MESSAGE, id)
                .containsEntry(Attribute.CLIENT, "w-1")
                .containsEntry(Attribute.JOB_TYPE, "score")
                .containsEntry(Attribute.JOB_ATTEMPT, 1L)
                .containsEntry(Attribute.JOB_OUTCOME, "completed");
        assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void each_attempt_is_a_span_of_the_same_parent_and_says_why_it_failed() {
        SpanData request = request(() ->
                db.jobs().create(NewJob.of("flaky", Json.EMPTY).maxRetries(2).backoff(Backoff.NONE)));
        AtomicInteger attempts = new AtomicInteger();
        runner().handle("flaky", Object.class, context -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                    return null;
                })
                .runDue(10);
        List<SpanData> tries = named("process default");
        assertThat(tries)
                .extracting(span -> span.getAttributes().get(Attribute.JOB_ATTEMPT))
                .containsExactly(1L, 2L, 3L);
        assertThat(tries)
                .extracting(SpanData::getParentSpanId)
                .containsOnly(only("enqueue default").getSpanId());
        assertThat(tries).extracting(SpanData::getTraceId).containsOnly(request.getTraceId());
        assertThat(tries)
                .extracting(span -> span.getStatus().getStatusCode())
                .containsExactly(StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET);
        assertThat(tries.get(0).getAttributes().asMap())
                .containsEntry(Attribute.ERROR, IllegalStateException.class.getName())
                .containsEntry(Attribute.JOB_OUTCOME, "failed");
    }

    @Test
    void a_batch_is_one_span_and_the_parent_of_all_its_attempts() {
        request(() -> db.jobs()
                .createAll(IntStream.range(0, 20)
                        .mapToObj(i -> NewJob.of("t" + i % 2, Json.EMPTY).queue("q" + i % 2))
                        .toList()));
        runner().handle("t0", Object.class, context -> null)
                .handle("t1", Object.class, context -> null)
                .runDue(100);
        SpanData enqueue = only("enqueue");
        assertThat(enqueue.getAttributes().get(Attribute.MESSAGES)).isEqualTo(20);
        assertThat(enqueue.getAttributes().get(Attribute.DESTINATION)).isNull();
        assertThat(enqueue.getAttributes().get(Attribute.JOB_TYPE)).isNull();
        List<SpanData> attempts = new ArrayList<>(named("process q0"));
        attempts.addAll(named("process q1"));
        assertThat(attempts).hasSize(20).extracting(SpanData::getParentSpanId).containsOnly(enqueue.getSpanId());
    }

    @Test
    void a_transaction_that_rolls_back_leaves_a_span_and_no_job() {
        SpanData request = request(() -> assertThatThrownBy(() -> db.inTransaction(tx -> {
                    tx.jobs().create(NewJob.of("score", Json.EMPTY));
                    throw new IllegalArgumentException("no");
                }))
                .isInstanceOf(IllegalArgumentException.class));
        assertThat(only("enqueue default").getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(db.jobs().count(JobFilter.ALL)).isZero();
        assertThat(runner().handle("score", Object.class, context -> null).runDue(10))
                .isEmpty();
        assertThat(named("process default")).isEmpty();
    }

    @Test
    void what_cannot_be_enqueued_is_an_error_of_its_span() {
        NewJob job = NewJob.of("score", Json.EMPTY).uniqueKey("k");
        db.jobs().create(job);
        spans.reset();
        assertThatThrownBy(() -> db.jobs().create(job)).isInstanceOf(UniqueKeyTakenException.class);
        SpanData enqueue = only("enqueue default");
        assertThat(enqueue.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(enqueue.getAttributes().get(Attribute.ERROR)).isEqualTo(UniqueKeyTakenException.class.getName());
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void linked_attempts_have_traces_of_their_own() {
        SpanData request = request(() -> db.jobs().create(NewJob.of("score", Json.EMPTY)));
        JobRunner.on(db)
                .listener(tracing.linked())
                .handle("score", Object.class, context -> null)
                .runDue(10);
        SpanData process = only("process default");
        assertThat(process.getTraceId()).isNotEqualTo(request.getTraceId());
        assertThat(process.getLinks())
                .extracting(LinkData::getSpanContext)
                .extracting(context -> context.getSpanId())
                .containsExactly(only("enqueue default").getSpanId());
    }

    @Test
    void a_running_runner_keeps_the_traces_of_its_jobs_apart() {
        List<String> traces = IntStream.range(0, 10)
                .mapToObj(i -> {
                    SpanData request = request(() -> db.jobs().create(NewJob.of("score", Json.EMPTY)));
                    spans.reset();
                    return request.getTraceId();
                })
                .toList();
        try (JobRunner runner = runner().concurrency(4)
                .handle(
                        "score",
                        Object.class,
                        context -> Span.current().getSpanContext().getTraceId())
                .start()) {
            await().untilAsserted(() -> assertThat(named("process default")).hasSize(10));
            assertThat(runner.running()).isBetween(0, 4);
        }
        assertThat(named("process default"))
                .extracting(SpanData::getTraceId)
                .containsExactlyInAnyOrderElementsOf(traces);
        db.jobs()
                .list(JobFilter.ALL, 100)
                .items()
                .forEach(job -> assertThat(job.result())
                        .isEqualTo(Json.of(job.trace().parent().substring(3, 35))));
    }

    @Test
    void a_statement_has_a_span_in_a_trace_and_none_outside(TestStore store) {
        try (Database traced =
                Database.open(store.config().listener(tracing.statements()).build())) {
            traced.jobs().create(NewJob.of("score", Json.EMPTY));
            assertThat(spans.getFinishedSpanItems()).isEmpty();
            SpanData request = request(() -> {
                traced.jobs().create(NewJob.of("score", Json.EMPTY).uniqueKey("a"));
                assertThatThrownBy(() -> traced.jobs()
                                .createAll(
                                        List.of(NewJob.of("score", Json.EMPTY).uniqueKey("a"))))
                        .isInstanceOf(UniqueKeyTakenException.class);
            });
            SpanData create = only("jobs.create_unique");
            assertThat(create.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(create.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(create.getAttributes().asMap())
                    .containsEntry(Attribute.DB_SYSTEM, "postgresql")
                    .containsEntry(Attribute.DB_SUMMARY, "jobs.create_unique");
            SpanData refused = only("jobs.create_all");
            assertThat(refused.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(refused.getAttributes().asMap())
                    .containsEntry(Attribute.ERROR, "23505")
                    .containsEntry(Attribute.DB_STATUS, "23505");
        }
    }

    @Test
    void the_state_of_a_trace_goes_along(TestStore store) {
        assertThat(DatabaseOptions.DEFAULT.enqueueListener()).isNull();
        db.jobs()
                .create(NewJob.of("score", Json.EMPTY)
                        .trace(new TraceContext(
                                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "vendor=a")));
        runner().handle("score", Object.class, context -> null).runDue(1);
        SpanData process = only("process default");
        assertThat(process.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
        assertThat(process.getSpanContext().getTraceState().get("vendor")).isEqualTo("a");
        assertThat(store).isNotNull();
    }
}
