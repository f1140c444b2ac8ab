package dev.evalstore.analysis.report;

import java.io.IOException;
import java.text.Bidi;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Breaks texts into lines, and lines into pieces that one font draws, from left to right. Not thread-safe. */
final class PdfText {
    private final PdfFonts fonts;

    PdfText(PdfFonts fonts) {
        this.fonts = fonts;
    }

    /** The text in one line, however long; a line feed is a blank. */
    Line line(String text, boolean bold) throws IOException {
        String cleaned = clean(text).replace('\n', ' ');
        return visual(new Paragraph(cleaned), 0, cleaned.length(), bold);
    }

    /** In lines of at most this width, broken at blanks where there are any; at least one line. */
    List<Line> wrap(String text, boolean bold, double size, double width) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (String paragraph : clean(text).split("\n", -1)) {
            wrap(new Paragraph(paragraph), bold, width / size, lines);
        }
        return lines;
    }

    /** How wide it is where no line is broken, and at least where lines or words are. */
    Widths widths(String text, boolean bold, double size) throws IOException {
        double line = 0;
        double word = 0;
        double piece = 0;
        double widestLine = 0;
        double widestWord = 0;
        double widestPiece = 0;
        String cleaned = clean(text);
        for (int i = 0; i < cleaned.length(); ) {
            int point = cleaned.codePointAt(i);
            i += Character.charCount(point);
            if (point == '\n') {
                line = 0;
                word = 0;
                piece = 0;
                continue;
            }
            double advance = advance(point, bold);
            line += advance;
            word = point == ' ' ? 0 : word + advance;
            piece = point == ' ' ? 0 : piece + advance;
            widestLine = Math.max(widestLine, line);
            widestWord = Math.max(widestWord, word);
            widestPiece = Math.max(widestPiece, piece);
            boolean ends = LineBreaks.mayEnd(cleaned, i);
            word = ends ? 0 : word;
            piece = ends || LineBreaks.mayEndWord(cleaned, i) ? 0 : piece;
        }
        return new Widths(widestLine * size, widestWord * size, widestPiece * size);
    }

    private void wrap(Paragraph paragraph, boolean bold, double width, List<Line> lines) throws IOException {
        String text = paragraph.text();
        int start = 0;
        int end = 0;
        int weak = 0;
        double used = 0;
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            double advance = advance(point, bold);
            // Half a thousandth, since a column is as wide as the sum of what is in it.
            if (used + advance > width + 0.0005 && i > start && point != ' ') {
                int cut = end > start ? end : weak > start ? weak : LineBreaks.clusterBefore(text, start, i);
                lines.add(broken(paragraph, start, cut, bold));
                start = skipBlanks(text, cut);
                i = start;
                used = 0;
                continue;
            }
            used += advance;
            i += Character.charCount(point);
            if (LineBreaks.mayEnd(text, i)) {
                end = i;
            } else if (LineBreaks.mayEndWord(text, i)) {
                weak = i;
            }
        }
        lines.add(visual(paragraph, start, stripped(text, start, text.length()), bold));
    }

    /** A line that goes on in the next. Its blank has no width, but words that are read one after the other stay apart. */
    private Line broken(Paragraph paragraph, int start, int end, boolean bold) throws IOException {
        int stripped = stripped(paragraph.text(), start, end);
        if (stripped == end) {
            return visual(paragraph, start, end, bold);
        }
        // At its right end in either direction, where it moves nothing.
        Line line = visual(paragraph.visual(start, stripped) + " ", bold);
        return new Line(line.runs(), line.width() - advance(' ', bold));
    }

    /** The end of the text between the indexes without the blanks at its end. */
    private static int stripped(String text, int start, int end) {
        return start + text.substring(start, end).stripTrailing().length();
    }

    private static int skipBlanks(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) == ' ') {
            i++;
        }
        return i;
    }

    private double advance(int point, boolean bold) throws IOException {
        return Directions.isIsolate(point) ? 0 : fonts.glyph(point, bold).advance();
    }

    /** Composed characters, since the fonts have a glyph for each; and nothing that is not seen. */
    private static String clean(String text) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        int dirty = 0;
        while (dirty < composed.length() && isPlain(composed.charAt(dirty))) {
            dirty++;
        }
        if (dirty == composed.length()) {
            return composed;
        }
        StringBuilder clean = new StringBuilder();
        composed.replace("\r\n", "\n").codePoints().forEach(point -> {
            if (point == '\r' || point == 0x2028 || point == 0x2029 || point == 0x85) {
                clean.append('\n');
            } else if (point == '\t') {
                clean.append(' ');
            } else if (!isUnseen(point)) {
                clean.appendCodePoint(point);
            }
        });
        return clean.toString();
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7F || c == '\n';
    }

    private static boolean isUnseen(int point) {
        return Character.getType(point) == Character.FORMAT && !Directions.isIsolate(point)
                || point >= 0xFE00 && point <= 0xFE0F
                || point >= 0xE0100 && point <= 0xE01EF;
    }

    private Line visual(Paragraph paragraph, int start, int end, boolean bold) throws IOException {
        return visual(paragraph.visual(start, end), bold);
    }

    /** @param ordered from left to right */
    private Line visual(String ordered, boolean bold) throws IOException {
        List<Run> runs = new ArrayList<>();
        StringBuilder pending = new StringBuilder();
        PdfFace face = null;
        double width = 0;
        for (int i = 0; i < ordered.length(); ) {
            int point = ordered.codePointAt(i);
            i += Character.charCount(point);
            if (Directions.isIsolate(point)) {
                continue;
            }
            PdfFonts.Glyph glyph = fonts.glyph(point, bold);
            width += glyph.advance();
            if (face != null && (face != glyph.face() || glyph.actual() != null)) {
                runs.add(new Run(face, pending.toString(), null));
                pending.setLength(0);
                face = null;
            }
            if (glyph.actual() != null) {
                runs.add(new Run(glyph.face(), Character.toString(glyph.shown()), glyph.actual()));
            } else {
                face = glyph.face();
                pending.appendCodePoint(glyph.shown());
            }
        }
        if (face != null) {
            runs.add(new Run(face, pending.toString(), null));
        }
        return new Line(runs, width);
    }

    /**
     * What runs in one direction, but for what is kept apart in it.
     *
     * @param bidi null where all runs from left to right
     */
    private record Paragraph(String text, @Nullable Bidi bidi) {
        Paragraph(String text) {
            this(
                    text,
                    Bidi.requiresBidi(text.toCharArray(), 0, text.length())
                            ? new Bidi(text, Bidi.DIRECTION_DEFAULT_LEFT_TO_RIGHT)
                            : null);
        }

        String visual(int start, int end) {
            return bidi == null || start == end ? text.substring(start, end) : VisualOrder.of(bidi, text, start, end);
        }
    }

    /** How wide a text is in points: its widest line, its widest word, and its widest part of a word. */
    record Widths(double line, double word, double piece) {}

    /**
     * A line as it is drawn.
     *
     * @param runs from left to right
     * @param width as a multiple of the font's size
     */
    record Line(List<Run> runs, double width) {}

    /**
     * What one font draws.
     *
     * @param actual the text to read back, or null for that which is drawn
     */
    record Run(PdfFace face, String text, @Nullable String actual) {}
}
