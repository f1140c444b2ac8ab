package dev.evalstore.cache;

import dev.evalstore.version.Unit;
import dev.evalstore.version.UnitVersion;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shared cache behind the memory. A key has the unit's version, so what a slow process stores is found by nobody who has seen a
 * later one. A failure is a miss, and then the cache is left alone for a while that doubles with each failure after it.
 */
final class SharedTier {
    private static final Logger LOG = LoggerFactory.getLogger(SharedTier.class);
    private static final long MIN_REST = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long MAX_REST = TimeUnit.SECONDS.toNanos(30);

    private final SharedCache cache;
    private final String prefix;
    private final Map<CachedKind, Duration> times;
    private final Counters counters;
    private final LongSupplier nanos;
    private final AtomicReference<Rest> rest = new AtomicReference<>(Rest.NONE);

    /** How long the cache is left alone, and until when. */
    private record Rest(long length, long until) {
        static final Rest NONE = new Rest(0, 0);

        boolean isOver(long now) {
            return isNone() || now - until >= 0;
        }

        boolean isNone() {
            return length == 0;
        }
    }

    SharedTier(
            SharedCache cache, String schema, Map<CachedKind, Duration> times, Counters counters, LongSupplier nanos) {
        this.cache = cache;
        this.prefix = "evalstore:" + Codec.FORMAT + ":" + schema + ":";
        this.times = times;
        this.counters = counters;
        this.nanos = nanos;
    }

    /** Whether it is worth a try. */
    boolean isUsed() {
        return rest.get().isOver(nanos.getAsLong());
    }

    <T, S> Optional<T> find(Read<T, S> read, UnitVersion version) {
        byte[] bytes = trying(() -> cache.get(key(read.unit(), version)));
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(read.read().apply(Codec.read(bytes, read.type())));
        } catch (Exception e) {
            counters.sharedErrors.increment();
            LOG.warn(
                    "a value of the shared cache could not be read: {}",
                    e.getClass().getName());
            return Optional.empty();
        }
    }

    void put(Read<?, ?> read, UnitVersion version, Object value) {
        byte[] bytes = Codec.write(value);
        if (bytes == null) {
            return;
        }
        trying(() -> {
            cache.put(key(read.unit(), version), bytes, Objects.requireNonNull(times.get(read.kind())));
            return bytes;
        });
    }

    private String key(Unit unit, UnitVersion version) {
        return prefix + unit.name() + ":" + version.value();
    }

    /** Many calls may fail at once: only the first of them prolongs the rest that all of them saw. */
    private byte @Nullable [] trying(Supplier<byte @Nullable []> call) {
        Rest before = rest.get();
        if (!before.isOver(nanos.getAsLong())) {
            return null;
        }
        try {
            byte[] bytes = call.get();
            if (!before.isNone() && rest.compareAndSet(before, Rest.NONE)) {
                LOG.info("the shared cache answers again");
            }
            return bytes;
        } catch (Throwable e) {
            counters.sharedErrors.increment();
            long next = Math.min(MAX_REST, Math.max(MIN_REST, 2 * before.length()));
            if (rest.compareAndSet(before, new Rest(next, nanos.getAsLong() + next)) && before.isNone()) {
                LOG.warn(
                        "the shared cache failed, and is left alone for a moment: {}",
                        e.getClass().getName());
            }
            return null;
        }
    }
}
