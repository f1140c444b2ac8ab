package dev.evalstore.recovery;

import dev.evalstore.recovery.RecoveryFinding.Kind;
import dev.evalstore.recovery.RecoveryFinding.Severity;
import dev.evalstore.recovery.RecoveryReport.Unseen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds what the server shows against an objective. */
final class RecoveryRules {
    /** Of a slot's limit: from here on its reader may be too late. */
    private static final double NEARLY_FULL = 0.8;

    private final RecoveryFacts facts;
    private final RecoveryFacts.Server server;
    private final RecoveryObjective objective;
    private final @Nullable Instant baseBackup;

    /** Whether a replica has the work of all but the last {@code rpo}, and could take over. */
    private final boolean isFollowed;

    private final List<RecoveryFinding> findings = new ArrayList<>();
    private final List<Unseen> unseen = new ArrayList<>();

    private RecoveryRules(RecoveryFacts facts, RecoveryObjective objective) {
        this.facts = facts;
        this.server = facts.server();
        this.objective = objective;
        this.baseBackup = later(facts.baseBackup(), objective.lastBaseBackup());
        this.isFollowed = facts.replicas().stream().anyMatch(replica -> replica.isWithin(objective.rpo()));
    }

    static RecoveryReport report(RecoveryFacts facts, RecoveryObjective objective) {
        RecoveryRules rules = new RecoveryRules(facts, objective);
        if (rules.server.isReplica()) {
            rules.receiving();
        } else {
            rules.archiving();
            rules.time();
        }
        rules.slots();
        rules.replicas();
        rules.settings();
        rules.findings.sort(Comparator.comparing(RecoveryFinding::severity));
        return new RecoveryReport(
                rules.server.now(),
                rules.server.isReplica(),
                rules.server.archiving(),
                rules.baseBackup,
                facts.slots(),
                facts.replicas(),
                rules.findings,
                rules.unseen);
    }

