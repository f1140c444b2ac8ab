package dev.evalstore.testing.faults;

import dev.evalstore.servers.Folders;
import dev.evalstore.servers.Programs;
import dev.evalstore.servers.ServerFailedException;
import dev.evalstore.servers.ServerFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folders for servers, each locked by its JVM. A lock goes with its JVM, so what nobody has locked was left by one that was killed:
 * its server is stopped, and the folder deleted.
 */
final class ServerFolders {
    /** A folder may be so old before it is locked. */
    private static final Duration UNLOCKED = Duration.ofMinutes(1);

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** How much must be free in memory, before the disk is taken instead. */
    private static final long ROOM = 4L << 30;

    private static final Path MEMORY = Path.of("/dev/shm");

    /** Those of this JVM: a channel that nothing refers to is closed by the garbage collector, and its lock is gone. */
    private static final Queue<FileLock> HELD = new ConcurrentLinkedQueue<>();

    /** Cleaned before this JVM has locked anything in them: who opens a file that is locked here loses the lock. */
    private static final Map<Path, Path> CLEANED = new ConcurrentHashMap<>();

    private ServerFolders() {}

    /** Where temporary files are, or where the property says. */
    static Path onDisk() {
        return Path.of(System.getProperty(ServerProcess.FOLDER, System.getProperty("java.io.tmpdir")));
    }

    /** A file system in memory with room, where there is one; containers often have a small one. */
    static Path inMemory() {
        try {
            boolean hasRoom = System.getProperty(ServerProcess.FOLDER) == null
                    && Files.isWritable(MEMORY)
                    && Files.getFileStore(MEMORY).type().equals("tmpfs")
                    && Files.getFileStore(MEMORY).getUsableSpace() >= ROOM;
            return hasRoom ? MEMORY : onDisk();
        } catch (IOException e) {
            return onDisk();
        }
    }

    /** A new folder, this JVM's until its end. */
    static Path create(Path place) throws IOException {
        Path parent = CLEANED.computeIfAbsent(place, ServerFolders::cleaned);
        Path folder = Files.createTempDirectory(parent, "server");
        FileLock lock = lock(folder);
        if (lock == null) {
            throw new IOException("the new folder is locked");
        }
        HELD.add(lock);
        return folder;
    }

    private static Path cleaned(Path place) {
        try {
            Path parent =
                    Files.createDirectories(place.resolve("evalstore-servers-" + System.getProperty("user.name")));
            try (Stream<Path> found = Files.list(parent)) {
                List<Path> old = found.filter(ServerFolders::isOld).toList();
                old.forEach(ServerFolders::removeIfLeft);
            }
            return parent;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOld(Path folder) {
        try {
            return Files.getLastModifiedTime(folder)
                    .toInstant()
                    .isBefore(Instant.now().minus(UNLOCKED));
        } catch (IOException e) {
            return false;
        }
    }

    private static void removeIfLeft(Path folder) {
        try (FileLock lock = lock(folder)) {
            if (lock != null) {
                new ServerFolder(Programs.shared(), folder.resolve("data"), "server.log").stop(TIMEOUT);
                Folders.delete(folder);
                lock.acquiredBy().close();
            }
        } catch (IOException | UncheckedIOException | ServerFailedException e) {
            // Another run removes it at the same time, or the next one does.
        }
    }

    private static @Nullable FileLock lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
        }
        return lock;
    }
}
