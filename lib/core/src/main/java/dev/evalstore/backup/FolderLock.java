package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.internal.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * Lets one process at a time write backups into a folder. The operating system ends the lock with the process, so what is
 * unfinished while it is held is nobody's.
 */
final class FolderLock {
    private static final String FILE = ".evalstore-backup.lock";

    private FolderLock() {}

    /**
     * Does the work under the lock, and makes the folder if there is none.
     *
     * @throws BackupException if another process, or thread, writes a backup there; if the folder cannot be written
     */
    static <T> T holding(Path folder, Supplier<T> work) {
        try (FileChannel channel = open(folder)) {
            if (!lock(channel, folder)) {
                throw new BackupException(Kind.BUSY, folder.toString(), "another export works in this folder", null);
            }
            return work.get();
        } catch (IOException e) {
            throw BackupFolder.unusable(folder.toString(), "cannot be unlocked", e);
        }
    }

    private static FileChannel open(Path folder) {
        try {
            PrivateFiles.createFolders(folder);
            Path file = folder.resolve(FILE);
            PrivateFiles.createFile(file);
            return FileChannel.open(file, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new BackupException(Kind.UNUSABLE, folder.toString(), "is no folder", e);
        } catch (IOException e) {
            throw BackupFolder.unusable(folder.toString(), "cannot be written", e);
        }
    }

    private static boolean lock(FileChannel channel, Path folder) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            throw BackupFolder.unusable(folder.toString(), "cannot be locked", e);
        }
    }
}
