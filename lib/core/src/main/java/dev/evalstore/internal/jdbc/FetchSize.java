package dev.evalstore.internal.jdbc;

/**
 * How many rows are read at once: as many as are about a million characters, by the longest row of those read last. The first
 * few are read alone, and the number grows step by step, so that long rows are met by a small number first.
 */
final class FetchSize {
    /**
     * Of rows that have texts: from 256 to 1,000, by the heap. Long rows may follow this many short ones, and are fetched in the
     * same number once; so many of 100 KB take two fifths of a heap from 64 to 256 MB.
     */
    static final int WITH_TEXTS =
            (int) Math.min(1_000, Math.max(256, Runtime.getRuntime().maxMemory() >> 18));

    private static final long CHARACTERS = 1 << 20;
    private static final int GROWTH = 8;

    private final int most;
    private int rows;
    private int read;
    private long longest;

    FetchSize(int most) {
        this.most = most;
        this.rows = Math.max(1, most / (GROWTH * GROWTH));
    }

    int rows() {
        return rows;
    }

    /** Whether the row of so many characters was the last one of its fetch, and {@link #rows} is the size of the next one. */
    boolean isNext(long characters) {
        longest = Math.max(longest, characters);
        if (++read < rows) {
            return false;
        }
        long fit = Math.min(most, CHARACTERS / Math.max(1, longest));
        rows = (int) Math.max(1, Math.min(fit, (long) rows * GROWTH));
        read = 0;
        longest = 0;
        return true;
    }
}
