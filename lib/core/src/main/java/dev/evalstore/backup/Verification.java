package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.internal.schema.Made;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Compares the files of a backup with its manifest. */
final class Verification {
    private static final int MAX_PROBLEMS = 100;
    private static final int BUFFER = 64 * 1024;

    private final BackupFolder backup;
    private final List<BackupProblem> problems = new ArrayList<>();

    Verification(BackupFolder backup) {
        this.backup = backup;
    }

    /** Everything, by reading every byte. */
    BackupManifest run() {
        BackupManifest manifest = ManifestFile.read(backup);
        Set<Path> known = known(manifest);
        for (BackupTable table : manifest.tables()) {
            for (BackupFile file : table.files()) {
                content(manifest, table, file);
            }
        }
        unknown(known);
        Made.upTo(manifest.schemaVersion()).tables().keySet().stream()
                .filter(name -> !StoreTables.NEVER.contains(name)
                        && manifest.table(name).isEmpty())
                .forEach(name -> found(List.of(new BackupProblem(
                        Kind.INCOMPLETE,
                        BackupFolder.MANIFEST,
                        BackupFolder.MANIFEST + ": lacks the table " + name + ", which version "
                                + manifest.schemaVersion() + " of the schema has"))));
        return whole(manifest);
    }

    /** That exactly the files of the manifest are there, and have their sizes; none is read. */
    BackupManifest outline() {
        BackupManifest manifest = ManifestFile.read(backup);
        for (BackupTable table : manifest.tables()) {
            for (BackupFile file : table.files()) {
                try {
                    BackupInput.size(backup, table, file);
                } catch (BackupException e) {
                    found(e.problems());
                }
            }
        }
        unknown(known(manifest));
        return whole(manifest);
    }

    private BackupManifest whole(BackupManifest manifest) {
        if (!problems.isEmpty()) {
            throw new BackupException(problems, null);
        }
        return manifest;
    }

    private void content(BackupManifest manifest, BackupTable table, BackupFile file) {
        String place = BackupFolder.place(table.name(), file.name());
        try (BackupInput in = BackupInput.open(backup, table, file)) {
            long rows = manifest.binary() ? BinaryRows.count(in) : textRows(in);
            if (rows != file.rows()) {
                found(List.of(new BackupProblem(
                        Kind.CONTENT_DIFFERS, place, place + ": " + rows + " rows, and not " + file.rows())));
            }
        } catch (BackupException e) {
            found(e.problems());
        } catch (IOException e) {
            found(BackupFolder.unusable(place, "cannot be read", e).problems());
        }
    }

    /** Every row ends in a line feed; one in a value is written as a backslash and an n. */
    private static long textRows(BackupInput in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long rows = 0;
        for (int count = in.read(buffer, 0, BUFFER); count >= 0; count = in.read(buffer, 0, BUFFER)) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    rows++;
                }
            }
        }
        return rows;
    }

    private Set<Path> known(BackupManifest manifest) {
        Set<Path> known = new HashSet<>();
        known.add(backup.manifest());
        for (BackupTable table : manifest.tables()) {
            table.files().forEach(file -> known.add(backup.file(table, file)));
        }
        return known;
    }

    private void unknown(Set<Path> known) {
        try (Stream<Path> all = Files.walk(backup.path())) {
            all.filter(path -> !known.contains(path)
                            && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                            && !backup.isNote(path))
                    .sorted()
                    .forEach(path -> {
                        String place = backup.path().relativize(path).toString().replace('\\', '/');
                        found(List.of(new BackupProblem(Kind.FILE_UNKNOWN, place, place + ": not in the manifest")));
                    });
        } catch (IOException | UncheckedIOException e) {
            throw BackupFolder.unusable(backup.path().toString(), "cannot be read", Folders.cause(e));
        }
    }

    private void found(List<BackupProblem> more) {
        more.stream().limit(MAX_PROBLEMS - problems.size()).forEach(problems::add);
    }
}
