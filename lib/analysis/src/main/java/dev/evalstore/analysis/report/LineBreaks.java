package dev.evalstore.analysis.report;

import java.lang.Character.UnicodeScript;

/** Where a line of a PDF may end: a few rules of our own. What is a letter or a mark, the JDK in use says. */
final class LineBreaks {
    private static final String WORD_PARTS = "/_;=&?@|)";

    /** Within numbers, dates and versions they part nothing. */
    private static final String BETWEEN_LETTERS = "-.,:";

    private LineBreaks() {}

    /** Whether a line may end before this index: after a blank, and between ideographs. */
    static boolean mayEnd(String text, int index) {
        if (index <= 0 || index >= text.length()) {
            return false;
        }
        char before = text.charAt(index - 1);
        if (before == ' ') {
            return text.charAt(index) != ' ';
        }
        return standsAlone(text.codePointBefore(index)) && !isMark(text.codePointAt(index))
                || standsAlone(text.codePointAt(index)) && Character.isLetterOrDigit(text.codePointBefore(index));
    }

    /** Whether a word that is longer than a line may be broken before this index rather than elsewhere. */
    static boolean mayEndWord(String text, int index) {
        if (index <= 0 || index >= text.length()) {
            return false;
        }
        char before = text.charAt(index - 1);
        return WORD_PARTS.indexOf(before) >= 0
                || BETWEEN_LETTERS.indexOf(before) >= 0
                        && index > 1
                        && Character.isLetter(text.charAt(index - 2))
                        && Character.isLetter(text.charAt(index));
    }

    /** The last index up to this one, but after the start, that parts no mark from its letter. */
    static int clusterBefore(String text, int start, int index) {
        int i = index;
        while (i > start && isMark(text.codePointAt(i))) {
            i -= Character.charCount(text.codePointBefore(i));
        }
        return i > start ? i : index;
    }

    static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean standsAlone(int point) {
        if (point < 0x2E80) {
            return false;
        }
        UnicodeScript script = UnicodeScript.of(point);
        return script == UnicodeScript.HAN || script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA;
    }
}
