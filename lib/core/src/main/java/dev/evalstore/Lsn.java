package dev.evalstore;

import java.util.Locale;

/**
 * A position in the server's write-ahead log, as {@code pg_lsn} has it. Positions of one timeline are ordered by time.
 *
 * @param value the position in bytes, an unsigned number
 */
public record Lsn(long value) implements Comparable<Lsn> {
    /**
     * Reads the server's notation, such as {@code 16/B374D848}.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static Lsn of(String text) {
        if (!text.matches("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")) {
            throw new IllegalArgumentException("text must be a position such as 16/B374D848");
        }
        int slash = text.indexOf('/');
        return new Lsn(
                Long.parseLong(text.substring(0, slash), 16) << 32 | Long.parseLong(text.substring(slash + 1), 16));
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    /** The server's notation. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%X/%X", value >>> 32, value & 0xFFFF_FFFFL);
    }
}
