package dev.evalstore;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a readiness probe wants to know.
 *
 * @param reachable whether the server answered; if not, the figures below are empty
 * @param problem why not, or null
 * @param roundTrip how long the answer took
 * @param serverVersion such as {@code 18.6}; empty when unreachable
 * @param primary whether the server takes writes
 * @param schemaVersion the newest migration applied, 0 when none is
 * @param libraryVersion the newest migration that this library carries
 * @param pool the pool's connections, or null where the pool is the host's and no HikariCP
 * @param oldestTransaction the age of the oldest transaction that this role may see, its own probe left out
 * @param partitionsAhead for how many whole months after the current one every partitioned table has its partition; maintenance
 *     keeps three, under two is an alarm, and 0 where the schema is not migrated
 */
public record Health(
        boolean reachable,
        @Nullable String problem,
        Duration roundTrip,
        String serverVersion,
        boolean primary,
        int schemaVersion,
        int libraryVersion,
        @Nullable PoolStats pool,
        Duration oldestTransaction,
        int partitionsAhead) {
    /** Reachable, writable, and with the schema that this library was written for. */
    public boolean isReady() {
        return reachable && primary && schemaVersion == libraryVersion;
    }
}
