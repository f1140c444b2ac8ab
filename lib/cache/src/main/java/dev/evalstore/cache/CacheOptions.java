package dev.evalstore.cache;

import dev.evalstore.DatabaseConfig;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link CachedStore} works.
 *
 * @param pollEvery how often the database is asked what has changed: 10 milliseconds to 1 minute. No answer from memory
 *     is older than twice that
 * @param maxEntries how many answers are held in memory: 1 to 10,000,000
 * @param inMemory how long each kind is held in memory: 1 millisecond to 1 day
 * @param shared how long each kind is held in the shared cache: 1 millisecond to 1 day
 * @param sharedCache such as {@link RedisCache}, or null for none; the {@link CachedStore} does not close it
 * @param notifications where to listen to notifications, or null to poll alone
 */
public record CacheOptions(
        Duration pollEvery,
        int maxEntries,
        Map<CachedKind, Duration> inMemory,
        Map<CachedKind, Duration> shared,
        @Nullable SharedCache sharedCache,
        @Nullable DatabaseConfig notifications) {
    private static final int MAX_ENTRIES = 10_000_000;
    private static final Duration MIN_TIME = Duration.ofMillis(1);
    private static final Duration MAX_TIME = Duration.ofDays(1);

    /** A poll every 2 seconds, 10,000 entries, the times of {@link CachedKind}, in memory alone. */
    public static final CacheOptions DEFAULT =
            new CacheOptions(Duration.ofSeconds(2), 10_000, times(true), times(false), null, null);

    public CacheOptions {
        check("pollEvery", pollEvery, Duration.ofMillis(10), Duration.ofMinutes(1));
        if (maxEntries < 1 || maxEntries > MAX_ENTRIES) {
            throw new IllegalArgumentException("maxEntries must be from 1 to 10000000");
        }
        inMemory = checked("inMemory", inMemory);
        shared = checked("shared", shared);
    }

    public CacheOptions pollEvery(Duration period) {
        return new CacheOptions(period, maxEntries, inMemory, shared, sharedCache, notifications);
    }

    public CacheOptions maxEntries(int entries) {
        return new CacheOptions(pollEvery, entries, inMemory, shared, sharedCache, notifications);
    }

    /** How long a kind is held in memory, and in the shared cache. */
    public CacheOptions timeToLive(CachedKind kind, Duration memory, Duration sharedTime) {
        Objects.requireNonNull(kind, "kind");
        check("memory", memory, MIN_TIME, MAX_TIME);
        check("sharedTime", sharedTime, MIN_TIME, MAX_TIME);
        Map<CachedKind, Duration> memories = new EnumMap<>(inMemory);
        memories.put(kind, memory);
        Map<CachedKind, Duration> shareds = new EnumMap<>(shared);
        shareds.put(kind, sharedTime);
        return new CacheOptions(pollEvery, maxEntries, memories, shareds, sharedCache, notifications);
    }

    /** Behind the memory, a cache that processes share. */
    public CacheOptions sharedCache(@Nullable SharedCache cache) {
        return new CacheOptions(pollEvery, maxEntries, inMemory, shared, cache, notifications);
    }

    /**
     * Also hears of changes by notification, soon after their commits, on one more connection. It must lead to the
     * server directly, or through a pooler in session mode. Polling goes on: while that connection cannot be made, a
     * warning is logged, and nothing else changes.
     */
    public CacheOptions notifications(@Nullable DatabaseConfig direct) {
        return new CacheOptions(pollEvery, maxEntries, inMemory, shared, sharedCache, direct);
    }

    private static Map<CachedKind, Duration> times(boolean inMemory) {
        Map<CachedKind, Duration> times = new EnumMap<>(CachedKind.class);
        for (CachedKind kind : CachedKind.values()) {
            times.put(kind, inMemory ? CachedKind.IN_MEMORY : kind.shared);
        }
        return times;
    }

    private static Map<CachedKind, Duration> checked(String field, Map<CachedKind, Duration> given) {
        Map<CachedKind, Duration> times = new EnumMap<>(CachedKind.class);
        for (CachedKind kind : CachedKind.values()) {
            times.put(kind, check(field, given.get(kind), MIN_TIME, MAX_TIME));
        }
        return Map.copyOf(times);
    }

    private static Duration check(String field, @Nullable Duration value, Duration min, Duration max) {
        Objects.requireNonNull(value, field);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(field + " must be from " + min + " to " + max);
        }
        return value;
    }
}
