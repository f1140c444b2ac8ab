package dev.evalstore.state;

import dev.evalstore.Json;
import dev.evalstore.state.StateChange.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a namespace in memory, and the lock that protects everything here: other methods are called inside
 * {@link #reading} or {@link #writing}. An entry is never changed, only replaced, so that a checkpoint copies the index
 * alone.
 */
final class MemoryState {
    final StateOptions options;
    final Counters counters = new Counters();
    final MemoryFeed feed;

    /** All entries, those that have expired too. */
    final TreeMap<Bytes, StateEntry> entries = new TreeMap<>();

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private long lastVersion;

    MemoryState(String namespace, StateOptions options, Clock clock) {
        this.options = options;
        this.clock = clock;
        this.feed = new MemoryFeed(namespace, options.watched());
    }

    <T> T reading(Supplier<T> action) {
        return locked(action, counters.reads);
    }

    <T> T writing(Supplier<T> action) {
        return locked(action, counters.writes);
    }

    private <T> T locked(Supplier<T> action, Counters.Timer timer) {
        long start = System.nanoTime();
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
            timer.since(start);
        }
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    @Nullable
    Instant fromNow(@Nullable Duration ttl) {
        return ttl == null ? null : now().plus(ttl).truncatedTo(ChronoUnit.MICROS);
    }

    boolean isLive(StateEntry entry) {
        return entry.expiresAt() == null || entry.expiresAt().isAfter(now());
    }

    @Nullable
    StateEntry live(Bytes key) {
        StateEntry entry = entries.get(key);
        return entry != null && isLive(entry) ? entry : null;
    }

    Stream<StateEntry> live(NavigableMap<Bytes, StateEntry> all, Range range) {
        Bytes first = new Bytes(range.prefix());
        byte[] after = range.after();
        boolean isPast = after != null && new Bytes(after).compareTo(first) >= 0;
        return all.tailMap(after != null && isPast ? new Bytes(after) : first, !isPast).entrySet().stream()
                .takeWhile(e -> e.getKey().startsWith(range.prefix()))
                .map(Map.Entry::getValue)
                .filter(this::isLive);
    }

    /** A page that ends where it would end in PostgreSQL. */
    List<StateEntry> page(Stream<StateEntry> entries, int limit) {
        long[] bytes = {0};
        return entries.takeWhile(entry -> {
                    boolean fits = bytes[0] < Range.PAGE_BYTES;
                    bytes[0] += entry.value().length;
                    return fits;
                })
                .limit(limit)
                .map(this::copy)
                .toList();
    }

    /** A copy for the caller, who may change its arrays. */
    StateEntry copy(StateEntry entry) {
        counters.read(entry);
        return new StateEntry(
                entry.key().clone(),
                entry.value().clone(),
                entry.version(),
                entry.metadata(),
                entry.createdAt(),
                entry.updatedAt(),
                entry.expiresAt());
    }

    /** Stores an entry and returns its version. */
    long store(byte[] key, byte[] value, @Nullable Json metadata, @Nullable Instant expiresAt) {
        StateEntry old = live(new Bytes(key));
        Instant now = now();
        counters.wrote(key, value);
        return put(new StateEntry(
                key.clone(),
                value.clone(),
                ++lastVersion,
                metadata,
                old == null ? now : old.createdAt(),
                now,
                expiresAt));
    }

    /** Puts an entry of a checkpoint again, with a new version. */
    void putBack(StateEntry entry) {
        put(new StateEntry(
                entry.key(),
                entry.value(),
                ++lastVersion,
                entry.metadata(),
                entry.createdAt(),
                now(),
                entry.expiresAt()));
    }

    private long put(StateEntry entry) {
        entries.put(new Bytes(entry.key()), entry);
        feed.add(Kind.PUT, entry, entry.updatedAt());
        return entry.version();
    }

    boolean remove(@Nullable StateEntry entry) {
        if (entry == null) {
            return false;
        }
        entries.remove(new Bytes(entry.key()));
        counters.deletes.increment();
        feed.add(Kind.DELETE, entry, now());
        return true;
    }

    /** Sets the time of the last write; the version stays. */
    boolean touch(@Nullable StateEntry old) {
        return old != null && expire(old, old.expiresAt());
    }

    /** Sets the expiry; the version stays. */
    boolean expire(@Nullable StateEntry old, @Nullable Instant expiresAt) {
        if (old == null) {
            return false;
        }
        entries.put(
                new Bytes(old.key()),
                new StateEntry(
                        old.key(), old.value(), old.version(), old.metadata(), old.createdAt(), now(), expiresAt));
        return true;
    }
}
