package dev.evalstore.backup;

import dev.evalstore.internal.Foreign;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up the copied rows and bytes, and calls the host's listener: at the end of each table, and in between several times a second at
 * most. A listener that has thrown is not called again.
 */
final class Progress {
    private static final Logger LOG = LoggerFactory.getLogger(Backup.class);
    private static final long PAUSE_NANOS = Duration.ofMillis(200).toNanos();

    private final Consumer<BackupProgress> listener;
    private final long totalRows;
    private long rows;
    private long bytes;
    private long toldAt = System.nanoTime();
    private boolean told = true;

    Progress(Consumer<BackupProgress> listener, long totalRows) {
        this.listener = listener;
        this.totalRows = totalRows;
    }

    /** So much of the table is copied. */
    void at(String table, long tableRows, long tableBytes) {
        if (System.nanoTime() - toldAt >= PAUSE_NANOS) {
            tell(table, tableRows, tableBytes);
        }
    }

    /** All of the table is copied. */
    void done(String table, long tableRows, long tableBytes) {
        tell(table, tableRows, tableBytes);
        rows += tableRows;
        bytes += tableBytes;
    }

    private void tell(String table, long tableRows, long tableBytes) {
        if (!told) {
            return;
        }
        long all = rows + tableRows;
        var now = new BackupProgress(table, tableRows, all, Math.max(all, totalRows), bytes + tableBytes);
        told = Foreign.run(LOG, "the listener of a backup's progress", () -> listener.accept(now));
        toldAt = System.nanoTime();
    }
}
