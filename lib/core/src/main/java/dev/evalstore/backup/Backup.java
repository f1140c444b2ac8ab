package dev.evalstore.backup;

import dev.evalstore.DatabaseException;
import dev.evalstore.SchemaException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Migrations;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Copies of the store in files. Thread-safe.
 *
 * <p>A backup is a folder: {@code manifest.json}, and the rows of each table in files that {@code COPY} reads, compressed
 * by gzip. It has its name from the moment that it is whole and on the disk. What is broken off leaves a folder whose name
 * begins with {@code .unfinished-}, and the next export into the same folder removes that.
 */
public final class Backup {
    private static final String DATABASE = """
            /* backup.database */ select current_database()::text as name""";

    private final Jdbc jdbc;
    private final DataSource pool;
    private final Migrations migrations;

    /** Called by {@code Database} alone. */
    public Backup(Jdbc jdbc, DataSource pool) {
        // An export is never part of the host's transaction.
        this.jdbc = jdbc.apart();
        this.pool = pool;
        this.migrations = new Migrations(jdbc, pool);
    }

    /** {@link #export(Path, ExportOptions)} with {@link ExportOptions#DEFAULT}. */
    public ExportReport export(Path folder) {
        return export(folder, ExportOptions.DEFAULT);
    }

    /**
     * Exports the schema into a new folder in the given one, which is made if it is not there. Nobody but the owner of the process
     * may read what is made, where the file system knows of that. All tables show one moment,
     * whatever is written meanwhile; no reader or writer waits. Uses one connection, whose snapshot is held to the end.
     * The schema cannot be migrated, nor months dropped, while it runs.
     *
     * <p>Without hashes (the default) a role with {@code select} on the other columns and on the sequences is enough, such
     * as {@code evalstore_reader}. One-time tokens are in no backup.
     *
     * @throws BackupException if the name is taken; if another export works in the folder; if a file cannot be written,
     *     as on a full disk; if the role may not read a table, which is named; if the schema lacks a table, column or sequence of
     *     its version, which is named; if the thread is interrupted
     * @throws SchemaException if the schema is absent, or newer than this library
     * @throws DatabaseException if the database fails; nothing but the unfinished folder may be left then
     * @throws IllegalArgumentException if the folder is not on the default file system
     */
    public ExportReport export(Path folder, ExportOptions options) {
        requireDefault(folder);
        Objects.requireNonNull(options, "options");
        return FolderLock.holding(folder, () -> new Export(jdbc, migrations, folder, options).run());
    }

    /**
     * Reads a whole backup and compares it with its manifest: every file's size, SHA-256, uncompressed size and rows, and
     * that no file is missing or added; also that no table of the schema's version is missing. A note {@code KEEP}, or {@code
     * KEEP.txt}, may lie beside the manifest. Asks no database.
     *
     * @param backup the backup's own folder
     * @return what the backup holds
     * @throws BackupException with every {@link BackupException#problems() problem} found
     */
    public BackupManifest verify(Path backup) {
        return new Verification(new BackupFolder(backup)).run();
    }

    /**
     * Deletes backups of this store, which are those of this database and schema, that are kept no longer. Ages are measured
     * by the server's clock. Only a folder is deleted whose manifest is undamaged and lists just the files that are there, in
     * their sizes; its bytes are not read. The newest backup is never deleted, nor one with a note {@code KEEP}, or
     * {@code KEEP.txt}, beside its manifest. What exports that were broken off have left
     * goes, too.
     *
     * @param folder the folder of the backups
     * @throws BackupException if an export works in the folder, or something cannot be deleted
     */
    public RetentionReport retain(Path folder, BackupRetention retention) {
        requireDefault(folder);
        Objects.requireNonNull(retention, "retention");
        return FolderLock.holding(folder, () -> of(folder).apply(retention, jdbc.now()));
    }

    /** {@link #every(Duration, Path, ExportOptions, BackupRetention, Consumer)} with the default retention. */
    public BackupSchedule every(Duration interval, Path folder, ExportOptions options) {
        return every(interval, folder, options, BackupRetention.DEFAULT, report -> {});
    }

    /**
     * Exports now and then repeatedly, on a daemon thread: whenever the newest backup of this store in the folder is older
     * than the interval, also if that was made by another process or before a restart. After each export the folder's
     * retention is applied. Of many processes that share the folder, one exports; the lock that they take turns by is the
     * server's. A failure is logged, and tried again after a minute.
     *
     * @param interval from one second to 36,500 days
     * @param options without a name, since each backup needs its own
     * @param reports is handed each export on the schedule's thread; what it throws is logged
     * @return ends the schedule when closed; close it before the {@code Database}
     */
    public BackupSchedule every(
            Duration interval,
            Path folder,
            ExportOptions options,
            BackupRetention retention,
            Consumer<ExportReport> reports) {
        requireDefault(folder);
        Objects.requireNonNull(options, "options");
        if (Check.period("interval", interval).compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("interval must be at least one second");
        }
        if (options.name() != null) {
            throw new IllegalArgumentException("options must have no name: each backup needs its own");
        }
        Objects.requireNonNull(retention, "retention");
        Objects.requireNonNull(reports, "reports");
        return new BackupSchedule(this, jdbc, interval, folder, options, retention, reports);
    }

