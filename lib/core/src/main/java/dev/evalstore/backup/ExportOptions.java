package dev.evalstore.backup;

import dev.evalstore.internal.Check;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the store is exported.
 *
 * @param name the name of the backup's folder, at most 100 characters, or null for one of schema and moment, such as {@code
 *     evalstore-20260131T235959.123Z}
 * @param hashes whether hashes of passwords and keys, and secrets of webhooks, are exported; false unless given
 * @param binary whether in COPY's binary format, which servers of the same major version alone read; text unless given
 * @param fileBytes about how many bytes before compression a file has, from 1,024 to 2³⁰; 128 MiB unless given
 * @param threads how many threads compress, from 1 to 64; two unless given
 * @param progress is called on the exporting thread after each table, and in between several times a second at most; an exception
 *     of it is logged, and the export goes on without it
 */
public record ExportOptions(
        @Nullable String name,
        boolean hashes,
        boolean binary,
        int fileBytes,
        int threads,
        Consumer<BackupProgress> progress) {
    private static final int MAX_NAME = 100;

    /** A name of schema and moment, no hashes, text, two threads, and no progress. */
    public static final ExportOptions DEFAULT = new ExportOptions(null, false, false, 128 << 20, 2, progress -> {});

    public ExportOptions {
        if (name != null) {
            Check.text("name", name, 1, MAX_NAME);
            if (name.startsWith(".") || name.chars().anyMatch(c -> c < ' ' || c == '/' || c == '\\')) {
                throw new IllegalArgumentException(
                        "name must not begin with a dot, nor hold a slash, backslash or control character");
            }
        }
        Check.range("fileBytes", fileBytes, 1 << 10, 1 << 30);
        Check.range("threads", threads, 1, 64);
        Objects.requireNonNull(progress, "progress");
    }

    public ExportOptions name(String folder) {
        return new ExportOptions(folder, hashes, binary, fileBytes, threads, progress);
    }

    /** Whoever reads hashes and secrets can use or attack them: keep such a backup as you keep those. */
    public ExportOptions hashes(boolean exported) {
        return new ExportOptions(name, exported, binary, fileBytes, threads, progress);
    }

    public ExportOptions binary(boolean format) {
        return new ExportOptions(name, hashes, format, fileBytes, threads, progress);
    }

    public ExportOptions fileBytes(int bytes) {
        return new ExportOptions(name, hashes, binary, bytes, threads, progress);
    }

    public ExportOptions threads(int count) {
        return new ExportOptions(name, hashes, binary, fileBytes, count, progress);
    }

    public ExportOptions progress(Consumer<BackupProgress> listener) {
        return new ExportOptions(name, hashes, binary, fileBytes, threads, listener);
    }
}
