package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the files of a backup lie: {@code manifest.json}, and {@code data/<table>/<number>.copy.gz}. A backup that is not
 * finished lies beside its later name, as {@code .unfinished-<name>}.
 *
 * @param path the backup's own folder
 */
record BackupFolder(Path path) {
    static final String MANIFEST = "manifest.json";
    static final String DATA = "data";

    private static final Pattern KEEP = Pattern.compile("KEEP(\\.[^.]+)?");

    BackupFolder {
        Objects.requireNonNull(path, "backup");
    }

    Path manifest() {
        return path.resolve(MANIFEST);
    }

    Path data() {
        return path.resolve(DATA);
    }

    Path table(String table) {
        return data().resolve(table);
    }

    Path file(BackupTable table, BackupFile file) {
        return table(table.name()).resolve(file.name());
    }

    /** Whether the file is a note beside the manifest that says that the backup is to be kept: {@code KEEP}, or {@code KEEP.txt}. */
    boolean isNote(Path file) {
        return path.equals(file.getParent())
                && KEEP.matcher(file.getFileName().toString()).matches()
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** @throws IOException if the folder cannot be listed */
    boolean hasNote() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.anyMatch(this::isNote);
        }
    }

    /** The path of a file inside the backup, for messages; the same on every system. */
    static String place(String table, String file) {
        return DATA + "/" + table + "/" + file;
    }

    /** A failure of the file system, with its reason. */
    static BackupException unusable(String place, String what, IOException e) {
        return e instanceof ClosedByInterruptException
                ? new BackupException(Kind.INTERRUPTED, place, "its thread was interrupted", e)
                : new BackupException(Kind.UNUSABLE, place, what + ": " + reason(e), e);
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e.getMessage();
        return reason == null ? e.getClass().getName() : reason;
    }
}
