package dev.evalstore.state;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint: the state of a namespace at one moment.
 *
 * @param id its id
 * @param label a name for people, or null; need not be unique
 * @param metadata more about it, or null
 * @param entries how many entries it held when it was measured; null before {@link StateBackend#measureCheckpoint}
 * @param bytes the bytes of its keys and values when it was measured; null before
 * @param createdAt when it was taken
 */
public record Checkpoint(
        UUID id,
        @Nullable String label,
        @Nullable Json metadata,
        @Nullable Long entries,
        @Nullable Long bytes,
        Instant createdAt) {}
