package dev.evalstore.backup;

import dev.evalstore.internal.Check;
import java.nio.file.Path;
import java.util.List;

/**
 * What retention did in a folder.
 *
 * @param kept the backups of this store that are there, the newest first
 * @param deleted those that were deleted
 * @param untouched folders that are no whole backup, with the first thing wrong with each: retention deletes none of them
 */
public record RetentionReport(List<Path> kept, List<Path> deleted, List<BackupProblem> untouched) {
    public RetentionReport {
        kept = Check.list("kept", kept);
        deleted = Check.list("deleted", deleted);
        untouched = Check.list("untouched", untouched);
    }
}
