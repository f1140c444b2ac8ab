package dev.evalstore.backup;

import dev.evalstore.DatabaseException;
import dev.evalstore.Isolation;
import dev.evalstore.SchemaException;
import dev.evalstore.TxOptions;
import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.backup.StoreTables.StoreTable;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.PrivateFiles;
import dev.evalstore.internal.jdbc.CopyOutput;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Migrations;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One export: all tables at one moment, written beside the later name, put on the disk, and then given the name. */
final class Export {
    private static final Logger LOG = LoggerFactory.getLogger(Backup.class);

    private static final TxOptions SNAPSHOT =
            TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ).asReadOnly();

    /** How often tables may change in the moment between snapshot and lock. */
    private static final int ATTEMPTS = 3;

    private static final DateTimeFormatter MOMENT_NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** The first statement, which takes the snapshot. */
    private static final String MOMENT = """
            /* backup.moment */ select statement_timestamp() as now, pg_current_snapshot()::text as snapshot,
                current_database()::text as database, current_setting('server_version_num')::int as server, current_setting('server_encoding') as encoding""";

    /** No setting changes what text looks like then, and no time limit ends the export. The last one is of later servers. */
    private static final String SETTINGS = """
            /* backup.settings */ select set_config(s.name, s.value, true) as done
            from (values ('DateStyle', 'ISO'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'),
                ('extra_float_digits', '3'), ('bytea_output', 'hex'), ('row_security', 'off'),
                ('synchronize_seqscans', 'off'), ('statement_timeout', '0'), ('lock_timeout', '0'),
                ('idle_in_transaction_session_timeout', '0'), ('transaction_timeout', '0')) s (name, value)
            where current_setting(s.name, true) is not null""";

    private final Jdbc jdbc;
    private final Migrations migrations;
    private final Path folder;
    private final ExportOptions options;

    Export(Jdbc jdbc, Migrations migrations, Path folder, ExportOptions options) {
        this.jdbc = jdbc;
        this.migrations = migrations;
        this.folder = folder;
        this.options = options;
    }

    /** Runs it under the folder's lock. */
    ExportReport run() {
        long start = System.nanoTime();
        if (options.name() != null) {
            Folders.requireFree(folder.resolve(options.name()));
        }
        Folders.removeUnfinished(folder);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Written> written = jdbc.inTransaction(SNAPSHOT, (tx, connection) -> write(tx));
            if (written.isPresent()) {
                Written done = written.get();
                Path path = folder.resolve(done.name());
                whole(done.unfinished(), () -> {
                    finish(done.unfinished(), done.manifest());
                    Folders.publish(done.unfinished(), path);
                    return path;
                });
                Duration time = Duration.ofNanos(System.nanoTime() - start);
                LOG.info("exported {} rows in {} ms", done.manifest().rows(), time.toMillis());
                return new ExportReport(path, done.manifest(), time, done.leftOut());
            }
        }
        throw new BackupException(
                Kind.DATABASE, jdbc.options().schema(), "its tables were changed while the export began", null);
    }

    /** Writes the tables; empty if they were changed before they could be locked. */
    private Optional<Written> write(Jdbc tx) {
        Moment moment = tx.one(Sql.of(MOMENT), Export::moment);
        tx.list(Sql.of(SETTINGS), row -> row.text("done"));
        int version = Migrations.current(tx);
        requireKnown(version);
        StoreTables store = new StoreTables(tx, version, options.hashes());
        store.lock();
        if (store.changed()) {
            return Optional.empty();
        }
        String schema = jdbc.options().schema();
        String name = options.name() == null ? schema + "-" + MOMENT_NAME.format(moment.now()) : options.name();
        Folders.requireFree(folder.resolve(name));
        BackupFolder unfinished = Folders.unfinished(folder.resolve(name));
        return whole(unfinished, () -> {
            List<BackupTable> tables = tables(tx, store.tables(), unfinished);
            List<BackupSequence> sequences = store.sequences();
            BackupManifest manifest = new BackupManifest(
                    BackupManifest.FORMAT,
                    libraryVersion(),
                    moment.database(),
                    schema,
                    version,
                    moment.server(),
                    moment.encoding(),
                    moment.snapshot(),
                    moment.now(),
                    tx.now(),
                    options.hashes(),
                    options.binary(),
                    tables,
                    sequences);
            return Optional.of(new Written(name, unfinished, manifest, store.leftOut()));
        });
    }

    private void requireKnown(int version) {
        String schema = jdbc.options().schema();
        if (version == 0) {
            throw new SchemaException("schema " + schema + " is not migrated: there is nothing to export", null, null);
        }
        if (version > migrations.latest()) {
            throw new SchemaException(
                    "schema " + schema + " has version " + version + " and this library knows only "
                            + migrations.latest() + ": export with the newer library",
                    null,
                    null);
        }
    }

    private List<BackupTable> tables(Jdbc tx, List<StoreTable> tables, BackupFolder unfinished) throws IOException {
        PrivateFiles.createFolders(unfinished.data());
        Progress progress = new Progress(
                options.progress(),
                tables.stream().mapToLong(StoreTable::estimate).sum());
        List<BackupTable> written = new ArrayList<>();
        try (Compression compression = new Compression(options.threads())) {
            for (StoreTable table : tables) {
                written.add(table(tx, table, unfinished, compression, progress));
            }
        }
        return written;
    }

    private BackupTable table(
            Jdbc tx, StoreTable table, BackupFolder unfinished, Compression compression, Progress progress) {
        Path folder = unfinished.table(table.name());
        try (TableWriter writer = new TableWriter(folder, table.name(), options, compression, progress)) {
            String copy = tx.inSchema(table.copy(options.binary()));
            tx.onConnection("backup.export", connection -> CopyOutput.run(connection, copy, writer));
            return writer.finish(table.columns(), table.months());
        } catch (DatabaseException e) {
            throw new BackupException(Kind.DATABASE, table.name(), Foreign.message(e), e);
        }
    }

    private static void finish(BackupFolder unfinished, BackupManifest manifest) throws IOException {
        SyncedFile.sync(unfinished.data());
        try (SyncedFile file = new SyncedFile(unfinished.manifest())) {
            file.write(ManifestFile.bytes(manifest));
            file.finish();
        }
    }

    /** Removes the unfinished folder where the work fails, which may make room on a full disk. */
    private static <T> T whole(BackupFolder unfinished, Writing<T> work) {
        boolean done = false;
        try {
            T result = work.run();
            done = true;
            return result;
        } catch (IOException e) {
            throw BackupFolder.unusable(unfinished.path().toString(), "cannot be written", e);
        } finally {
            if (!done) {
                Folders.discard(unfinished.path());
            }
        }
    }

    private static String libraryVersion() {
        return Objects.requireNonNullElse(Export.class.getPackage().getImplementationVersion(), "unknown");
    }

    private static Moment moment(Row row) throws SQLException {
        return new Moment(
                row.instant("now"),
                row.text("snapshot"),
                row.text("database"),
                row.integer("server"),
                row.text("encoding"));
    }

    /** Work that writes files. */
    @FunctionalInterface
    private interface Writing<T> {
        T run() throws IOException;
    }

    /** The moment of the snapshot, and the server that took it. */
    private record Moment(Instant now, String snapshot, String database, int server, String encoding) {}

    /** A backup whose tables are written, and its manifest not yet. */
    private record Written(String name, BackupFolder unfinished, BackupManifest manifest, List<String> leftOut) {}
}
