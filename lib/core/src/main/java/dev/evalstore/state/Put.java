package dev.evalstore.state;

import dev.evalstore.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An entry to put in a batch, with a time to live or with the time of its expiry.
 *
 * @param ttl the time to live from now, or null
 * @param expiresAt the time of its expiry, or null
 */
record Put(
        byte[] key,
        byte[] value,
        @Nullable Duration ttl,
        @Nullable Instant expiresAt,
        @Nullable Json metadata) {
    private static final int BATCH_ROWS = 10_000;
    private static final int BATCH_BYTES = 8 << 20;

    /** Whether it has a key and a value alone. */
    boolean isBare() {
        return ttl == null && expiresAt == null && metadata == null;
    }

    /** The entries in the order of keys; of a repeated key, the last one. */
    static Collection<Put> sorted(Collection<NewStateEntry> entries, StateOptions options) {
        Map<Bytes, Put> sorted = new TreeMap<>();
        for (NewStateEntry entry : entries) {
            byte[] key = options.key(entry.key());
            byte[] value = options.value(entry.value());
            sorted.put(new Bytes(key), new Put(key, value, entry.ttl(), null, entry.metadata()));
        }
        return sorted.values();
    }

    /** Batches that are each small enough for one statement. */
    static List<List<Put>> batches(Collection<Put> sorted) {
        List<List<Put>> batches = new ArrayList<>();
        List<Put> batch = new ArrayList<>();
        long bytes = 0;
        for (Put put : sorted) {
            if (batch.size() == BATCH_ROWS || bytes >= BATCH_BYTES) {
                batches.add(batch);
                batch = new ArrayList<>();
                bytes = 0;
            }
            batch.add(put);
            bytes += put.key().length + put.value().length;
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }
}
