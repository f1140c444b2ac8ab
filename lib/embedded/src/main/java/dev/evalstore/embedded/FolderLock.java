package dev.evalstore.embedded;

import dev.evalstore.embedded.EmbeddedStoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One process at a time: a lock that the system takes back when the process ends, however it ends. */
final class FolderLock implements AutoCloseable {
    /**
     * The folders that this process has open. They are looked at first: where a process opens and closes a file that it has locked,
     * its lock is gone.
     */
    private static final Set<Path> MINE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** Takes the lock of a folder, given by its real path. */
    static FolderLock take(Path folder) throws IOException {
        if (!MINE.add(folder)) {
            throw inUse(folder, "this process, " + ProcessHandle.current().pid() + ",");
        }
        try {
            return new FolderLock(folder, lock(folder));
        } catch (IOException | RuntimeException e) {
            MINE.remove(folder);
            throw e;
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel = FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // By a class of another loader. The channel stays open: closing it would take that one's lock.
            throw inUse(folder, "this process, " + ProcessHandle.current().pid() + ",");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        if (lock == null) {
            String pid = read(channel);
            channel.close();
            throw inUse(folder, pid.isEmpty() ? "another process" : "process " + pid);
        }
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        return channel;
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(20);
        int length = Math.max(0, channel.read(bytes, 0));
        return new String(bytes.array(), 0, length, StandardCharsets.US_ASCII).replaceAll("[^0-9]", "");
    }

    private static EmbeddedStoreException inUse(Path folder, String who) {
        return new EmbeddedStoreException(
                Reason.IN_USE,
                who + " has the store in " + folder
                        + " open, and one process at a time may. Close it there; for several"
                        + " processes, run a PostgreSQL server",
                null);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            MINE.remove(folder);
        }
    }
}
