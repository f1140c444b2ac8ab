package dev.evalstore.state;

import dev.evalstore.Json;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a batch to put. The arrays are not copied: do not change them until the batch is stored.
 *
 * @param ttl the time to live from now, by the server's clock; null for no expiry
 * @param metadata what {@link StateBackend#queryByMetadata} can search, or null for none
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

    /** An entry without expiry and metadata, whose key is text in UTF-8. */
    public static NewStateEntry of(String key, byte[] value) {
        return of(Bytes.of(key), value);
    }

    public NewStateEntry ttl(Duration fromNow) {
        return new NewStateEntry(key, value, fromNow, metadata);
    }

    public NewStateEntry metadata(Json json) {
        return new NewStateEntry(key, value, ttl, json);
    }
}
