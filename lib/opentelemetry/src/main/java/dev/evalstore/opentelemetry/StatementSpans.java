package dev.evalstore.opentelemetry;

import dev.evalstore.DatabaseException;
import dev.evalstore.StatementListener;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A span for each statement of a thread that is in a trace, made when the statement has ended: nothing runs inside of it.
 *
 * @param tracer whose spans they are
 */
record StatementSpans(Tracer tracer) implements StatementListener {
    @Override
    public void ended(String name, Duration time, @Nullable Throwable failure) {
        if (!Span.current().getSpanContext().isValid()) {
            return;
        }
        Instant end = Instant.now();
        Span span = tracer.spanBuilder(name)
                .setSpanKind(SpanKind.CLIENT)
                .setStartTimestamp(end.minus(time))
                .setAttribute(Attribute.DB_SYSTEM, "postgresql")
                .setAttribute(Attribute.DB_SUMMARY, name)
                .startSpan();
        if (failure != null) {
            String state = failure instanceof DatabaseException e ? e.sqlState() : null;
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(
                    Attribute.ERROR, state != null ? state : failure.getClass().getName());
            if (state != null) {
                span.setAttribute(Attribute.DB_STATUS, state);
            }
        }
        span.end(end);
    }
}
