package dev.evalstore.recovery;

/**
 * Something that keeps the objective from being met.
 *
 * @param severity how bad it is
 * @param kind what it is, to count and to alert by
 * @param missing what is missing, in a sentence
 * @param remedy what to do
 */
public record RecoveryFinding(Severity severity, Kind kind, String missing, String remedy) {
    /** How bad a finding is. */
    public enum Severity {
        /** The objective is not met now. */
        CRITICAL,
        /** The objective may be missed, or it is not known whether it is met. */
        WARNING
    }

    /** The kinds of findings. More may come. */
    public enum Kind {
        /** The log is not archived, so there is no point in time to recover to. */
        ARCHIVING_OFF,
        /** Archiving is on without a command or library. */
        ARCHIVING_UNSET,
        /** The last attempt to archive a file failed. */
        ARCHIVING_FAILS,
        /** No file was archived yet. */
        NOTHING_ARCHIVED,
        /** Full files wait for longer than the work that may be lost. */
        ARCHIVING_LATE,
        /** A file is archived only when it is full, or after longer than the work that may be lost. */
        ARCHIVE_TIMEOUT,
        /** The log has too little in it to recover from. */
        WAL_LEVEL,
        /** No base backup is known. */
        NO_BASE_BACKUP,
        /** The newest base backup is older than wanted. */
        BASE_BACKUP_OLD,
        /** Nobody reads from a slot. */
        SLOT_INACTIVE,
        /** A slot was given up; its reader must be built anew. */
        SLOT_LOST,
        /** A slot is close to its limit. */
        SLOT_FILLS,
        /** A replica is behind by more than the work that may be lost. */
        REPLICA_LAGS,
        /** This replica has stopped replaying. */
        REPLAY_STOPPED,
        /** This replica receives nothing. */
        REPLICA_DISCONNECTED,
        /** A damaged page would not be noticed. */
        CHECKSUMS_OFF,
        /** A damaged page was found. */
        CHECKSUM_FAILED,
        /** A crash of the machine may damage the database. */
        CRASH_UNSAFE,
        /** A crash of the server may lose acknowledged commits. */
        ASYNCHRONOUS_COMMIT,
        /** How long a recovery takes was not measured, and there is no replica. */
        RTO_UNKNOWN,
        /** The last drill took longer than the store may be away. */
        RTO_EXCEEDED
    }
}
