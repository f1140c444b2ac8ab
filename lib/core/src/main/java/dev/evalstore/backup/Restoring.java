package dev.evalstore.backup;

import dev.evalstore.SchemaException;
import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Migrations;
import dev.evalstore.internal.schema.SchemaBuild;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Loads a backup into a schema, in one transaction: other sessions see nothing of it, or all. */
final class Restoring {
    /** Below so many rows to take an index away and make it again takes longer than to fill it row by row. */
    private static final long LARGE = 10_000;

    /** Tables of which each store has its own rows. */
    private static final Set<String> OWN = Set.of("replica_heartbeats", "state_incarnation", "unit_changes");

    private static final String NO_TIMEOUTS = """
            /* restore.no_timeouts */ select set_config(name, '0', true) as value from pg_settings
            where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')""";

    private static final String SERVER = """
            /* restore.server */ select current_setting('server_version_num')::int as version,
                current_setting('server_encoding') as encoding""";

    private static final String TABLES = """
            /* restore.tables */ select c.relname::text as name from pg_class c
            where c.relnamespace = (select n.oid from pg_namespace n where n.nspname = ?) and c.relkind in ('r', 'p')
                and not c.relispartition and c.relname <> 'evalstore_schema_history'
            order by c.relname""";

    private static final String FILLED = """
            select '{table}' as name where exists (select from evalstore."{table}")""";

    private static final String LOAD = """
            /* restore.load */ copy evalstore.{table} ({columns}) from stdin (format {format})""";

    private static final String MONTH = """
            /* restore.month */ select evalstore.create_partition(?, ?) as made""";

    private static final String SEQUENCE = """
            /* restore.sequence */ select setval(c.oid::regclass, ?, ?) as number from pg_class c
            where c.relnamespace = (select n.oid from pg_namespace n where n.nspname = ?) and c.relname = ?
                and c.relkind = 'S'""";

    private final BackupFolder backup;
    private final BackupManifest manifest;
    private final Migrations migrations;
    private final RestoreOptions options;
    private final long started = System.nanoTime();

    /** @throws BackupException if the backup is not whole */
    Restoring(BackupFolder backup, Migrations migrations, RestoreOptions options) {
        this.backup = backup;
        this.migrations = migrations;
        this.options = options;
        this.manifest = new Verification(backup).run();
        if (manifest.schemaVersion() > migrations.latest()) {
            throw refused(
                    Kind.NEWER_SCHEMA,
                    "schema version " + manifest.schemaVersion() + ", and this library knows only "
                            + migrations.latest() + ": restore with the library that made the backup, or a newer one");
        }
        if (!manifest.hashes() && options.keys() == RestoredKeys.KEEP) {
            throw refused(Kind.NO_HASHES, "it has no hashes, so no key can be kept");
        }
    }

    BackupManifest manifest() {
        return manifest;
    }

    /** @throws SchemaException if the schema has rows, or objects in the way */
    RestoreReport run() {
        return migrations.building(this::run);
    }

    /** Within the build's transaction. */
    RestoreReport run(SchemaBuild build) {
        Jdbc tx = build.tx();
        tx.list(Sql.of(NO_TIMEOUTS), row -> row.text("value"));
        requireServer(tx);
        requireEmpty(tx, build);
        build.clear();
        build.migrate(manifest.schemaVersion());
        requireTables(tx);
        Withheld withheld = new Withheld(tx, manifest);
        Deferred deferred = new Deferred(tx);
        deferred.take(manifest.tables().stream()
                .filter(table -> table.rows() >= LARGE)
                .map(BackupTable::name)
                .toList());
        withheld.before(deferred);
        load(tx);
        manifest.sequences()
                .forEach(sequence -> tx.list(
                        Sql.of(
                                SEQUENCE,
                                sequence.lastValue(),
                                sequence.called(),
                                tx.options().schema(),
                                sequence.name()),
                        row -> row.bigint("number")));
        withheld.after();
        deferred.make();
        build.migrate(migrations.latest());
        StoreRepairs repairs = Repairs.run(tx, options.keys());
        tx.script(
                "restore.analyze",
                manifest.tables().stream()
                        .map(table -> tx.inSchema("analyze evalstore." + table.name()))
                        .collect(Collectors.joining("; ")));
        return new RestoreReport(
                tx.options().schema(),
                manifest.snapshotAt(),
                manifest.schemaVersion(),
                migrations.latest(),
                manifest.tables().size(),
                manifest.rows(),
                manifest.bytes(),
                withheld.passwords(),
                withheld.webhooks(),
                repairs,
                Duration.ofNanos(System.nanoTime() - started));
    }

