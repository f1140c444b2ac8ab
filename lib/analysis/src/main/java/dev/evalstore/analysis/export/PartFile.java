package dev.evalstore.analysis.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file on its way: written beside the one that it becomes, and removed unless it was completed. */
final class PartFile implements AutoCloseable {
    private final Path file;
    private final Path part;
    private final FileChannel channel;

    private PartFile(Path file, Path part) throws IOException {
        this.file = file;
        this.part = part;
        this.channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    static PartFile beside(Path file) throws IOException {
        Path name = file.getFileName();
        if (name == null || Files.isDirectory(file)) {
            throw new IllegalArgumentException("file must name a file, not a folder");
        }
        return new PartFile(file, file.resolveSibling(name + "." + UUID.randomUUID() + ".part"));
    }

    OutputStream stream() {
        return Channels.newOutputStream(channel);
    }

    /** On disk before it takes the name: a crash of the machine leaves no empty file there. */
    void complete() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(part);
    }
}
