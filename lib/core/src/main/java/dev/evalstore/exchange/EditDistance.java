package dev.evalstore.exchange;

import java.util.Arrays;

/**
 * The Levenshtein distance of two texts, in code points, as far as it is within a maximum. Myers' bit vectors (JACM
 * 1999) compute 64 rows of the table at once, Hyyrö's blocks (2003) any number of them, and Ukkonen's band (1985) leaves
 * out what the maximum cannot reach. Time: rows × columns of the band ÷ 64; memory: the length of the texts.
 */
final class EditDistance {
    private static final int WORD = 64;

    /** Of one block. */
    private static final int ROWS = 2 * WORD;

    /** After how many blocks it is looked whether the maximum can still be kept. */
    private static final int ROUND = 4;

    private EditDistance() {}

    /** Whether 1 − distance ÷ the longer length reaches the threshold; two empty texts are equal. */
    static boolean isSimilar(String a, String b, double threshold, Deadline deadline) {
        int[] left = a.codePoints().toArray();
        int[] right = b.codePoints().toArray();
        int longer = Math.max(left.length, right.length);
        if (longer == 0) {
            return true;
        }
        // By the very formula, so that rounding decides as it says.
        int max = (int) Math.floor((1 - threshold) * longer);
        while (max < longer && similarity(max + 1, longer) >= threshold) {
            max++;
        }
        while (max >= 0 && similarity(max, longer) < threshold) {
            max--;
        }
        return within(left, right, max, deadline) >= 0;
    }

    private static double similarity(int distance, int longer) {
        return 1 - (double) distance / longer;
    }

    /** The distance, or -1 where it is above the maximum. */
    static int within(int[] a, int[] b, int max, Deadline deadline) {
        int[] rows = a.length <= b.length ? a : b;
        int[] columns = rows == a ? b : a;
        int start = 0;
        while (start < rows.length && rows[start] == columns[start]) {
            start++;
        }
        int common = 0;
        while (common < rows.length - start && rows[rows.length - 1 - common] == columns[columns.length - 1 - common]) {
            common++;
        }
        int m = rows.length - start - common;
        int n = columns.length - start - common;
        if (n - m > max) {
            return -1;
        }
        if (m == 0) {
            return n;
        }
        return banded(
                Arrays.copyOfRange(rows, start, start + m),
                Arrays.copyOfRange(columns, start, start + n),
                Math.min(max, n),
                deadline);
    }

    private static int banded(int[] rows, int[] columns, int max, Deadline deadline) {
        int m = rows.length;
        int n = columns.length;
        int[] alphabet = Arrays.stream(rows).sorted().distinct().toArray();
        int[] rowSymbols = symbols(rows, alphabet);
        int[] columnSymbols = symbols(columns, alphabet);
        long[] matches = new long[2 * alphabet.length + 2];
        // Of the rows done: by how much the last of them grows from each column to the next. The row above all is 0, 1,
        // 2, …
        byte[] steps = new byte[n + 1];
        Arrays.fill(steps, (byte) 1);
        // The distance may leave the diagonal by so many columns; the longer text's other columns come on the right.
        int slack = (max - (n - m)) / 2;
        int first = 1;
        int corner = 0;
        for (int top = 0, block = 0; top < m; top += ROWS, block++) {
            deadline.check();
            int height = Math.min(ROWS, m - top);
            int from = Math.max(1, top + 1 - slack);
            int to = (int) Math.min(n, (long) top + height + (n - m) + slack);
            // The value above the left edge; down that edge it grows by one each row, as far as the band knows.
            for (int column = first; column < from; column++) {
                corner += steps[column];
            }
            first = from;
            corner += height;
            for (int row = 0; row < height; row++) {
                matches[2 * rowSymbols[top + row] + row / WORD] |= 1L << row;
            }
            block(columnSymbols, matches, steps, from, to, height - 1);
            for (int row = 0; row < height; row++) {
                matches[2 * rowSymbols[top + row] + row / WORD] = 0;
            }
            boolean isLast = top + height == m;
            if (isLast || block % ROUND == ROUND - 1) {
                int least = least(steps, corner, from, to, (n - m) + top + height);
                if (least > max) {
                    return -1;
                }
                if (isLast) {
                    return distance(steps, corner, from, n, max);
                }
            }
        }
        throw new IllegalStateException("no rows");
    }

    /**
     * Computes up to 128 rows, column by column, from the steps of the row above them to those of the last of them. In two
     * words, since a processor computes the upper one's next column beside the lower one's.
     */
    private static void block(int[] columns, long[] matches, byte[] steps, int from, int to, int lastRow) {
        boolean isInUpper = lastRow < WORD;
        long up = -1;
        long down = 0;
        long lowerUp = -1;
        long lowerDown = 0;
        for (int column = from; column <= to; column++) {
            int symbol = 2 * columns[column - 1];
            long in = steps[column];
            long fell = in >>> 63;
            long rose = -in >>> 63;

            long equal = matches[symbol];
            long vertical = equal | down;
            equal |= fell;
            long horizontal = (((equal & up) + up) ^ up) | equal;
            long rises = down | ~(horizontal | up);
            long falls = up & horizontal;
            long shifted = rises << 1 | rose;
            up = falls << 1 | fell | ~(vertical | shifted);
            down = shifted & vertical;

            long lowerEqual = matches[symbol + 1];
            long lowerVertical = lowerEqual | lowerDown;
            lowerEqual |= falls >>> 63;
            long lowerHorizontal = (((lowerEqual & lowerUp) + lowerUp) ^ lowerUp) | lowerEqual;
            long lowerRises = lowerDown | ~(lowerHorizontal | lowerUp);
            long lowerFalls = lowerUp & lowerHorizontal;
            long lowerShifted = lowerRises << 1 | rises >>> 63;
            lowerUp = lowerFalls << 1 | falls >>> 63 | ~(lowerVertical | lowerShifted);
            lowerDown = lowerShifted & lowerVertical;

            steps[column] = (byte)
                    (isInUpper
                            ? (rises >>> lastRow & 1) - (falls >>> lastRow & 1)
                            : (lowerRises >>> lastRow & 1) - (lowerFalls >>> lastRow & 1));
        }
    }

    /** The least distance of whole texts that the values of a row allow; {@code diagonal} is the column that needs no more. */
    private static int least(byte[] steps, int corner, int from, int to, int diagonal) {
        int least = corner + Math.abs(diagonal - (from - 1));
        int value = corner;
        for (int column = from; column <= to; column++) {
            value += steps[column];
            least = Math.min(least, value + Math.abs(diagonal - column));
        }
        return least;
    }

    private static int distance(byte[] steps, int corner, int from, int n, int max) {
        int value = corner;
        for (int column = from; column <= n; column++) {
            value += steps[column];
        }
        return value <= max ? value : -1;
    }

    /** The place of each code point in the alphabet; one that is not in it has the place behind it. */
    private static int[] symbols(int[] text, int[] alphabet) {
        int[] symbols = new int[text.length];
        for (int i = 0; i < text.length; i++) {
            int place = Arrays.binarySearch(alphabet, text[i]);
            symbols[i] = place < 0 ? alphabet.length : place;
        }
        return symbols;
    }
}
