package dev.evalstore.analysis.internal;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way: written beside the one that it becomes, and removed unless it was completed. Through symbolic links it
 * becomes what they point to. It gets the permissions of a file that it replaces, and its owner and group where the process may
 * give them; where it may not, the group has no permissions.
 */
public final class PartFile implements AutoCloseable {
    private static final int MAX_LINKS = 40;

    /** Of a part that replaces a file, until it has that file's permissions. */
    private static final FileAttribute<?>[] OWNERS_ALONE = {
        PosixFilePermissions.asFileAttribute(
                EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE))
    };

    private final Path file;
    private final Path part;
    private final FileChannel channel;

    private PartFile(Path file, Path part, FileChannel channel) {
        this.file = file;
        this.part = part;
        this.channel = channel;
    }

    /**
     * Makes the part, empty.
     *
     * @throws IllegalArgumentException if the path is that of a folder, a device or a pipe, or has no name
     */
    public static PartFile beside(Path given) throws IOException {
        if (given.getFileName() == null || Files.exists(given) && !Files.isRegularFile(given)) {
            throw new IllegalArgumentException("file must name a file, not a folder or a device");
        }
        Path file = resolved(given);
        // Not by the file's own name, which may be as long as a name can be.
        Path part = file.resolveSibling(UUID.randomUUID() + ".part");
        return new PartFile(
                file,
                part,
                FileChannel.open(
                        part,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        attributes(file) == null ? new FileAttribute<?>[0] : OWNERS_ALONE));
    }

    private static Path resolved(Path given) throws IOException {
        Path file = given;
        for (int links = 0; Files.isSymbolicLink(file); links++) {
            if (links == MAX_LINKS) {
                throw new FileSystemLoopException(given.toString());
            }
            file = file.resolveSibling(Files.readSymbolicLink(file));
        }
        return file;
    }

    /** Of a file that is there, on a system that has permissions. */
    private static @Nullable PosixFileAttributes attributes(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return view != null && Files.exists(file) ? view.readAttributes() : null;
    }

    public OutputStream stream() {
        return Channels.newOutputStream(channel);
    }

    /** On disk before it takes the name, and the name after it: a crash of the machine leaves no empty file there. */
    public void complete() throws IOException {
        PosixFileAttributes replaced = attributes(file);
        if (replaced != null) {
            takeOver(replaced);
        }
        channel.force(true);
        channel.close();
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        sync(file.toAbsolutePath().getParent());
    }

    private void takeOver(PosixFileAttributes replaced) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(part, PosixFileAttributeView.class);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        permissions.addAll(replaced.permissions());
        PosixFileAttributes own = view.readAttributes();
        if (!own.group().equals(replaced.group()) && !isDone(() -> view.setGroup(replaced.group()))) {
            // What the file's group could do is not for the group of this process.
            permissions.removeIf(permission -> permission.name().startsWith("GROUP"));
        }
        if (!own.owner().equals(replaced.owner())) {
            isDone(() -> view.setOwner(replaced.owner()));
        }
        view.setPermissions(permissions);
    }

    /** Few processes may give a file to another owner or to any group. */
    private static boolean isDone(Change change) {
        try {
            change.make();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void sync(@Nullable Path folder) throws IOException {
        // Windows opens no folder.
        if (folder == null || File.separatorChar == '\\' || folder.getFileSystem() != FileSystems.getDefault()) {
            return;
        }
        try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
            opened.force(true);
        } catch (AccessDeniedException e) {
            // It can be written and not read: the name is there, if not yet on the disk.
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            Files.deleteIfExists(part);
        }
    }

    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }
}
