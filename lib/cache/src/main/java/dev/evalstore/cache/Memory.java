package dev.evalstore.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.evalstore.version.Unit;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers in memory, and loads that are under way. A unit is loaded by one thread, and others wait for that. A change of the unit
 * removes both the answer and the load, and a later call loads again. So an answer is as new as the last change that this
 * process has heard of, however slow its load was.
 *
 * <p>A load that was removed is no answer: it may have read more than a later load that is kept, and who saw it would then be shown
 * less. So its callers load again. Loads that are kept follow each other, and each shows at least what the one before it showed.
 */
final class Memory {
    /** A load that failed is tried once more by those that waited for it, together: its thread may have been interrupted. */
    private static final int ATTEMPTS = 2;

    /** Whoever was overtaken by changes so often answers what it has loaded, and memory is emptied of what may be older. */
    private static final int OVERTAKEN = 3;

    private final Cache<Unit, Entry> entries;
    private final ConcurrentHashMap<Unit, CompletableFuture<@Nullable Entry>> loads = new ConcurrentHashMap<>();
    private final Counters counters;

    Memory(int maxEntries, LongSupplier nanos, Counters counters) {
        this.counters = counters;
        Ticker ticker = nanos::getAsLong;
        this.entries = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .ticker(ticker)
                // Not on the common pool, which a host may have filled.
                .executor(Runnable::run)
                .expireAfter(new Until())
                .evictionListener((@Nullable Unit unit, @Nullable Entry entry, RemovalCause cause) ->
                        counters.evictions.increment())
                .build();
    }

    @Nullable
    Entry find(Unit unit) {
        return entries.getIfPresent(unit);
    }

    /** The answer, by this thread's load or by that of another which is under way. */
    Entry load(Unit unit, Supplier<Entry> load) {
        int failures = 0;
        int overtaken = 0;
        while (true) {
            CompletableFuture<@Nullable Entry> own = new CompletableFuture<>();
            CompletableFuture<@Nullable Entry> other = loads.putIfAbsent(unit, own);
            try {
                Entry entry = other == null ? load(unit, own, load, overtaken == OVERTAKEN) : join(other);
                if (entry != null) {
                    return entry;
                }
                overtaken = Math.min(OVERTAKEN, overtaken + 1);
            } catch (CompletionException e) {
                if (++failures == ATTEMPTS) {
                    counters.failures.increment();
                    throw unchecked(Objects.requireNonNull(e.getCause()));
                }
            }
        }
    }

    /** Waits whatever interrupts it, and leaves the thread interrupted: the others' load goes on. */
    private @Nullable Entry join(CompletableFuture<@Nullable Entry> other) {
        Entry entry = other.join();
        counters.joins.increment();
        return entry;
    }

    /** The answer, or null where a change has overtaken the load. */
    private @Nullable Entry load(
            Unit unit, CompletableFuture<@Nullable Entry> own, Supplier<Entry> load, boolean isLast) {
        try {
            Entry entry = load.get();
            if (!keep(unit, own, entry)) {
                if (!isLast) {
                    own.complete(null);
                    return null;
                }
                invalidate(unit);
            }
            own.complete(entry);
            return entry;
        } catch (Throwable e) {
            counters.failures.increment();
            loads.remove(unit, own);
            own.completeExceptionally(e);
            throw e;
        }
    }

    /** Either a change removes the load before, and nothing is kept, or it removes the entry after. */
    private boolean keep(Unit unit, CompletableFuture<@Nullable Entry> own, Entry entry) {
        AtomicBoolean kept = new AtomicBoolean();
        loads.computeIfPresent(unit, (key, current) -> {
            if (current != own) {
                return current;
            }
            entries.put(unit, entry);
            kept.set(true);
            return null;
        });
        return kept.get();
    }

    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }

    void invalidate(Unit unit) {
        loads.remove(unit);
        if (entries.asMap().remove(unit) != null) {
            counters.invalidations.increment();
        }
    }

    void invalidateAll() {
        loads.clear();
        counters.invalidations.add(entries.estimatedSize());
        entries.invalidateAll();
    }

    long size() {
        return entries.estimatedSize();
    }

    private static final class Until implements Expiry<Unit, Entry> {
        @Override
        public long expireAfterCreate(Unit unit, Entry entry, long now) {
            return Math.max(0, entry.until() - now);
        }

        @Override
        public long expireAfterUpdate(Unit unit, Entry entry, long now, long left) {
            return expireAfterCreate(unit, entry, now);
        }

        @Override
        public long expireAfterRead(Unit unit, Entry entry, long now, long left) {
            return left;
        }
    }
}