    private static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
        return a == null || b != null && b.isAfter(a) ? b : a;
    }

    private void archiving() {
        Archiving archiving = server.archiving();
        Duration timeout = archiving.timeout();
        if (archiving.mode().equals("off")) {
            add(
                    isFollowed ? Severity.WARNING : Severity.CRITICAL,
                    Kind.ARCHIVING_OFF,
                    "archive_mode is off: there is no point in time to recover to",
                    "set archive_mode = on with an archive_command, restart the server, then take a base backup");
            return;
        }
        if (!archiving.configured()) {
            critical(
                    Kind.ARCHIVING_UNSET,
                    "archive_command and archive_library are empty: the log piles up and is not archived",
                    "set one of them and reload the configuration");
        } else if (archiving.isFailing()) {
            critical(
                    Kind.ARCHIVING_FAILS,
                    "the last attempt to archive failed at " + archiving.lastFailedAt() + "; attempts that failed: "
                            + archiving.failed() + ", last success: "
                            + (archiving.lastArchivedAt() == null ? "none" : archiving.lastArchivedAt()),
                    "read the server's log for the reason; the log of changes piles up until archiving works");
        } else if (archiving.lastArchivedAt() == null) {
            critical(
                    Kind.NOTHING_ARCHIVED,
                    "nothing was archived since the server's counters were reset",
                    "run select pg_switch_wal() and ask again");
        } else if (archiving.waiting() > 0 && isOlder(archiving.lastArchivedAt(), objective.rpo())) {
            critical(
                    Kind.ARCHIVING_LATE,
                    archiving.waiting() + " full files wait, and the last was archived at "
                            + archiving.lastArchivedAt(),
                    "look whether the archive's command hangs or is too slow");
        }
        if (!isFollowed && (timeout.isZero() || timeout.compareTo(objective.rpo()) > 0)) {
            warn(
                    Kind.ARCHIVE_TIMEOUT,
                    "archive_timeout is " + (timeout.isZero() ? "0" : timeout.toSeconds() + " s")
                            + ": in quiet hours commits wait for longer than the RPO to be archived",
                    "set archive_timeout to less than the RPO, such as 60");
        }
        baseBackup();
    }

    private void baseBackup() {
        if (baseBackup == null && !server.seesBackups()) {
            hidden("when the last base backup was taken", "grant pg_monitor to ");
        } else if (baseBackup == null) {
            critical(
                    Kind.NO_BASE_BACKUP,
                    "no base backup was taken from this server: an archive without one is of no use",
                    "take one with pg_basebackup; give lastBaseBackup if one was taken from a replica");
        } else if (isOlder(baseBackup, objective.baseBackupAge())) {
            warn(
                    Kind.BASE_BACKUP_OLD,
                    "the newest base backup is of " + baseBackup + ": all of the log after it must be replayed",
                    "take base backups on a schedule");
        }
    }

    private void time() {
        Duration took = objective.measuredRestore();
        if (took == null && !isFollowed) {
            warn(
                    Kind.RTO_UNKNOWN,
                    "how long a restore takes is not known, and no replica could take over",
                    "run a drill and give its time as measuredRestore, or set up a replica");
        } else if (took != null && took.compareTo(objective.rto()) > 0) {
            add(
                    isFollowed ? Severity.WARNING : Severity.CRITICAL,
                    Kind.RTO_EXCEEDED,
                    "the last restore took " + took.toSeconds() + " s, and the store may be away for "
                            + objective.rto().toSeconds() + " s",
                    "take base backups more often, restore with more jobs, or set up a replica");
        }
    }

    private void receiving() {
        RecoveryFacts.Receiving receiving = server.receiving();
        unseen.add(new Unseen("archiving, base backups and the other replicas", "ask the primary"));
        if (receiving.isPaused()) {
            warn(
                    Kind.REPLAY_STOPPED,
                    "this replica has stopped replaying: a promotion replays first",
                    "run select pg_wal_replay_resume()");
        }
        if (!receiving.isConnected()) {
            warn(
                    Kind.REPLICA_DISCONNECTED,
                    "this replica receives nothing from its primary",
                    "look at primary_conninfo and at this server's log, unless it replays from an archive only");
        }
        if (receiving.delay() != null && receiving.delay().compareTo(objective.rpo()) > 0) {
            warn(
                    Kind.REPLICA_LAGS,
                    "this replica shows what the primary had "
                            + receiving.delay().toSeconds() + " s ago",
                    "look for a long query or a recovery_min_apply_delay on it");
        }
    }

    private void slots() {
        for (ReplicationSlot slot : facts.slots()) {
            String name = "slot " + slot.name();
            Long limit = slot.limitBytes();
            String kept = name + " keeps " + slot.retainedBytes() / 1_048_576 + " MB of the log";
            if ("lost".equals(slot.walStatus())) {
                critical(
                        Kind.SLOT_LOST,
                        name + " was given up: its reader cannot go on",
                        "build the reader anew, then drop the slot with pg_drop_replication_slot");
            } else if (!slot.active()) {
                warn(
                        Kind.SLOT_INACTIVE,
                        kept + " and nobody reads from it"
                                + (limit == null ? "; without max_slot_wal_keep_size it fills the disk" : ""),
                        "start its reader, or drop the slot with pg_drop_replication_slot");
            } else if (limit != null && slot.retainedBytes() > limit * NEARLY_FULL) {
                warn(
                        Kind.SLOT_FILLS,
                        kept + ", of at most " + limit / 1_048_576 + " MB before it is given up",
                        "look why its reader is behind, or raise max_slot_wal_keep_size");
            }
        }
    }

    private void replicas() {
        if (!server.seesReplicas() && !facts.replicas().isEmpty()) {
            hidden("how far the replicas are behind", "grant pg_read_all_stats to ");
        }
        for (Replica replica : facts.replicas()) {
            boolean loses = replica.flushLag() != null && replica.flushLag().compareTo(objective.rpo()) > 0;
            boolean shows = replica.replayLag() != null && replica.replayLag().compareTo(objective.rpo()) > 0;
            if (loses || shows) {
                add(
                        loses ? Severity.CRITICAL : Severity.WARNING,
                        Kind.REPLICA_LAGS,
                        "replica " + replica.name() + " is behind by more than the RPO in "
                                + (loses ? "what it has on its disk" : "what it shows to its readers"),
                        "look at its load and its network, and for a long query on it");
            }
        }
    }

    private void settings() {
        RecoveryFacts.Settings settings = server.settings();
        if (settings.walLevel().equals("minimal")) {
            critical(
                    Kind.WAL_LEVEL,
                    "wal_level is minimal: nothing can be recovered from the log but a crash",
                    "set wal_level = replica and restart the server");
        }
        if (!settings.fsync() || !settings.fullPageWrites()) {
            critical(
                    Kind.CRASH_UNSAFE,
                    (settings.fsync() ? "full_page_writes" : "fsync")
                            + " is off: a crash of the machine may damage the database",
                    "set fsync = on and full_page_writes = on");
        }
        if (!settings.synchronousCommit()) {
            warn(
                    Kind.ASYNCHRONOUS_COMMIT,
                    "synchronous_commit is off: a crash loses the commits of the last moment",
                    "set synchronous_commit = on, for this role too");
        }
        if (server.checksumFailures() > 0) {
            critical(
                    Kind.CHECKSUM_FAILED,
                    "damaged pages were read: " + server.checksumFailures(),
                    "look at checksum_failures in pg_stat_database, and restore before backups hold the damage");
        }
        if (!settings.checksums()) {
            warn(
                    Kind.CHECKSUMS_OFF,
                    "data checksums are off: damage would be copied to every backup without notice",
                    "stop the server and run pg_checksums --enable");
        }
    }

    private boolean isOlder(Instant time, Duration age) {
        return Duration.between(time, server.now()).compareTo(age) > 0;
    }

    private void hidden(String what, String grant) {
        unseen.add(new Unseen(what, grant + server.role()));
    }

    private void critical(Kind kind, String missing, String remedy) {
        add(Severity.CRITICAL, kind, missing, remedy);
    }

    private void warn(Kind kind, String missing, String remedy) {
        add(Severity.WARNING, kind, missing, remedy);
    }

    private void add(Severity severity, Kind kind, String missing, String remedy) {
        findings.add(new RecoveryFinding(severity, kind, missing, remedy));
    }
}
