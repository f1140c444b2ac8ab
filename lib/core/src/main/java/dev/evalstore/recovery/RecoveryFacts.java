package dev.evalstore.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server shows. */
record RecoveryFacts(
        Server server,
        List<ReplicationSlot> slots,
        List<Replica> replicas,
        @Nullable Instant baseBackup) {
    /** The role is quoted, to stand in a statement. */
    record Server(
            Instant now,
            String role,
            boolean isReplica,
            Archiving archiving,
            Settings settings,
            long checksumFailures,
            Receiving receiving,
            boolean seesReplicas,
            boolean seesBackups) {}

    record Settings(
            String walLevel, boolean fsync, boolean fullPageWrites, boolean synchronousCommit, boolean checksums) {}

    /** Of a replica; the delay is null where it cannot be told. */
    record Receiving(
            boolean isConnected, boolean isPaused, @Nullable Duration delay) {}
}
