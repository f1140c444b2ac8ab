package dev.evalstore.recovery;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A replication slot, which makes the server keep the log that a replica or subscriber has yet to read.
 *
 * @param name its name
 * @param logical whether it is a subscriber's
 * @param active whether somebody reads from it now
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}; null if it keeps nothing
 * @param retainedBytes how much log it keeps
 * @param limitBytes {@code max_slot_wal_keep_size}: after how much log it is given up; null for never
 * @param inactiveSince since when nobody reads; null if somebody does, and before PostgreSQL 17
 */
public record ReplicationSlot(
        String name,
        boolean logical,
        boolean active,
        @Nullable String walStatus,
        long retainedBytes,
        @Nullable Long limitBytes,
        @Nullable Instant inactiveSince) {}
