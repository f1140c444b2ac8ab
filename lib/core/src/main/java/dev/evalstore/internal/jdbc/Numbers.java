package dev.evalstore.internal.jdbc;

/**
 * Numbers that are compared later: versions, tokens, positions. A sequence alone would repeat them after a backup was
 * put back or the schema was made again, and a caller's old number would then match another row. So a number is the next
 * one of a sequence and, below it, sixteen random bits. Numbers rise like the sequence. A number of before the backup is
 * repeated only if the same bits are drawn for it, with a chance of 1 in 65,536.
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
