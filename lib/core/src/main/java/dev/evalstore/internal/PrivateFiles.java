package dev.evalstore.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Folders and files that nobody but their owner may read, where the file system knows of that. */
public final class PrivateFiles {
    private static final String FOLDER = "rwx------";
    private static final String FILE = "rw-------";

    private PrivateFiles() {}

    /** Makes the folder, which must not be there. */
    public static void createFolder(Path folder) throws IOException {
        Files.createDirectory(folder, only(folder, FOLDER));
    }

    /** Makes the folder, and those above it, where they are missing. Those that are there stay as they are. */
    public static void createFolders(Path folder) throws IOException {
        Files.createDirectories(folder, only(folder, FOLDER));
    }

    /** Makes an empty file unless there is one. */
    public static void createFile(Path file) throws IOException {
        Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), only(file, FILE))
                .close();
    }

    private static FileAttribute<?>[] only(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
