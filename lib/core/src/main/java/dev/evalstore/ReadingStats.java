package dev.evalstore;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the reads of {@link Database#reading()} went since the database was opened. No server is asked.
 *
 * @param onReplicas reads that a replica answered
 * @param onPrimary reads that the primary answered, since no replica was fresh enough, or each one failed
 * @param replicas each replica, in the configured order
 */
public record ReadingStats(long onReplicas, long onPrimary, List<Replica> replicas) {
    public ReadingStats {
        replicas = List.copyOf(replicas);
    }

    /**
     * A replica.
     *
     * @param name host, port and database, or its number for a pool of the host
     * @param state whether it is read from, and if not, why
     * @param lag at most so far behind the primary, by the last heartbeat that it has shown; null where that is unknown
     * @param reads how many reads it answered
     * @param failures how many reads it failed; each was answered by another server or thrown
     * @param ejections how often it was taken out because it did not answer
     */
    public record Replica(
            String name, State state, @Nullable Duration lag, long reads, long failures, long ejections) {}

    /** Whether a replica is read from. */
    public enum State {
        /** It follows the primary, and serves reads that admit its lag. */
        FOLLOWING,
        /** It has shown no heartbeat of the primary yet. */
        UNKNOWN,
        /**
         * It did not answer, or its server has not replayed the schema's first migration. It is tried again after a pause, of
         * five seconds at most.
         */
        EJECTED,
        /** It belongs to another database system, or was promoted while the primary goes on: it has another history. */
        APART
    }
}
