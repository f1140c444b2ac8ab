package dev.evalstore.analysis.report;

import java.util.Arrays;

/**
 * Names whose letters run from right to left, within texts of a report. Without care, two of them beside each other change
 * places, and a number behind one comes before it: "A − B" would be read as "B − A".
 */
final class Directions {
    /** What stands up to the end is ordered by itself, in the direction of its first letter. */
    private static final char ISOLATE = '\u2068';

    private static final char END = '\u2069';

    /** Hebrew, the first script from right to left, begins here; below it are Latin, Greek, Cyrillic and Armenian. */
    private static final int FIRST_RIGHT_TO_LEFT = 0x0590;

    /** Not seen, and as strong as a letter from right to left. */
    private static final char MARK = '\u200F';

    private Directions() {}

    /** The name, kept apart from the text around it where that is needed. A name that is kept apart already stays as it is. */
    static String isolated(String name) {
        if (!turns(name)) {
            return name;
        }
        StringBuilder isolated = new StringBuilder(name.length() + 2).append(ISOLATE);
        name.codePoints().filter(point -> !isControl(point)).forEach(isolated::appendCodePoint);
        return isolated.append(END).toString();
    }

    /** Whether the text may run from right to left, or turns what is around it, by something that is not kept apart. */
    static boolean turns(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (point < FIRST_RIGHT_TO_LEFT) {
                continue;
            }
            if (point == ISOLATE) {
                depth++;
            } else if (point == END && depth > 0) {
                depth--;
            } else if (depth == 0 && (isControl(point) || isRightToLeft(point))) {
                return true;
            }
        }
        return depth > 0;
    }

    /** Without the characters between the indexes, for which an ellipsis stands; what was kept apart stays so. */
    static String cut(int[] points, int from, int to) {
        StringBuilder cut =
                new StringBuilder().append(new String(points, 0, from)).append('…');
        Arrays.stream(points, from, to).filter(Directions::isIsolate).forEach(cut::appendCodePoint);
        return cut.append(new String(points, to, points.length - to)).toString();
    }

    /** Whether it marks the begin or the end of what is kept apart, and is itself never drawn. */
    static boolean isIsolate(int point) {
        return point >= 0x2066 && point <= END;
    }

    /** Whether it begins or ends what runs in a direction other than that of its letters. */
    static boolean isOverride(int point) {
        return point >= 0x202A && point <= 0x202E;
    }

    private static boolean isControl(int point) {
        return isIsolate(point) || isOverride(point);
    }

    /**
     * Whether it is of the blocks that Unicode keeps for scripts from right to left, also for those to come: the JDK knows other
     * scripts with each release.
     */
    private static boolean isRightToLeft(int point) {
        return point <= 0x08FF && point >= FIRST_RIGHT_TO_LEFT
                || point == MARK
                || point >= 0xFB1D && point <= 0xFDFF
                || point >= 0xFE70 && point <= 0xFEFC
                || point >= 0x10800 && point <= 0x10FFF
                || point >= 0x1E800 && point <= 0x1EFFF;
    }
}
