package dev.evalstore.state;

import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a namespace is kept, and where. Whether it has checkpoints and a feed is decided when it is made and stored with
 * it; opening it otherwise is a {@code ConflictException}. The limits apply to this process alone.
 *
 * @param checkpointed whether checkpoints can be taken; an entry is then copied before the first change after a
 *     checkpoint
 * @param watched whether each change is also written to the feed that {@link StateBackend#watch} reads
 * @param maxKeyBytes the longest key, 1 to 1,024
 * @param maxValueBytes the largest value, 1 byte to 256 MiB
 * @param tablePrefix the prefix of the tables' names, {@code state_} unless given; see
 *     {@link PostgresStateBackend#createTables()}
 * @param schema the tables' schema, or null for the database's
 */
public record StateOptions(
        boolean checkpointed,
        boolean watched,
        int maxKeyBytes,
        int maxValueBytes,
        String tablePrefix,
        @Nullable String schema) {
    /** Checkpoints, no feed, keys of up to 1 KiB, values of up to 16 MiB, the migrated tables. */
    public static final StateOptions DEFAULT = new StateOptions(true, false, 1 << 10, 16 << 20, "state_", null);

    /** The default without checkpoints: nothing is copied, and a write locks its row alone. */
    public static final StateOptions PLAIN = DEFAULT.checkpointed(false);

    public StateOptions {
        Check.range("maxKeyBytes", maxKeyBytes, 1, 1 << 10);
        Check.range("maxValueBytes", maxValueBytes, 1, 256 << 20);
        Objects.requireNonNull(tablePrefix, "tablePrefix");
        if (!tablePrefix.matches("[a-z_][a-z0-9_]{0,19}") || tablePrefix.startsWith("pg_")) {
            throw new IllegalArgumentException(
                    "tablePrefix must be at most 20 lower-case letters, digits and underscores, not pg_ first");
        }
        if (schema != null && (!schema.matches("[a-z_][a-z0-9_]{0,62}") || schema.startsWith("pg_"))) {
            throw new IllegalArgumentException(
                    "schema must be a lower-case name of letters, digits and underscores, at most 63");
        }
    }

    public StateOptions checkpointed(boolean kept) {
        return new StateOptions(kept, watched, maxKeyBytes, maxValueBytes, tablePrefix, schema);
    }

    public StateOptions watched(boolean fed) {
        return new StateOptions(checkpointed, fed, maxKeyBytes, maxValueBytes, tablePrefix, schema);
    }

    public StateOptions maxKeyBytes(int max) {
        return new StateOptions(checkpointed, watched, max, maxValueBytes, tablePrefix, schema);
    }

    public StateOptions maxValueBytes(int max) {
        return new StateOptions(checkpointed, watched, maxKeyBytes, max, tablePrefix, schema);
    }

    public StateOptions tablePrefix(String prefix) {
        return new StateOptions(checkpointed, watched, maxKeyBytes, maxValueBytes, prefix, schema);
    }

    public StateOptions schema(String name) {
        return new StateOptions(checkpointed, watched, maxKeyBytes, maxValueBytes, tablePrefix, name);
    }

    byte[] key(byte[] key) {
        Objects.requireNonNull(key, "key");
        if (key.length > maxKeyBytes) {
            throw new IllegalArgumentException("key has " + key.length + " bytes; at most " + maxKeyBytes);
        }
        return key;
    }

    byte[] value(byte[] value) {
        Objects.requireNonNull(value, "value");
        if (value.length > maxValueBytes) {
            throw new IllegalArgumentException("value has " + value.length + " bytes; at most " + maxValueBytes);
        }
        return value;
    }
}
