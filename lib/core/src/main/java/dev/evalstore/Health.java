package dev.evalstore;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The condition of the server and of the pool, for a readiness probe.
 *
 * @param reachable whether the server answered within five seconds; if not, the server's figures below are empty or zero
 * @param problem why it did not answer, or null
 * @param roundTrip how long the answer took
 * @param serverVersion such as {@code 18.6}; empty if the server did not answer
 * @param primary whether the server accepts writes
 * @param schemaVersion the newest migration applied, 0 if there is none
 * @param libraryVersion the newest migration that this library carries
 * @param pool the pool's connections, or null if the host's data source neither is nor wraps a HikariCP pool
 * @param oldestTransaction the age of the oldest transaction that this role may see, without this probe's own
 * @param partitionsAhead for how many whole months after the current one every partitioned table that has rows has its
 *     partition, at most 24. Maintenance keeps three; alert below two. 0 if the schema is not migrated
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
    /** Whether the server is reachable and writable, and its schema is the one that this library was written for. */
    public boolean isReady() {
        return reachable && primary && schemaVersion == libraryVersion;
    }
}
