package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What lies in a folder of backups. Everything that writes there holds its {@link FolderLock}. */
final class Folders {
    private static final Logger LOG = LoggerFactory.getLogger(Backup.class);

    /** Begins with a dot, which no backup's name does, so that it takes no name away. */
    private static final String UNFINISHED = ".unfinished-";

    private Folders() {}

    /** Where the backup of that path lies until it is finished. */
    static BackupFolder unfinished(Path backup) {
        return new BackupFolder(backup.resolveSibling(UNFINISHED + backup.getFileName()));
    }

    /** @throws BackupException if there is a file or folder of that name */
    static void requireFree(Path path) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new BackupException(Kind.NAME_TAKEN, path.toString(), "is there already", null);
        }
    }

    /** Removes what exports and deletions that were broken off have left. */
    static void removeUnfinished(Path folder) {
        for (Path path : list(folder)) {
            if (path.getFileName().toString().startsWith(UNFINISHED)) {
                remove(path);
            }
        }
    }

    /** The folders that a backup may be, by name. */
    static List<Path> candidates(Path folder) {
        return list(folder).stream()
                .filter(path -> !path.getFileName().toString().startsWith(".")
                        && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                .sorted()
                .toList();
    }

    /** Gives the finished backup its name. */
    static void publish(BackupFolder unfinished, Path path) {
        requireFree(path);
        try {
            SyncedFile.sync(unfinished.path());
            Files.move(unfinished.path(), path, StandardCopyOption.ATOMIC_MOVE);
            SyncedFile.sync(Objects.requireNonNull(path.toAbsolutePath().getParent()));
        } catch (IOException e) {
            throw BackupFolder.unusable(path.toString(), "cannot be given its name", e);
        }
    }

    /** Deletes a backup; if that is broken off, the rest is unfinished. */
    static void delete(Path backup) {
        Path doomed = unfinished(backup).path();
        try {
            Files.move(backup, doomed, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw BackupFolder.unusable(backup.toString(), "cannot be deleted", e);
        }
        remove(doomed);
    }

    /** Removes a folder and what is in it, following no link. */
    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> paths = new ArrayList<>(all.toList());
            for (int i = paths.size() - 1; i >= 0; i--) {
                Files.deleteIfExists(paths.get(i));
            }
        } catch (IOException | UncheckedIOException e) {
            throw BackupFolder.unusable(folder.toString(), "cannot be removed", cause(e));
        }
    }

    /** Removes what a failed export has left, if that can be done; the next one tries it again. */
    static void discard(Path folder) {
        try {
            if (Files.exists(folder)) {
                remove(folder);
            }
        } catch (BackupException e) {
            LOG.warn("an unfinished backup is left: {}", e.getMessage());
        }
    }

    private static List<Path> list(Path folder) {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(paths::add);
            return paths;
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw BackupFolder.unusable(folder.toString(), "cannot be read", cause(e));
        }
    }

    /** What a stream of files threw. */
    static IOException cause(Exception e) {
        return e instanceof IOException io ? io : e.getCause() instanceof IOException io ? io : new IOException(e);
    }
}
