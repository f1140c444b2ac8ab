package dev.evalstore.recovery;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a recovery may cost, and what the host knows that the server does not.
 *
 * @param rpo the work of how long may be lost; 1 h unless given, at most 36,500 days
 * @param rto how long the store may be away; 4 h unless given, at most 36,500 days
 * @param baseBackupAge how old the newest base backup may be, since the log after it must be replayed; 7 days unless
 *     given, at most 36,500 days
 * @param lastBaseBackup when the newest base backup was taken; null leaves that to what the server shows, which knows of no
 *     backup that was taken from a replica
 * @param measuredRestore how long the last drill took, or null if there was none
 */
public record RecoveryObjective(
        Duration rpo,
        Duration rto,
        Duration baseBackupAge,
        @Nullable Instant lastBaseBackup,
        @Nullable Duration measuredRestore) {
    /** An hour of work, four hours away, base backups of a week, and nothing measured. */
    public static final RecoveryObjective DEFAULT =
            new RecoveryObjective(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(7), null, null);

    public RecoveryObjective {
        Check.period("rpo", rpo);
        Check.period("rto", rto);
        Check.period("baseBackupAge", baseBackupAge);
        Check.timeOrNull("lastBaseBackup", lastBaseBackup);
        if (measuredRestore != null) {
            Check.periodOrZero("measuredRestore", measuredRestore);
        }
    }

    /** The default with these two. */
    public static RecoveryObjective of(Duration rpo, Duration rto) {
        return DEFAULT.rpo(rpo).rto(rto);
    }

    public RecoveryObjective rpo(Duration work) {
        return new RecoveryObjective(work, rto, baseBackupAge, lastBaseBackup, measuredRestore);
    }

    public RecoveryObjective rto(Duration away) {
        return new RecoveryObjective(rpo, away, baseBackupAge, lastBaseBackup, measuredRestore);
    }

    public RecoveryObjective baseBackupAge(Duration age) {
        return new RecoveryObjective(rpo, rto, age, lastBaseBackup, measuredRestore);
    }

    public RecoveryObjective lastBaseBackup(@Nullable Instant taken) {
        return new RecoveryObjective(rpo, rto, baseBackupAge, taken, measuredRestore);
    }

    public RecoveryObjective measuredRestore(@Nullable Duration took) {
        return new RecoveryObjective(rpo, rto, baseBackupAge, lastBaseBackup, took);
    }
}
