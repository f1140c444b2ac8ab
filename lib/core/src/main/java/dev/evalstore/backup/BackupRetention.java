package dev.evalstore.backup;

import dev.evalstore.internal.Check;
import java.time.Duration;

/**
 * Which backups of a store are kept. The newest is always kept.
 *
 * @param all so long every backup is kept, at most 36,500 days; 30 days unless given
 * @param months for so many months before that the first backup of each month is kept, from 0 to 1,200; 12 unless given. Months
 *     are those of UTC
 */
public record BackupRetention(Duration all, int months) {
    /** All for 30 days, and one a month for a year. */
    public static final BackupRetention DEFAULT = new BackupRetention(Duration.ofDays(30), 12);

    public BackupRetention {
        Check.period("all", all);
        Check.range("months", months, 0, 1_200);
    }

    public BackupRetention all(Duration period) {
        return new BackupRetention(period, months);
    }

    public BackupRetention months(int count) {
        return new BackupRetention(all, count);
    }
}
