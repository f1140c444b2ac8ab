package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Inputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How a report is laid out as a PDF. Immutable.
 *
 * @param paper the size of its pages
 * @param landscape whether pages are wider than high, for wide tables
 * @param fonts at most 20, asked in this order for a character that the bundled font lacks. The bundled font has Latin, Greek and
 *     Cyrillic. A character that no font has is shown as a box; copied or searched, it is still the character
 */
public record PdfOptions(Paper paper, boolean landscape, List<PdfFont> fonts) {
    /** Upright pages of A4, the bundled font alone. */
    public static final PdfOptions DEFAULT = new PdfOptions(Paper.A4, false, List.of());

    private static final int MAX_FONTS = 20;

    public PdfOptions {
        Objects.requireNonNull(paper, "paper");
        fonts = Inputs.list("fonts", fonts, 0, MAX_FONTS);
    }

    public PdfOptions paper(Paper value) {
        return new PdfOptions(value, landscape, fonts);
    }

    public PdfOptions landscape(boolean value) {
        return new PdfOptions(paper, value, fonts);
    }

    /** With one font more, asked after those that are named already. */
    public PdfOptions font(PdfFont font) {
        List<PdfFont> all = new ArrayList<>(fonts);
        all.add(Objects.requireNonNull(font, "font"));
        return new PdfOptions(paper, landscape, all);
    }

    double width() {
        return landscape ? paper.height : paper.width;
    }

    double height() {
        return landscape ? paper.width : paper.height;
    }

    /** The size of a page. */
    public enum Paper {
        /** 210 by 297 mm. */
        A4(595.28, 841.89),
        /** 8.5 by 11 inches. */
        LETTER(612, 792);

        private final double width;
        private final double height;

        Paper(double width, double height) {
            this.width = width;
            this.height = height;
        }
    }
}
