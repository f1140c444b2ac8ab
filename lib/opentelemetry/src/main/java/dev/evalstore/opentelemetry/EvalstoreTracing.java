package dev.evalstore.opentelemetry;

import dev.evalstore.EnqueueListener;
import dev.evalstore.StatementListener;
import dev.evalstore.TraceContext;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.Job;
import dev.evalstore.job.RunnerListener;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Traces what enqueues jobs, and each attempt to run one. The trace goes along with the job, so an attempt's span is a
 * child of the span that enqueued it, in whatever process, and is linked to it. Thread-safe; one serves any number of
 * databases and runners.
 *
 * <pre>{@code
 * var tracing = EvalstoreTracing.of(openTelemetry);
 * var db = Database.using(pool, DatabaseOptions.DEFAULT.enqueueListener(tracing).listener(tracing.statements()));
 * JobRunner.on(db).listener(tracing)…
 * }</pre>
 */
public final class EvalstoreTracing implements EnqueueListener, RunnerListener {
    private static final String NAME = "dev.evalstore";
    private static final String SYSTEM = "evalstore";

    private final Tracer tracer;
    private final boolean asParent;
    private final Map<Long, Running> running = new ConcurrentHashMap<>();

    /** An attempt under way. */
    private record Running(Span span, Scope scope) {}

    private EvalstoreTracing(Tracer tracer, boolean asParent) {
        this.tracer = tracer;
        this.asParent = asParent;
    }

    /** Spans of the tracer {@code dev.evalstore}. */
    public static EvalstoreTracing of(OpenTelemetry openTelemetry) {
        return new EvalstoreTracing(openTelemetry.getTracer(NAME), true);
    }

    /**
     * The same with a trace of its own for each attempt, which is only linked to the span that enqueued the job: for jobs
     * that run so much later, or so many for one request, that one trace would be too large.
     */
    public EvalstoreTracing linked() {
        return new EvalstoreTracing(tracer, false);
    }

    /**
     * For {@code DatabaseOptions.listener}: a span for each statement of a thread that is in a trace. A statement outside
     * of traces, such as a runner's own, has none.
     */
    public StatementListener statements() {
        return new StatementSpans(tracer);
    }

    @Override
    @SuppressWarnings("MustBeClosed") // The end closes it.
    public Enqueueing began(@Nullable String queue, @Nullable String jobType, int jobs) {
        SpanBuilder builder = messaging("enqueue", "send", queue, SpanKind.PRODUCER);
        if (jobType != null) {
            builder.setAttribute(Attribute.JOB_TYPE, jobType);
        }
        if (jobs > 1) {
            builder.setAttribute(Attribute.MESSAGES, (long) jobs);
        }
        Span span = builder.startSpan();
        return new Enqueued(span, span.makeCurrent());
    }

    @Override
    @SuppressWarnings("MustBeClosed") // The end closes it.
    public void started(ClaimedJob claimed) {
        Job job = claimed.job();
        SpanBuilder builder = messaging("process", "process", job.queue(), SpanKind.CONSUMER)
                .setAttribute(Attribute.MESSAGE, job.id().toString())
                .setAttribute(Attribute.JOB_TYPE, job.jobType())
                .setAttribute(Attribute.JOB_ATTEMPT, (long) claimed.lease().attempt());
        if (job.workerId() != null) {
            builder.setAttribute(Attribute.CLIENT, job.workerId());
        }
        if (job.trace() != null) {
            Context enqueued = W3c.extract(job.trace());
            SpanContext creator = Span.fromContext(enqueued).getSpanContext();
            if (creator.isValid()) {
                builder.addLink(creator);
                if (asParent) {
                    builder.setParent(enqueued);
                }
            }
        }
        if (!asParent) {
            builder.setNoParent();
        }
        Span span = builder.startSpan();
        running.put(claimed.lease().token(), new Running(span, span.makeCurrent()));
    }

    @Override
    public void ended(ClaimedJob job, End end, Duration time, @Nullable Throwable failure) {
        Running ended = running.remove(job.lease().token());
        if (ended != null) {
            ended.scope().close();
            ended.span().setAttribute(Attribute.JOB_OUTCOME, word(end));
            switch (end) {
                case FAILED, TIMED_OUT, LOST -> failed(ended.span(), failure, word(end));
                case COMPLETED, CANCELLED, SNOOZED, RELEASED -> {
                    // As somebody wanted it.
                }
            }
            ended.span().end();
        }
    }

    private SpanBuilder messaging(String operation, String type, @Nullable String queue, SpanKind kind) {
        SpanBuilder builder = tracer.spanBuilder(queue == null ? operation : operation + " " + queue)
                .setSpanKind(kind)
                .setAttribute(Attribute.SYSTEM, SYSTEM)
                .setAttribute(Attribute.OPERATION, operation)
                .setAttribute(Attribute.OPERATION_TYPE, type);
        return queue == null ? builder : builder.setAttribute(Attribute.DESTINATION, queue);
    }

    private static void failed(Span span, @Nullable Throwable failure, String otherwise) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute(
                Attribute.ERROR,
                failure == null ? otherwise : failure.getClass().getName());
        if (failure != null) {
            span.recordException(failure);
        }
    }

    private static String word(End end) {
        return end.name().toLowerCase(Locale.ROOT);
    }

    /** A call that enqueues. */
    private record Enqueued(Span span, Scope scope) implements Enqueueing {
        @Override
        public @Nullable TraceContext trace() {
            return W3c.inject(Context.current());
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            scope.close();
            if (failure != null) {
                failed(span, failure, "");
            }
            span.end();
        }
    }
}
