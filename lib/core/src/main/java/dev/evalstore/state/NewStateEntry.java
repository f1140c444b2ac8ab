package dev.evalstore.state;

import dev.evalstore.Json;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a batch to put. The arrays are not copied; leave them alone until the batch is stored.
 *
 * @param key where
 * @param value what
 * @param ttl how long from now, by the server's clock, it is there; null for without end
 * @param metadata what can be asked for with {@link StateBackend#queryByMetadata}, or null for none
 */
public record NewStateEntry(
        byte[] key,
        byte[] value,
        @Nullable Duration ttl,
        @Nullable Json metadata) {
    public NewStateEntry {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        if (ttl != null) {
            PutOptions.ttl(ttl, "ttl");
        }
    }

    /** An entry without expiry and metadata. */
    public static NewStateEntry of(byte[] key, byte[] value) {
        return new NewStateEntry(key, value, null, null);
    }

    /** The same with an expiry. */
    public NewStateEntry ttl(Duration fromNow) {
        return new NewStateEntry(key, value, fromNow, metadata);
    }

    /** The same with metadata. */
    public NewStateEntry metadata(Json json) {
        return new NewStateEntry(key, value, ttl, json);
    }
}
