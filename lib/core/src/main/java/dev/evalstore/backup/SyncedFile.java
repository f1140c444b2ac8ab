package dev.evalstore.backup;

import dev.evalstore.internal.PrivateFiles;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** A new file, its owner's alone, whose bytes are on the disk when it is finished. An interrupt does not close it. */
final class SyncedFile implements AutoCloseable {
    private final FileOutputStream out;
    private final MessageDigest digest = Hashes.sha256();
    private long size;

    SyncedFile(Path path) throws IOException {
        PrivateFiles.createFile(path);
        this.out = new FileOutputStream(path.toFile());
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
        digest.update(bytes);
        size += bytes.length;
    }

    long size() {
        return size;
    }

    /** The SHA-256 of what was written, which is on the disk then. */
    String finish() throws IOException {
        out.getFD().sync();
        out.close();
        return Hashes.hex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Puts the names in a folder on the disk, too; on Windows that is not asked for. */
    static void sync(Path folder) throws IOException {
        if (File.separatorChar == '\\') {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
