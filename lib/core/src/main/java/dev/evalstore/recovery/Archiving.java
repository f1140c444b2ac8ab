package dev.evalstore.recovery;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the server archives its log, in files of mostly 16 MB.
 *
 * @param mode {@code archive_mode}: off, on or always
 * @param configured whether there is a command or library to archive with
 * @param timeout after how long a file that is not full is archived all the same; zero for never
 * @param archived how many files were archived since the server's counters were reset
 * @param lastArchivedAt when the last one was, or null
 * @param failed how many attempts failed since then
 * @param lastFailedAt when the last one did, or null
 * @param waiting how many full files wait; 0 where nothing was archived yet, and on a replica
 */
public record Archiving(
        String mode,
        boolean configured,
        Duration timeout,
        long archived,
        @Nullable Instant lastArchivedAt,
        long failed,
        @Nullable Instant lastFailedAt,
        long waiting) {
    /** Whether the last attempt failed. */
    public boolean isFailing() {
        return lastFailedAt != null && (lastArchivedAt == null || lastFailedAt.isAfter(lastArchivedAt));
    }
}
