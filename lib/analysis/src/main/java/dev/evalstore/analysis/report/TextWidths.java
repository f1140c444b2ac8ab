package dev.evalstore.analysis.report;

import java.util.ArrayList;
import java.util.List;

/**
 * About how wide a text is, so that room is left for it without asking a font, the same everywhere. The widths are those of
 * DejaVu Sans, the widest font in which a report is commonly shown, and so an upper bound for the others; of signs that it
 * lacks, about those of Noto.
 */
final class TextWidths {
    /** Of the characters from blank to tilde, in thousandths of the font's size. */
    private static final int[] ASCII = {
        317, 400, 459, 837, 636, 950, 779, 274, 390, 390, 500, 837, 317, 360, 317, 336, 636, 636, 636, 636, 636, 636,
        636, 636, 636, 636, 336, 336, 837, 837, 837, 530, 1000, 684, 686, 698, 770, 631, 575, 774, 751, 294, 294, 655,
        557, 862, 748, 787, 603, 787, 694, 634, 610, 731, 684, 988, 685, 610, 685, 390, 336, 390, 837, 500, 500, 612,
        634, 549, 634, 615, 352, 634, 633, 277, 277, 579, 277, 974, 633, 611, 634, 634, 411, 520, 392, 633, 591, 817,
        591, 591, 524, 636, 336, 636, 837
    };

    /** Latin, Greek, Cyrillic, Hebrew and Arabic beyond ASCII; a few letters are wider, and more are narrower. */
    private static final int ALPHABETS_END = 0x0700;

    private static final int ALPHABETS = 760;
    private static final int OTHERS = 1_050;

    /** What is wider than the others, from one character to another: ligatures, pictures, and old signs. */
    private static final int[][] WIDE = {
        {0x2600, 0x27BF, 1_400},
        {0x2B00, 0x2BFF, 1_400},
        {0xA9C1, 0xA9CF, 3_500},
        {0xFDF0, 0xFDFC, 3_000},
        {0xFDFD, 0xFDFD, 12_000},
        {0x12000, 0x1467F, 3_500},
        {0x1F000, 0x1FAFF, 1_400}
    };

    private static final String BREAKS = "-_/,:@";

    private TextWidths() {}

    /** In points. */
    static double of(String text, double size) {
        long thousandths = text.codePoints().mapToLong(TextWidths::of).sum();
        return thousandths * size / 1_000;
    }

    /** In at most so many lines of this width; what has no room is left out of the middle, where names differ least. */
    static List<String> wrap(String text, double size, double width, int maxLines) {
        String rest = text.strip().replaceAll("\\s+", " ");
        List<String> lines = new ArrayList<>();
        while (lines.size() < maxLines - 1 && of(rest, size) > width) {
            int end = breakBefore(rest, fitting(rest, size, width));
            if (end == 0) {
                break;
            }
            lines.add(rest.substring(0, end).strip());
            rest = rest.substring(end).strip();
        }
        lines.add(shorten(rest, size, width));
        return lines;
    }

    /** The text, or as much of its beginning and end as has room around an ellipsis, and as a label may have. */
    static String shorten(String text, double size, double width) {
        if (fits(text, size, width)) {
            return text;
        }
        int[] points = text.codePoints().toArray();
        String longest = "…";
        int fits = 0;
        int not = points.length;
        while (fits + 1 < not) {
            int kept = (fits + not) / 2;
            int end = kept / 2;
            String shorter = Directions.cut(points, kept - end, points.length - end);
            if (fits(shorter, size, width)) {
                fits = kept;
                longest = shorter;
            } else {
                not = kept;
            }
        }
        return longest;
    }

    /** Marks take no room, but a label has not any number of them. */
    private static boolean fits(String text, double size, double width) {
        return text.length() <= Document.MAX_LINE && of(text, size) <= width;
    }

    /** How many characters of the beginning have room. */
    private static int fitting(String text, double size, double width) {
        double used = 0;
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            used += of(point) * size / 1_000;
            if (used > width) {
                return i;
            }
            i += Character.charCount(point);
        }
        return i;
    }

    /**
     * The last place up to the index after which a line may end: behind a blank, unless the line would be less than a third
     * of its room, else behind a mark within a word; 0 where there is none.
     */
    private static int breakBefore(String text, int index) {
        int end = Math.min(index, text.length() - 1);
        int blank = text.lastIndexOf(' ', end) + 1;
        if (blank > end / 3) {
            return blank;
        }
        for (int i = end; i > 0; i--) {
            if (BREAKS.indexOf(text.charAt(i - 1)) >= 0) {
                return i;
            }
        }
        return blank;
    }

    private static int of(int point) {
        if (point >= ' ' && point < ' ' + ASCII.length) {
            return ASCII[point - ' '];
        }
        if (Marks.isMark(point)) {
            return 0;
        }
        for (int[] wide : WIDE) {
            if (point >= wide[0] && point <= wide[1]) {
                return wide[2];
            }
        }
        // A control character is shown as the replacement character, which is wide.
        return point < ALPHABETS_END && !Character.isISOControl(point) ? ALPHABETS : OTHERS;
    }
}
