package dev.evalstore.analysis.export;

import dev.evalstore.Json;
import org.jspecify.annotations.Nullable;

/**
 * How many rows are held at once: as many as are about a million characters, by the longest row of those held last. The first
 * few are held alone, and the number grows step by step, so that long rows are met by a small number first.
 */
final class Portion {
    /** By the heap: so many long rows may follow short ones. */
    private static final int MOST =
            (int) Math.min(1_000, Math.max(256, Runtime.getRuntime().maxMemory() >> 18));

    private static final long CHARACTERS = 1 << 20;
    private static final int GROWTH = 8;

    private int rows = MOST / (GROWTH * GROWTH);

    int rows() {
        return rows;
    }

    /** Whether so many rows of so many characters together are all that is to be held. */
    boolean isFull(int held, long characters) {
        return held >= rows || characters >= CHARACTERS;
    }

    /** The longest row of the portion before had so many characters. */
    void next(long longest) {
        long fit = Math.min(MOST, CHARACTERS / Math.max(1, longest));
        rows = (int) Math.max(1, Math.min(fit, (long) rows * GROWTH));
    }

    static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    static long length(@Nullable Json document) {
        return document == null ? 0 : document.text().length();
    }
}
