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
 * @param leftOut tables of the schema that the library's migrations did not make, and that are not in the backup
 */
public record ExportReport(Path path, BackupManifest manifest, Duration time, List<String> leftOut) {
    public ExportReport {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(manifest, "manifest");
        Objects.requireNonNull(time, "time");
        leftOut = Check.list("leftOut", leftOut);
    }
}