    private void requireServer(Jdbc tx) {
        int version = tx.one(Sql.of(SERVER), row -> row.integer("version"));
        if (manifest.binary() && version / 10_000 != manifest.serverVersion() / 10_000) {
            throw refused(
                    Kind.OTHER_SERVER,
                    "binary, which a server of version " + manifest.serverVersion() / 10_000
                            + " alone reads, and this is one of version " + version / 10_000);
        }
    }

    /** A schema that was migrated and never used may be in the way; its tables are locked before they are looked into. */
    private void requireEmpty(Jdbc tx, SchemaBuild build) {
        if (build.version() == 0) {
            return;
        }
        List<String> tables = tables(tx);
        tx.script(
                "restore.lock",
                tables.stream()
                        .map(table -> tx.inSchema("evalstore.\"" + table + "\""))
                        .collect(Collectors.joining(", ", "lock table ", " in access exclusive mode")));
        String filled = "/* restore.filled */ "
                + tables.stream()
                        .filter(table -> !OWN.contains(table))
                        .map(table -> FILLED.replace("{table}", table))
                        .collect(Collectors.joining(" union all "));
        List<String> names = tx.list(Sql.of(filled), row -> row.text("name"));
        if (!names.isEmpty()) {
            throw new SchemaException(
                    "schema " + tx.options().schema() + " has rows, in " + names.get(0)
                            + " first: restore into another schema by Database.withSchema, or drop this one",
                    null,
                    null);
        }
    }

    private static List<String> tables(Jdbc tx) {
        return tx.list(Sql.of(TABLES, tx.options().schema()), row -> row.text("name"));
    }

    private void requireTables(Jdbc tx) {
        List<String> present = tables(tx);
        manifest.tables().stream()
                .map(BackupTable::name)
                .filter(name -> !present.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw refused(Kind.DATABASE, "the library's schema has no table " + name);
                });
    }

    private void load(Jdbc tx) {
        Progress progress = new Progress(options.progress(), manifest.rows());
        for (BackupTable table : manifest.tables()) {
            for (String month : table.months()) {
                tx.list(Sql.of(MONTH, table.name(), YearMonth.parse(month).atDay(1)), row -> row.bool("made"));
            }
            long rows = 0;
            long bytes = 0;
            List<BackupFile> files = OWN.contains(table.name()) ? List.of() : table.files();
            for (BackupFile file : files) {
                load(tx, table, file, new Watched(progress, table.name(), file, rows, bytes));
                rows += file.rows();
                bytes += file.bytes();
            }
            progress.done(table.name(), table.rows(), table.bytes());
        }
    }

    private void load(Jdbc tx, BackupTable table, BackupFile file, Watched watched) {
        String columns =
                table.columns().stream().map(column -> '"' + column + '"').collect(Collectors.joining(", "));
        String copy = LOAD.replace("{table}", table.name())
                .replace("{columns}", columns)
                .replace("{format}", manifest.binary() ? "binary" : "text");
        try (BackupInput in = BackupInput.open(backup, table, file)) {
            long loaded = tx.copyIn(copy, watched.of(in));
            // COPY may end before the file does, at an end of data that is none of the export's.
            if (loaded != file.rows() || in.read() >= 0) {
                String place = BackupFolder.place(table.name(), file.name());
                throw new BackupException(
                        Kind.CONTENT_DIFFERS, place, loaded + " rows loaded, and not " + file.rows(), null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BackupException refused(Kind kind, String message) {
        return new BackupException(kind, BackupFolder.MANIFEST, message, null);
    }

    /** Tells how far a file is, its rows by its bytes. */
    private record Watched(Progress progress, String table, BackupFile file, long rows, long bytes) {
        InputStream of(InputStream in) {
            return new FilterInputStream(in) {
                private long read;

                @Override
                public int read(byte[] to, int from, int length) throws IOException {
                    int count = super.read(to, from, length);
                    if (count > 0) {
                        read += count;
                        long part = (long) ((double) read / Math.max(1, file.bytes()) * file.rows());
                        progress.at(table, rows + Math.min(part, file.rows()), bytes + read);
                    }
                    return count;
                }
            };
        }
    }
}
