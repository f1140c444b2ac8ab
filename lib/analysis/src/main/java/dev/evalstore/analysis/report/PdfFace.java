package dev.evalstore.analysis.report;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

/** A font in one document. Not thread-safe. */
final class PdfFace implements AutoCloseable {
    final PDFont font;
    private final TrueTypeFont file;
    private final CmapLookup glyphs;
    private final double unitsPerEm;

    /** Which character a glyph stands for, in the text that is read back: the first one that was drawn with it. */
    private final Map<Integer, Integer> meanings = new HashMap<>();

    PdfFace(PDDocument document, PdfFont font) throws IOException {
        file = font.parse();
        glyphs = file.getUnicodeCmapLookup();
        unitsPerEm = file.getUnitsPerEm();
        this.font = PDType0Font.load(document, file, true);
    }

    boolean has(int point) {
        return glyphs.getGlyphId(point) > 0;
    }

    /** How far it moves on, as a share of the font's size. */
    double advance(int point) throws IOException {
        return file.getAdvanceWidth(glyphs.getGlyphId(point)) / unitsPerEm;
    }

    /** Whether the character is read back by the glyph alone, and not as another one that looks the same. */
    boolean means(int point) {
        return meanings.computeIfAbsent(glyphs.getGlyphId(point), glyph -> point) == point;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
