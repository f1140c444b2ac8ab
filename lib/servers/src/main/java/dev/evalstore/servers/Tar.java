package dev.evalstore.servers;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Unpacks the archives that PostgreSQL's programs come in: files, folders and links, with names of at most 100 bytes. */
final class Tar {
    private static final int BLOCK = 512;
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private Tar() {}

    static void unpack(InputStream archive, Path folder) throws IOException {
        DataInputStream in = new DataInputStream(archive);
        byte[] header = new byte[BLOCK];
        while (true) {
            in.readFully(header);
            String name = text(header, 0, 100);
            if (name.isEmpty()) {
                return;
            }
            Path path = inside(folder, folder.resolve(name));
            long size = number(header, 124, 12);
            switch (header[156]) {
                case '5' -> Files.createDirectories(path);
                case '2' -> {
                    Files.createDirectories(path.getParent());
                    Path target = Path.of(text(header, 157, 100));
                    inside(folder, path.resolveSibling(target));
                    Files.createSymbolicLink(path, target);
                }
                case '0', 0 -> {
                    Files.createDirectories(path.getParent());
                    write(in, size, path);
                    if (POSIX) {
                        boolean isProgram = (number(header, 100, 8) & 0100) != 0;
                        Files.setPosixFilePermissions(
                                path, PosixFilePermissions.fromString(isProgram ? "rwxr-xr-x" : "rw-r--r--"));
                    }
                }
                default -> throw new IOException("the archive has an entry of a kind that is not known");
            }
        }
    }

    private static Path inside(Path folder, Path path) throws IOException {
        Path plain = path.normalize();
        if (!plain.startsWith(folder)) {
            throw new IOException("the archive has an entry outside its folder");
        }
        return plain;
    }

    private static void write(InputStream in, long size, Path path) throws IOException {
        byte[] bytes = new byte[64 * 1024];
        try (var out = Files.newOutputStream(path)) {
            long left = size;
            while (left > 0) {
                int n = in.readNBytes(bytes, 0, (int) Math.min(bytes.length, left));
                if (n == 0) {
                    throw new EOFException("the archive is cut off");
                }
                out.write(bytes, 0, n);
                left -= n;
            }
        }
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }

    private static long number(byte[] header, int from, int length) {
        String digits = text(header, from, length).strip();
        return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }
}
