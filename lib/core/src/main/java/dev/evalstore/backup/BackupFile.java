package dev.evalstore.backup;

import dev.evalstore.internal.Check;
import java.util.regex.Pattern;

/**
 * A file of a table: what {@code COPY … FROM} reads, compressed by gzip. Each file is complete by itself.
 *
 * @param name the file's name in the folder of its table, such as {@code 00001.copy.gz}
 * @param rows how many rows it holds, at least 1
 * @param bytes its bytes before compression
 * @param storedBytes its bytes as they are stored
 * @param sha256 the SHA-256 of the bytes as they are stored, in lower-case hexadecimal digits
 */
public record BackupFile(String name, long rows, long bytes, long storedBytes, String sha256) {
    /** It becomes a path, so a name from a file must not lead elsewhere. */
    private static final Pattern NAME = Pattern.compile("[0-9]{5,9}\\.copy\\.gz");

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    public BackupFile {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name must be a number and .copy.gz");
        }
        if (!SHA_256.matcher(sha256).matches()) {
            throw new IllegalArgumentException("sha256 must be 64 hexadecimal digits");
        }
        Check.notNegative("rows", rows - 1);
        Check.notNegative("bytes", bytes);
        Check.notNegative("storedBytes", storedBytes);
    }

    /** The name of the n-th file, counted from 1. */
    static String name(int number) {
        return "%05d.copy.gz".formatted(number);
    }
}
