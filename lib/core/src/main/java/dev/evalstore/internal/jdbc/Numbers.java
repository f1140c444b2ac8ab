package dev.evalstore.internal.jdbc;

/**
 * Numbers that are compared later: versions, tokens, positions. A sequence alone would give them again once a backup
 * was put back or the schema was made anew, and a caller's old number would match what it does not name. So a number
 * is the next one of a sequence and, below it, sixteen random bits: they rise like the sequence, and none is given
 * twice.
 */
public final class Numbers {
    /** How many random bits stand below the sequence's number. */
    public static final int RANDOM_BITS = 16;

    private static final String NEXT = "(nextval('{sequence}') << 16 | (random() * 65535)::bigint)";

    private Numbers() {}

    /** The expression that draws a number. */
    public static String next(String sequence) {
        return NEXT.replace("{sequence}", sequence);
    }
}
