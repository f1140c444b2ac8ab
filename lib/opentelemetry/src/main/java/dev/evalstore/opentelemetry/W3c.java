package dev.evalstore.opentelemetry;

import dev.evalstore.TraceContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A trace as it is stored with a job. W3C's form, whatever the host propagates over the network. */
final class W3c {
    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";
    private static final W3CTraceContextPropagator PROPAGATOR = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<TraceContext> GETTER = new TextMapGetter<>() {
        // Older releases of the API call it.
        @Override
        @SuppressWarnings("deprecation")
        public Iterable<String> keys(TraceContext trace) {
            return List.of(PARENT, STATE);
        }

        @Override
        public @Nullable String get(@Nullable TraceContext trace, String key) {
            return trace == null
                    ? null
                    : key.equals(PARENT) ? trace.parent() : key.equals(STATE) ? trace.state() : null;
        }
    };

    private W3c() {}

    static @Nullable TraceContext inject(Context context) {
        Map<String, String> headers = new HashMap<>();
        PROPAGATOR.inject(context, headers, (carrier, key, value) -> headers.put(key, value));
        String parent = headers.get(PARENT);
        return parent == null ? null : new TraceContext(parent, headers.get(STATE));
    }

    /** The calling thread's context, in that trace. */
    static Context extract(TraceContext trace) {
        return PROPAGATOR.extract(Context.current(), trace, GETTER);
    }
}
