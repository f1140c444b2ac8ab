package dev.evalstore.state;

import dev.evalstore.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One entry as it was read. Two entries are equal if their arrays have equal content.
 *
 * @param version changes with each change of value or metadata. It rises while the entry exists, and no key gets a
 *     version again that it has had before
 * @param metadata what was put with it, or null
 * @param createdAt when the key was put that had no entry before
 * @param updatedAt when it was last written
 * @param expiresAt from when on it is absent, or null for never
 */
public record StateEntry(
        byte[] key,
        byte[] value,
        long version,
        @Nullable Json metadata,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant expiresAt) {
    /** The key, read as UTF-8. */
    public String keyText() {
        return new String(key, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateEntry entry
                && version == entry.version
                && Arrays.equals(key, entry.key)
                && Arrays.equals(value, entry.value)
                && Objects.equals(metadata, entry.metadata)
                && createdAt.equals(entry.createdAt)
                && updatedAt.equals(entry.updatedAt)
                && Objects.equals(expiresAt, entry.expiresAt);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key) * 31 + Long.hashCode(version);
    }

    /** Sizes and times, not what is stored. */
    @Override
    public String toString() {
        return "StateEntry[key of " + key.length + " bytes, value of " + value.length + " bytes, version " + version
                + (expiresAt == null ? "]" : ", expires " + expiresAt + "]");
    }
}
