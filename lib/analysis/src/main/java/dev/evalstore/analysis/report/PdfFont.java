package dev.evalstore.analysis.report;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeCollection;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;

/**
 * A font of the caller for a PDF, for the scripts that the bundled one lacks. Its characters are drawn one by one, as the font
 * shows them alone: Hebrew and the scripts of East Asia are right, while letters that join, as in Arabic, or that change
 * their order, as in Devanagari, do not. Immutable; safe for use by many threads.
 */
public final class PdfFont {
    private static final int MAX_BYTES = 128 << 20;
    private static final int COLLECTION = 0x74746366;
    private static final Set<Integer> TAGS = Set.of(0x00010000, 0x74727565, COLLECTION);
    private static final String NO_FONT = "font must be a TrueType font with characters of Unicode";
    private static final int MAY_NOT_BE_EMBEDDED = 0x0002;
    private static final int BITMAPS_ONLY = 0x0200;
    private static final int WHOLE_ONLY = 0x0100;

    private final byte[] bytes;

    private PdfFont(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A font from a file; see {@link #of}.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException as for {@link #of}
     */
    public static PdfFont read(Path file) {
        Objects.requireNonNull(file, "file");
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw tooLarge();
            }
            return checked(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A font of TrueType outlines; of a collection, its first font.
     *
     * @param font as a file with the ending {@code .ttf} or {@code .ttc} has it, at most 128 MiB; copied
     * @throws IllegalArgumentException if it is not such a font, has no characters of Unicode, or says that documents may not
     *     embed a part of it
     */
    public static PdfFont of(byte[] font) {
        return checked(Objects.requireNonNull(font, "font").clone());
    }

    private static PdfFont checked(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw tooLarge();
        }
        PdfFont font = new PdfFont(bytes);
        // The parser takes any bytes for tables, and logs their contents.
        if (!TAGS.contains(font.tag())) {
            throw new IllegalArgumentException(NO_FONT);
        }
        try (TrueTypeFont parsed = font.parse()) {
            if (parsed.getOS2Windows() == null || parsed.getPostScript() == null || parsed.getGlyph() == null) {
                throw new IOException("a table is missing");
            }
            parsed.getUnicodeCmapLookup();
            int rights = parsed.getOS2Windows().getFsType();
            if ((rights & 0x000F) == MAY_NOT_BE_EMBEDDED || (rights & (BITMAPS_ONLY | WHOLE_ONLY)) != 0) {
                throw new IllegalArgumentException("font must allow that documents embed a part of it");
            }
        } catch (IOException | IndexOutOfBoundsException | NegativeArraySizeException | NullPointerException e) {
            throw new IllegalArgumentException(NO_FONT, e);
        }
        return font;
    }

    private static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException("font must have at most " + MAX_BYTES + " bytes");
    }

    /** To be closed by the caller. Without substitution of glyphs, which would change the text that is read back. */
    TrueTypeFont parse() throws IOException {
        TrueTypeFont font =
                tag() == COLLECTION ? firstOfCollection() : new TTFParser().parse(new RandomAccessReadBuffer(bytes));
        font.setEnableGsub(false);
        return font;
    }

    /** The first four bytes, by which a font is known. */
    private int tag() {
        return bytes.length < Integer.BYTES ? 0 : ByteBuffer.wrap(bytes).getInt();
    }

    private TrueTypeFont firstOfCollection() throws IOException {
        List<TrueTypeFont> fonts = new ArrayList<>();
        new TrueTypeCollection(new ByteArrayInputStream(bytes)).processAllFonts(fonts::add);
        if (fonts.isEmpty()) {
            throw new IOException("the collection is empty");
        }
        return fonts.get(0);
    }
}
