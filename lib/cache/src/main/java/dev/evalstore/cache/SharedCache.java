package dev.evalstore.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A cache that several processes share, such as {@link RedisCache}. It may lose what it holds at any time, and may
 * throw: the {@link CachedStore} then reads the database, and leaves this cache alone for a moment. Calls should give
 * up within some hundred milliseconds. Implementations are thread-safe.
 */
public interface SharedCache extends AutoCloseable {
    /** The value under the key, or null. */
    byte @Nullable [] get(String key);

    /** Stores a value for that long at most. */
    void put(String key, byte[] value, Duration timeToLive);

    /** Closes connections. */
    @Override
    void close();
}
