package dev.evalstore.analysis.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/** Reads a PDF as another program does. */
final class ReadPdf {
    /** Of a letter, as a share of the size of its font. */
    private static final float HEIGHT = 0.7f;

    private ReadPdf() {}

    static byte[] write(Document document, PdfOptions options) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Report.of(document).writePdf(out, options);
        return out.toByteArray();
    }

    static <T> T from(byte[] pdf, Function<PDDocument, T> read) {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            return read.apply(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int pages(byte[] pdf) {
        return from(pdf, PDDocument::getNumberOfPages);
    }

    /** All text, in the order in which it is written. */
    static String text(byte[] pdf) {
        return from(pdf, document -> text(document, 1, Integer.MAX_VALUE));
    }

    static List<String> textByPage(byte[] pdf) {
        return from(pdf, document -> {
            List<String> pages = new ArrayList<>();
            for (int i = 1; i <= document.getNumberOfPages(); i++) {
                pages.add(text(document, i, i));
            }
            return pages;
        });
    }

    private static String text(PDDocument document, int from, int to) {
        try {
            PDFTextStripper stripper = new PDFTextStripper();
            stripper.setStartPage(from);
            stripper.setEndPage(to);
            stripper.setLineSeparator("\n");
            return stripper.getText(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever stands beyond the edges of its page, or within less than this many points of one. */
    static List<String> beyondMargins(byte[] pdf, double margin) {
        return from(pdf, document -> {
            List<String> beyond = new ArrayList<>();
            try {
                new PDFTextStripper() {
                    @Override
                    protected void processTextPosition(TextPosition text) {
                        boolean fits = text.getX() >= margin
                                && text.getX() + text.getWidth() <= text.getPageWidth() - margin + 0.01
                                && text.getY() >= margin
                                && text.getY() <= text.getPageHeight() - 0.5 * margin;
                        if (!fits) {
                            beyond.add("page " + getCurrentPageNo() + ": " + text.getUnicode() + " at " + text.getX()
                                    + ", " + text.getY());
                        }
                    }
                }.getText(document);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return beyond;
        });
    }

    /** Letters that are drawn over each other, by more than a sixth of their size in both directions. */
    static List<String> overlaps(byte[] pdf) {
        return from(pdf, document -> {
            List<String> overlaps = new ArrayList<>();
            List<TextPosition> page = new ArrayList<>();
            try {
                new PDFTextStripper() {
                    @Override
                    protected void processTextPosition(TextPosition text) {
                        if (!text.getUnicode().isBlank()) {
                            page.add(text);
                        }
                    }

                    @Override
                    protected void endPage(PDPage ended) {
                        collectOverlaps(page, "page " + getCurrentPageNo() + ": ", overlaps);
                        page.clear();
                    }
                }.getText(document);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return overlaps;
        });
    }

    private static void collectOverlaps(List<TextPosition> page, String place, List<String> overlaps) {
        for (int i = 0; i < page.size(); i++) {
            for (int j = i + 1; j < page.size(); j++) {
                TextPosition a = page.get(i);
                TextPosition b = page.get(j);
                float touch = Math.min(a.getFontSizeInPt(), b.getFontSizeInPt()) / 6;
                boolean across =
                        a.getX() + a.getWidth() - touch > b.getX() && b.getX() + b.getWidth() - touch > a.getX();
                if (across
                        && a.getY() - touch > b.getY() - HEIGHT * b.getFontSizeInPt()
                        && b.getY() - touch > a.getY() - HEIGHT * a.getFontSizeInPt()) {
                    overlaps.add(
                            place + a.getUnicode() + " and " + b.getUnicode() + " at " + a.getX() + ", " + a.getY());
                }
            }
        }
    }

    /** The elements of the structure by their types, in the order in which they are read aloud. */
    static List<COSDictionary> elements(PDDocument document, String type) {
        List<COSDictionary> found = new ArrayList<>();
        collect(document.getDocumentCatalog().getStructureTreeRoot().getCOSObject(), type, found);
        return found;
    }

    private static void collect(COSBase node, String type, List<COSDictionary> found) {
        if (node instanceof COSArray array) {
            array.toList().forEach(kid -> collect(object(kid), type, found));
        } else if (node instanceof COSDictionary dictionary) {
            if (type.equals(dictionary.getNameAsString(COSName.S))) {
                found.add(dictionary);
            }
            collect(dictionary.getDictionaryObject(COSName.K), type, found);
        }
    }

    private static COSBase object(COSBase base) {
        return base instanceof org.apache.pdfbox.cos.COSObject reference ? reference.getObject() : base;
    }
}
