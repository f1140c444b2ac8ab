package dev.evalstore.backup;

import dev.evalstore.internal.Check;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A finished export.
 *
 * @param path the backup's own folder
 * @param manifest what it holds
 * @param time how long the export took
 * @param leftOut what is in the schema and not in the backup, since no migration of the library made it: tables, and columns of
 *     the library's tables such as {@code jobs.mine}
 */
public record ExportReport(Path path, BackupManifest manifest, Duration time, List<String> leftOut) {
    public ExportReport {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(manifest, "manifest");
        Objects.requireNonNull(time, "time");
        leftOut = Check.list("leftOut", leftOut);
    }
}
