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
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers in memory, and loads that are under way. A unit is loaded by one thread, and others wait for that. A change of the unit
 * removes both the answer and the load: a later caller loads again, and the result of the earlier load is not kept. So an answer is as new
 * as the last change that this process has heard of, however slow its load was.
 */
final class Memory {
    /** A load that failed is tried once more by those that waited for it, together: its thread may have been interrupted. */
    private static final int ATTEMPTS = 2;

    private final Cache<Unit, Entry> entries;
    private final ConcurrentHashMap<Unit, CompletableFuture<Entry>> loads = new ConcurrentHashMap<>();
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
        for (int attempt = 1; ; attempt++) {
            CompletableFuture<Entry> own = new CompletableFuture<>();
            CompletableFuture<Entry> other = loads.putIfAbsent(unit, own);
            if (other == null) {
                return load(unit, own, load);
            }
            try {
                // Waits whatever interrupts it, and leaves the thread interrupted: the others' load goes on.
                Entry entry = other.join();
                counters.joins.increment();
                return entry;
            } catch (CompletionException e) {
                if (attempt == ATTEMPTS) {
                    counters.failures.increment();
                    throw unchecked(Objects.requireNonNull(e.getCause()));
                }
            }
        }
    }

    private Entry load(Unit unit, CompletableFuture<Entry> own, Supplier<Entry> load) {
        try {
            Entry entry = load.get();
            // Either a change removes the load before, and nothing is kept, or it removes the entry after.
            loads.computeIfPresent(unit, (key, current) -> {
                if (current != own) {
                    return current;
                }
                entries.put(unit, entry);
                return null;
            });
            own.complete(entry);
            return entry;
        } catch (Throwable e) {
            counters.failures.increment();
            loads.remove(unit, own);
            own.completeExceptionally(e);
            throw e;
        }
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