    /** The moment of this store's newest backup in the folder. */
    Optional<Instant> newest(Path folder) {
        return of(folder).newest();
    }

    private Retention of(Path folder) {
        String database = jdbc.one(Sql.of(DATABASE), row -> row.text("name"));
        return new Retention(folder, database, jdbc.options().schema());
    }

    /** {@link #restore(Path, RestoreOptions)} with {@link RestoreOptions#DEFAULT}. */
    public RestoreReport restore(Path backup) {
        return restore(backup, RestoreOptions.DEFAULT);
    }

    /**
     * Fills this object's schema from a backup, as the role that is to own it. The schema is made if it is not there; one that
     * was migrated and has no rows is made anew. A backup of an older schema is loaded into that, which is then migrated.
     *
     * <p>A restore is one transaction. Other sessions see nothing or the whole store, and a restore that breaks off leaves
     * nothing. Every file's hash is compared before anything is written, and again as it is read; its rows are counted as they
     * are loaded. Foreign keys are made, and so checked, when all rows are there. The transaction holds a lock for each table and
     * index, and two more connections are used.
     *
     * <p>Nothing that was given out before works in the restored store: see {@link #afterRestore}, which is part of this. Without
     * hashes in the backup no password works until it is reset, no API key can be resumed, and webhooks have new secrets and are
     * paused. What was stored after the backup is lost, and with it every revocation of a key.
     *
     * @param backup the backup's own folder
     * @throws BackupException if the backup is not whole, or is of a newer schema; if it is binary and of another major version; if
     *     keys are to be kept and it has no hashes. Nothing was written then
     * @throws SchemaException if the schema has rows, or is newer than this library
     * @throws DatabaseException if the database fails: 42501 without the right to make the schema, 53200 if {@code
     *     max_locks_per_transaction} is too low for the number of months
     */
    public RestoreReport restore(Path backup, RestoreOptions options) {
        Objects.requireNonNull(options, "options");
        return new Restoring(new BackupFolder(backup), migrations, options).run();
    }

    /** {@link #drill(Path, RestoreOptions)} with {@link RestoreOptions#DEFAULT}. */
    public DrillReport drill(Path backup) {
        return drill(backup, RestoreOptions.DEFAULT);
    }

    /**
     * Restores a backup into a schema of a name of its own, asks what must be true of a store, measures the time, and takes
     * everything back. The schema is never committed: nobody sees it, and whatever happens nothing of it is left.
     *
     * @param backup the backup's own folder
     * @throws BackupException as {@link #restore(Path, RestoreOptions)}, or naming what is not true of the restored store
     * @throws DatabaseException as {@link #restore(Path, RestoreOptions)}
     */
    public DrillReport drill(Path backup, RestoreOptions options) {
        Objects.requireNonNull(options, "options");
        return Drill.run(jdbc, pool, new BackupFolder(backup), options);
    }

    /** {@link #afterRestore(RestoreOptions)} with {@link RestoreOptions#DEFAULT}. */
    public StoreRepairs afterRestore() {
        return afterRestore(RestoreOptions.DEFAULT);
    }

    /**
     * Makes a store that went back to an earlier moment one that goes on from there: after {@code pg_restore}, or after a recovery to
     * a point in time. {@link #restore(Path, RestoreOptions)} does this itself. Run it as the owner, before any service starts.
     *
     * <p>Leased work is ready again with no attempt spent, whatever is locked is free, and all workers are declared dead. Numbers go
     * on 2⁴⁰ above those given before: versions, tokens of leases and locks, positions. The store has a new incarnation, so that
     * tokens of feeds given before are refused. One-time tokens are removed, and API keys are suspended unless they are to be kept.
     * One transaction. To run it again does the same again, and does no harm.
     *
     * @throws SchemaException if the schema has not this library's version
     * @throws DatabaseException with 42501 if the role does not own the sequences
     */
    public StoreRepairs afterRestore(RestoreOptions options) {
        Objects.requireNonNull(options, "options");
        migrations.validate();
        return migrations.building(build -> Repairs.run(build.tx(), options.keys()));
    }

    private static void requireDefault(Path folder) {
        if (Objects.requireNonNull(folder, "folder").getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("folder must be on the default file system");
        }
    }
}
