package dev.evalstore.backup;

import dev.evalstore.DatabaseException;
import dev.evalstore.SchemaException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.schema.Migrations;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import javax.sql.DataSource;

/**
 * Copies of the store in files. Thread-safe.
 *
 * <p>A backup is a folder: {@code manifest.json}, and the rows of each table in files that {@code COPY} reads, compressed
 * by gzip. It has its name from the moment that it is whole and on the disk. What is broken off leaves a folder whose name
 * begins with {@code .unfinished-}, and the next export into the same folder removes that.
 */
public final class Backup {
    private final Jdbc jdbc;
    private final Migrations migrations;

    /** Called by {@code Database} alone. */
    public Backup(Jdbc jdbc, DataSource pool) {
        // An export is never part of the host's transaction.
        this.jdbc = jdbc.apart();
        this.migrations = new Migrations(jdbc, pool);
    }

    /** {@link #export(Path, ExportOptions)} with {@link ExportOptions#DEFAULT}. */
    public ExportReport export(Path folder) {
        return export(folder, ExportOptions.DEFAULT);
    }

    /**
     * Exports the schema into a new folder in the given one, which is made if it is not there. All tables show one moment,
     * whatever is written meanwhile; no reader or writer waits. Uses one connection, whose snapshot is held to the end.
     * The schema cannot be migrated, nor months dropped, while it runs.
     *
     * <p>Without hashes (the default) a role with {@code select} on the other columns and on the sequences is enough, such
     * as {@code evalstore_reader}. One-time tokens are in no backup.
     *
     * @throws BackupException if the name is taken; if another export works in the folder; if a file cannot be written,
     *     as on a full disk; if the role may not read a table, which is named; if the thread is interrupted
     * @throws SchemaException if the schema is absent, or newer than this library
     * @throws DatabaseException if the database fails; nothing but the unfinished folder may be left then
     * @throws IllegalArgumentException if the folder is not on the default file system
     */
    public ExportReport export(Path folder, ExportOptions options) {
        requireDefault(folder);
        return FolderLock.holding(folder, () -> new Export(jdbc, migrations, folder, options).run());
    }

    /**
     * Reads a whole backup and compares it with its manifest: every file's size, SHA-256, uncompressed size and rows, and
     * that no file is missing or added. Asks no database.
     *
     * @param backup the backup's own folder
     * @return what the backup holds
     * @throws BackupException with every {@link BackupException#problems() problem} found
     */
    public BackupManifest verify(Path backup) {
        return new Verification(new BackupFolder(backup)).run();
    }

    private static void requireDefault(Path folder) {
        if (folder.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("folder must be on the default file system");
        }
    }
}
