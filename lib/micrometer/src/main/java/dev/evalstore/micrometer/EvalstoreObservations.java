package dev.evalstore.micrometer;

import dev.evalstore.EnqueueListener;
import dev.evalstore.TraceContext;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.Job;
import dev.evalstore.job.RunnerListener;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Observes what enqueues jobs, as {@code evalstore.job.enqueue}, and each attempt to run one, as {@code
 * evalstore.job.process}. Where Micrometer Tracing propagates W3C Trace Context, the trace goes along with the job: the
 * attempt's span is a child of the span that enqueued it, in whatever process. Thread-safe; one serves any number of
 * databases and runners.
 *
 * <pre>{@code
 * var observations = EvalstoreObservations.of(observationRegistry);
 * var db = Database.using(pool, DatabaseOptions.DEFAULT.enqueueListener(observations));
 * JobRunner.on(db).listener(observations)…
 * }</pre>
 */
public final class EvalstoreObservations implements EnqueueListener, RunnerListener {
    /** How many queues, and how many types of jobs, are told apart. */
    private static final int MAX_NAMES = MetricsOptions.DEFAULT.maxNames();

    /** Of a call with jobs of several queues or types: meters of one name have the same tags. */
    private static final String SEVERAL = "several";

    private static final KeyValue SYSTEM = KeyValue.of("messaging.system", "evalstore");
    private static final String DESTINATION = "messaging.destination.name";
    private static final String TYPE = "evalstore.job.type";
    private static final String OPERATION = "messaging.operation.type";

    private final ObservationRegistry registry;
    private final Names queues = new Names(MAX_NAMES);
    private final Names types = new Names(MAX_NAMES);
    private final Map<Long, Observation.Scope> running = new ConcurrentHashMap<>();

    private EvalstoreObservations(ObservationRegistry registry) {
        this.registry = registry;
    }

    public static EvalstoreObservations of(ObservationRegistry registry) {
        return new EvalstoreObservations(Objects.requireNonNull(registry, "registry"));
    }

    @Override
    public @Nullable Enqueueing began(@Nullable String queue, @Nullable String jobType, int jobs) {
        if (registry.isNoop()) {
            return null;
        }
        SenderContext<Map<String, String>> context = new SenderContext<>(
                (carrier, key, value) -> Objects.requireNonNull(carrier).put(key.toLowerCase(Locale.ROOT), value),
                Kind.PRODUCER);
        Map<String, String> headers = new HashMap<>();
        context.setCarrier(headers);
        String destination = queue == null ? SEVERAL : queues.of(queue);
        Observation observation = Observation.createNotStarted("evalstore.job.enqueue", () -> context, registry)
                .contextualName("enqueue " + destination)
                .lowCardinalityKeyValues(KeyValues.of(
                        SYSTEM,
                        KeyValue.of(OPERATION, "send"),
                        KeyValue.of(DESTINATION, destination),
                        KeyValue.of(TYPE, jobType == null ? SEVERAL : types.of(jobType))))
                .highCardinalityKeyValue("messaging.batch.message_count", Integer.toString(jobs))
                .start();
        return new Enqueued(observation, observation.openScope(), headers);
    }

    @Override
    public void started(ClaimedJob claimed) {
        if (registry.isNoop()) {
            return;
        }
        Job job = claimed.job();
        ReceiverContext<ClaimedJob> context = new ReceiverContext<>(EvalstoreObservations::header, Kind.CONSUMER);
        context.setCarrier(claimed);
        String queue = queues.of(job.queue());
        Observation observation = Observation.createNotStarted("evalstore.job.process", () -> context, registry)
                .contextualName("process " + queue)
                .lowCardinalityKeyValues(KeyValues.of(
                        SYSTEM,
                        KeyValue.of(OPERATION, "process"),
                        KeyValue.of(DESTINATION, queue),
                        KeyValue.of(TYPE, types.of(job.jobType()))))
                .highCardinalityKeyValue("messaging.message.id", job.id().toString())
                .highCardinalityKeyValue(
                        "evalstore.job.attempt",
                        Integer.toString(claimed.lease().attempt()))
                .start();
        running.put(claimed.lease().token(), observation.openScope());
    }

    @Override
    public void ended(ClaimedJob job, End end, Duration time, @Nullable Throwable failure) {
        Observation.Scope scope = running.remove(job.lease().token());
        if (scope != null) {
            Observation observation = scope.getCurrentObservation();
            observation.lowCardinalityKeyValue(
                    "evalstore.job.outcome", end.name().toLowerCase(Locale.ROOT));
            close(observation, scope, failure);
        }
    }

    private static void close(Observation observation, Observation.Scope scope, @Nullable Throwable failure) {
        scope.close();
        if (failure != null) {
            observation.error(failure);
        }
        observation.stop();
    }

    private static @Nullable String header(@Nullable ClaimedJob claimed, String key) {
        TraceContext trace = claimed == null ? null : claimed.job().trace();
        return trace == null
                ? null
                : switch (key.toLowerCase(Locale.ROOT)) {
                    case "traceparent" -> trace.parent();
                    case "tracestate" -> trace.state();
                    default -> null;
                };
    }

    /** A call that enqueues. */
    private record Enqueued(Observation observation, Observation.Scope scope, Map<String, String> headers)
            implements Enqueueing {
        @Override
        public @Nullable TraceContext trace() {
            String parent = headers.get("traceparent");
            String state = headers.get("tracestate");
            return parent == null ? null : new TraceContext(parent, state == null || state.isBlank() ? null : state);
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            close(observation, scope, failure);
        }
    }
}
