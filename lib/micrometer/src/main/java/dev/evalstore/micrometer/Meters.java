package dev.evalstore.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The meters that are registered, so that they can be removed. Thread-safe. */
final class Meters {
    private final MeterRegistry registry;
    private final MetricsOptions options;
    private final Map<Key, Meter> made = new ConcurrentHashMap<>();

    private record Key(String name, Tags tags) {}

    Meters(MeterRegistry registry, MetricsOptions options) {
        this.registry = registry;
        this.options = options;
    }

    int maxNames() {
        return options.maxNames();
    }

    Counter counter(String name, String description, Tags tags) {
        return meter(
                name,
                tags,
                all -> Counter.builder(name).description(description).tags(all).register(registry));
    }

    Timer timer(String name, String description, Tags tags) {
        return meter(
                name,
                tags,
                all -> Timer.builder(name).description(description).tags(all).register(registry));
    }

    void gauge(String name, String description, Tags tags, Supplier<Number> value) {
        gauge(name, description, null, tags, value);
    }

    /** A gauge in seconds. */
    void seconds(String name, String description, Tags tags, Supplier<Number> value) {
        gauge(name, description, "seconds", tags, value);
    }

    private void gauge(String name, String description, @Nullable String unit, Tags tags, Supplier<Number> value) {
        meter(
                name,
                tags,
                all -> Gauge.builder(name, value)
                        .description(description)
                        .baseUnit(unit)
                        .tags(all)
                        .register(registry));
    }

    /** @param of whoever makes the meter must keep it: the registry does not */
    <T> void functionTimer(
            String name, String description, Tags tags, T of, ToLongFunction<T> count, ToDoubleFunction<T> nanos) {
        meter(
                name,
                tags,
                all -> FunctionTimer.builder(name, of, count, nanos, TimeUnit.NANOSECONDS)
                        .description(description)
                        .tags(all)
                        .register(registry));
    }

    /** @param of whoever makes the meter must keep it: the registry does not */
    <T> void functionCounter(String name, String description, Tags tags, T of, ToDoubleFunction<T> count) {
        meter(
                name,
                tags,
                all -> FunctionCounter.builder(name, of, count)
                        .description(description)
                        .tags(all)
                        .register(registry));
    }

    /** Removes those that have all these tags, and perhaps more. */
    void remove(Tags tags) {
        List<Tag> asked = tags.stream().toList();
        made.entrySet().removeIf(one -> {
            boolean isAsked = one.getKey().tags().stream().toList().containsAll(asked);
            if (isAsked) {
                registry.remove(one.getValue());
            }
            return isAsked;
        });
    }

    void close() {
        made.values().forEach(registry::remove);
        made.clear();
    }

    @SuppressWarnings("unchecked") // A name stands for one kind of meter.
    private <M extends Meter> M meter(String name, Tags tags, Function<Tags, M> make) {
        return (M) made.computeIfAbsent(
                new Key(name, tags), key -> make.apply(options.tags().and(tags)));
    }
}
