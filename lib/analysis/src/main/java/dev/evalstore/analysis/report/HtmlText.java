package dev.evalstore.analysis.report;

/** Texts as they stand in HTML and SVG. */
final class HtmlText {
    private static final char REPLACEMENT = '�';

    private HtmlText() {}

    /** Text within an element; line feeds begin new lines. */
    static String lines(String text) {
        return escape(text, "<br>");
    }

    /** Text in one line. */
    static String line(String text) {
        return escape(text, " ");
    }

    /**
     * Where the text may run from right to left, or turns the direction of what is around it: an attribute that sets its own
     * direction by its first letter, and keeps it apart. Else empty.
     */
    static String direction(String text) {
        return Directions.turns(text) ? " dir=\"auto\"" : "";
    }

    private static String escape(String text, String lineFeed) {
        StringBuilder html = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            switch (point) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\n' -> html.append(lineFeed);
                case '\r' -> html.append(i < text.length() && text.charAt(i) == '\n' ? "" : lineFeed);
                default -> append(html, point);
            }
        }
        return html.toString();
    }

    /**
     * What HTML does not allow in a text becomes the replacement character, and not an error of the page. What would turn a name
     * around is left out, as in a PDF.
     */
    private static void append(StringBuilder html, int point) {
        boolean isControl = point != '\t' && Character.isISOControl(point);
        boolean isNoCharacter = (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
        if (Directions.isOverride(point)) {
            return;
        }
        if (isControl || isNoCharacter) {
            html.append(REPLACEMENT);
        } else {
            html.appendCodePoint(point);
        }
    }
}
