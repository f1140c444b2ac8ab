package dev.evalstore.backup;

import dev.evalstore.internal.Check;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a backup holds, as its {@code manifest.json} says it.
 *
 * @param format the version of the format, {@link #FORMAT} in backups of this library
 * @param libraryVersion the version of the library that exported, or {@code "unknown"} where its jar does not say
 * @param database the name of the database that was exported from
 * @param schema the PostgreSQL schema that was exported
 * @param schemaVersion the number of the newest migration that the schema had
 * @param serverVersion the server's version as a number, such as 180006
 * @param encoding the encoding of the database and of text files, always UTF8
 * @param snapshot the server's name for the moment, as {@code pg_current_snapshot} gives it
 * @param snapshotAt the moment that all tables show, by the server's clock
 * @param createdAt when the last row had been read, by the server's clock
 * @param hashes whether hashes of passwords and keys, and secrets of webhooks, are in it
 * @param binary whether the files are in the binary format of COPY, which servers of the same major version alone read
 * @param tables every table of the schema but those that no backup holds, by name
 * @param sequences every sequence of the schema, those of identity columns included, by name
 */
public record BackupManifest(
        int format,
        String libraryVersion,
        String database,
        String schema,
        int schemaVersion,
        int serverVersion,
        String encoding,
        String snapshot,
        Instant snapshotAt,
        Instant createdAt,
        boolean hashes,
        boolean binary,
        List<BackupTable> tables,
        List<BackupSequence> sequences) {
    /** The version of the format that this library writes, and the newest that it reads. */
    public static final int FORMAT = 1;

    public BackupManifest {
        Check.range("format", format, 1, FORMAT);
        Objects.requireNonNull(libraryVersion, "libraryVersion");
        Check.text("database", database);
        Check.text("schema", schema);
        Check.range("schemaVersion", schemaVersion, 1, Integer.MAX_VALUE);
        Check.range("serverVersion", serverVersion, 1, Integer.MAX_VALUE);
        Objects.requireNonNull(encoding, "encoding");
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(snapshotAt, "snapshotAt");
        Objects.requireNonNull(createdAt, "createdAt");
        tables = Check.list("tables", tables);
        sequences = Check.list("sequences", sequences);
        Set<String> names = new HashSet<>();
        if (!tables.stream().map(BackupTable::name).allMatch(names::add)) {
            throw new IllegalArgumentException("tables must have different names");
        }
    }

    /** The table of that name, or empty if the backup has none. */
    public Optional<BackupTable> table(String name) {
        return tables.stream().filter(table -> table.name().equals(name)).findFirst();
    }

    /** The rows of all tables. */
    public long rows() {
        return tables.stream().mapToLong(BackupTable::rows).sum();
    }

    /** The bytes of all tables before compression. */
    public long bytes() {
        return tables.stream().mapToLong(BackupTable::bytes).sum();
    }

    /** The bytes of all files of tables, as they are stored. */
    public long storedBytes() {
        return tables.stream()
                .flatMap(table -> table.files().stream())
                .mapToLong(BackupFile::storedBytes)
                .sum();
    }
}
