package dev.evalstore.analysis.report;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.jspecify.annotations.Nullable;

/** Chooses, for each character, the font of a document that has it. Not thread-safe. */
final class PdfFonts implements AutoCloseable {
    private static final int BOX = 0x25A1;

    private final PDDocument document;
    private final List<PdfFont> others;
    private final Map<PdfFont, PdfFace> faces = new HashMap<>();
    private final Map<Integer, Glyph> regular = new HashMap<>();
    private final Map<Integer, Glyph> bold = new HashMap<>();

    PdfFonts(PDDocument document, List<PdfFont> others) {
        this.document = document;
        this.others = others;
    }

    /** How a character is drawn. */
    Glyph glyph(int point, boolean isBold) throws IOException {
        Map<Integer, Glyph> known = isBold ? bold : regular;
        Glyph glyph = known.get(point);
        if (glyph == null) {
            glyph = choose(point, isBold);
            known.put(point, glyph);
        }
        return glyph;
    }

    private Glyph choose(int point, boolean isBold) throws IOException {
        PdfFace bundled = face(isBold ? Bundled.BOLD : Bundled.REGULAR);
        if (bundled.has(point)) {
            return Glyph.of(bundled, point);
        }
        for (PdfFont other : others) {
            PdfFace face = face(other);
            if (face.has(point)) {
                return Glyph.of(face, point);
            }
        }
        int shown = Character.getType(point) == Character.SPACE_SEPARATOR ? ' ' : BOX;
        return new Glyph(bundled, shown, bundled.advance(shown), Character.toString(point));
    }

    private PdfFace face(PdfFont font) throws IOException {
        PdfFace face = faces.get(font);
        if (face == null) {
            face = new PdfFace(document, font);
            faces.put(font, face);
        }
        return face;
    }

    @Override
    public void close() throws IOException {
        for (PdfFace face : faces.values()) {
            face.close();
        }
    }

    /**
     * How a character is drawn.
     *
     * @param shown the character whose glyph is drawn
     * @param advance how far it moves on, as a share of the font's size
     * @param actual the text to read back, where the glyph would be read as another one
     */
    record Glyph(
            PdfFace face,
            int shown,
            double advance,
            @Nullable String actual) {
        static Glyph of(PdfFace face, int point) throws IOException {
            String actual = face.means(point) ? null : Character.toString(point);
            return new Glyph(face, point, face.advance(point), actual);
        }
    }

    /** Noto Sans, cut down to Latin, Greek, Cyrillic and some signs. */
    private static final class Bundled {
        static final PdfFont REGULAR = load("NotoSans-Regular.ttf");
        static final PdfFont BOLD = load("NotoSans-Bold.ttf");

        private static PdfFont load(String name) {
            try (InputStream in = PdfFonts.class.getResourceAsStream(name)) {
                return PdfFont.of(Objects.requireNonNull(in, name).readAllBytes());
            } catch (IOException e) {
                throw new IllegalStateException("the font of the library cannot be read", e);
            }
        }
    }
}
