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
    private long longest;

    /** Of a cursor with at most so many rows at once. */
    FetchSize(int most) {
        this(most / (GROWTH * GROWTH), most);
    }

    private FetchSize(int first, int most) {
        this.rows = Math.max(1, first);
        this.most = most;
    }

    /** Of pages, which begin greater, since each is a statement of its own. */
    static FetchSize ofPages() {
        return new FetchSize(WITH_TEXTS / GROWTH, WITH_TEXTS);
    }

    int rows() {
        return rows;
    }

    /** A row of so many characters was read. */
    void add(long characters) {
        longest = Math.max(longest, characters);
    }

    /** The size of what is read next. */
    int next() {
        long fit = Math.min(most, CHARACTERS / Math.max(1, longest));
        rows = (int) Math.max(1, Math.min(fit, (long) rows * GROWTH));
        longest = 0;
        return rows;
    }
}
