package dev.evalstore.recovery;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a recovery would lose, at one moment.
 *
 * @param at when, by the server's clock
 * @param replica whether the server itself is a replica
 * @param archiving how it archives its log
 * @param lastBaseBackup when the newest base backup that is known of was taken, or null
 * @param slots the replication slots that outlive a session, by name
 * @param replicas the replicas that are connected, by name
 * @param findings what keeps the objective from being met, the worst first; empty if nothing that could be seen does
 * @param unseen what could not be seen
 */
public record RecoveryReport(
        Instant at,
        boolean replica,
        Archiving archiving,
        @Nullable Instant lastBaseBackup,
        List<ReplicationSlot> slots,
        List<Replica> replicas,
        List<RecoveryFinding> findings,
        List<Unseen> unseen) {
    public RecoveryReport {
        slots = List.copyOf(slots);
        replicas = List.copyOf(replicas);
        findings = List.copyOf(findings);
        unseen = List.copyOf(unseen);
    }

    /**
     * Something that could not be seen.
     *
     * @param what it is
     * @param remedy the grant that shows it, to be run by a superuser, or where else to ask
     */
    public record Unseen(String what, String remedy) {}

    /** Whether everything could be seen and the objective is met. */
    public boolean isFine() {
        return findings.isEmpty() && unseen.isEmpty();
    }
}
