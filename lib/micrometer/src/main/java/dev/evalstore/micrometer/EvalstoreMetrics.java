package dev.evalstore.micrometer;

import dev.evalstore.Database;
import dev.evalstore.PoolStats;
import dev.evalstore.event.DispatcherListener;
import dev.evalstore.job.RunnerListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The meters of a store, and of this process's workers. {@code lib/docs/observability.md} lists them. Thread-safe.
 *
 * <p>A thread of its own asks the server every {@link MetricsOptions#every}, and meters show its last answer. So reading a
 * meter neither waits nor fails, however many read. While the server does not answer, {@code evalstore.ready} is 0 and
 * what only the server knows is absent.
 */
public final class EvalstoreMetrics implements AutoCloseable {
    /** The tags under which a store is bound to a registry. Both make the meters' names, so two bindings would share them. */
    private static final Map<MeterRegistry, Set<Tags>> BOUND = Collections.synchronizedMap(new WeakHashMap<>());

    private final MeterRegistry registry;
    private final Tags tags;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Meters meters;
    private final StoreMeters store;
    private final RunnerMeters runner;
    private final DispatcherMeters dispatcher;

    private EvalstoreMetrics(Database db, MeterRegistry registry, MetricsOptions options) {
        this.registry = registry;
        tags = options.tags();
        meters = new Meters(registry, options);
        store = new StoreMeters(db, meters);
        runner = new RunnerMeters(meters);
        dispatcher = new DispatcherMeters(meters);
    }

    /** {@link #bind(Database, MeterRegistry, MetricsOptions)} with {@link MetricsOptions#DEFAULT}. */
    public static EvalstoreMetrics bind(Database db, MeterRegistry registry) {
        return bind(db, registry, MetricsOptions.DEFAULT);
    }

    /**
     * Registers the meters and begins to ask the server. Returns at once, whether the server can be reached or not. Close
     * the result before the database.
     *
     * @throws IllegalStateException if the database is closed, or the registry has meters of a store with these tags already
     */
    public static EvalstoreMetrics bind(Database db, MeterRegistry registry, MetricsOptions options) {
        Objects.requireNonNull(registry, "registry");
        Objects.requireNonNull(options, "options");
        // Throws if the database is closed: its meters would only ever say that the server does not answer.
        PoolStats unused = Objects.requireNonNull(db, "db").poolStats();
        if (!BOUND.computeIfAbsent(registry, none -> ConcurrentHashMap.newKeySet())
                .add(options.tags())) {
            throw new IllegalStateException("the registry has the meters of a store already, with the tags "
                    + options.tags() + ": close that EvalstoreMetrics first, or give a tag that tells them apart");
        }
        try {
            EvalstoreMetrics metrics = new EvalstoreMetrics(db, registry, options);
            metrics.store.start(options.every());
            return metrics;
        } catch (Throwable e) {
            unbind(registry, options.tags());
            throw e;
        }
    }

    /** For {@code JobRunner.on(db).listener(…)}; several runners may share it, and count together then. */
    public RunnerListener runner() {
        return runner;
    }

    /** For {@code EventDispatcher.on(db).listener(…)}; several dispatchers may share it, and count together then. */
    public DispatcherListener dispatcher() {
        return dispatcher;
    }

    /** Stops asking, and removes the meters from the registry. Does nothing the second time. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            store.close();
            meters.close();
            unbind(registry, tags);
        }
    }

    private static void unbind(MeterRegistry registry, Tags tags) {
        Set<Tags> bound = BOUND.get(registry);
        if (bound != null) {
            bound.remove(tags);
        }
    }
}
