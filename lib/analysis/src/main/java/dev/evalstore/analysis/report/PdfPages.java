package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Drawing.Ink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.PDPageContentStream.AppendMode;
import org.apache.pdfbox.pdmodel.common.PDRectangle;

/**
 * The pages of a PDF and a cursor that moves down them. Lengths are points from the upper left corner of the page, and a text
 * stands on its base line. Not thread-safe.
 */
final class PdfPages implements AutoCloseable {
    /** On the left and the right; a picture of {@link Drawing#PAGE_WIDTH} fits between them. */
    static final double SIDE = 56;

    private static final double TOP = 56;
    private static final double FOOT = 64;
    private static final double FOOTER = 36;
    private static final double FOOTER_SIZE = 8;

    final PdfText text;
    final PdfTags tags = new PdfTags();
    private final PDDocument document;
    private final PdfOptions options;
    private PDPage page;
    private PDPageContentStream out;
    private double cursor;
    private long digest = 1;

    PdfPages(PDDocument document, PdfText text, PdfOptions options) throws IOException {
        this.document = document;
        this.text = text;
        this.options = options;
        this.page = addPage();
        this.out = new PDPageContentStream(document, page);
        this.cursor = TOP;
    }

    private PDPage addPage() {
        PDPage added = new PDPage(new PDRectangle((float) options.width(), (float) options.height()));
        document.addPage(added);
        tags.addPage(added);
        return added;
    }

    PDPage page() {
        return page;
    }

    double width() {
        return options.width() - 2 * SIDE;
    }

    /** The height of an empty page between its margins. */
    double height() {
        return options.height() - TOP - FOOT;
    }

    double cursor() {
        return cursor;
    }

    /** How far the cursor may still move on this page. */
    double rest() {
        return options.height() - FOOT - cursor;
    }

    void advance(double height) {
        cursor += height;
    }

    boolean isAtTop() {
        return cursor == TOP;
    }

    /** Turns the page where this height has no room. */
    void reserve(double height) throws IOException {
        if (rest() < height && !isAtTop()) {
            turn();
        }
    }

    void turn() throws IOException {
        out.close();
        page = addPage();
        out = new PDPageContentStream(document, page);
        cursor = TOP;
    }

    /** The position on the page, from below, where the viewer is to begin. */
    int anchor(double y) {
        return (int) Math.ceil(options.height() - y);
    }

    void begin(COSDictionary element) throws IOException {
        out.beginMarkedContent(element.getCOSName(COSName.S), tags.content(element, page));
    }

    /** What follows is repeated or an ornament, and not read aloud. */
    void beginArtifact() throws IOException {
        out.beginMarkedContent(COSName.ARTIFACT);
    }

    void end() throws IOException {
        out.endMarkedContent();
    }

    /** One line that begins at x. */
    void show(PdfText.Line line, double x, double y, double size, Ink ink) throws IOException {
        show(out, line, x, options.height() - y, size, ink);
    }

    /** Lines below each other, on as many pages as they need; the cursor is moved behind them. */
    void show(COSDictionary element, List<PdfText.Line> lines, double size, double leading, Ink ink)
            throws IOException {
        boolean begun = false;
        for (PdfText.Line line : lines) {
            if (rest() < leading && !isAtTop()) {
                if (begun) {
                    end();
                }
                turn();
                begun = false;
            }
            if (!begun) {
                begin(element);
                begun = true;
            }
            show(line, SIDE, cursor + size, size, ink);
            cursor += leading;
        }
        end();
    }

    void rule(double fromX, double toX, double y, double width, Ink ink) throws IOException {
        stroke(ink);
        out.setLineWidth((float) width);
        out.moveTo((float) fromX, flipped(y));
        out.lineTo((float) toX, flipped(y));
        out.stroke();
    }

    /** The stream of the page's content, for shapes; y grows upwards there. */
    PDPageContentStream out() {
        return out;
    }

    float flipped(double y) {
        return (float) (options.height() - y);
    }

    void stroke(Ink ink) throws IOException {
        out.setStrokingColor(red(ink), green(ink), blue(ink));
    }

    void fill(Ink ink) throws IOException {
        out.setNonStrokingColor(red(ink), green(ink), blue(ink));
    }

    private static float red(Ink ink) {
        return (ink.rgb() >> 16) / 255f;
    }

    private static float green(Ink ink) {
        return (ink.rgb() >> 8 & 0xFF) / 255f;
    }

    private static float blue(Ink ink) {
        return (ink.rgb() & 0xFF) / 255f;
    }

    private void show(PDPageContentStream to, PdfText.Line line, double x, double y, double size, Ink ink)
            throws IOException {
        if (line.runs().isEmpty()) {
            return;
        }
        to.beginText();
        to.setNonStrokingColor(red(ink), green(ink), blue(ink));
        to.newLineAtOffset((float) x, (float) y);
        for (PdfText.Run run : line.runs()) {
            to.setFont(run.face().font, (float) size);
            digest = 31 * digest + run.text().hashCode();
            String actual = run.actual();
            if (actual == null) {
                to.showText(run.text());
            } else {
                beginSpan(to, actual);
                to.showText(run.text());
                to.endMarkedContent();
            }
        }
        to.endText();
    }

    /** The text to be read back instead of what is drawn; beside the operator, since not every reader looks elsewhere. */
    @SuppressWarnings("deprecation")
    private static void beginSpan(PDPageContentStream to, String actual) throws IOException {
        String utf16 = HexFormat.of().withUpperCase().formatHex(actual.getBytes(StandardCharsets.UTF_16BE));
        to.appendRawCommands("/Span <</ActualText <FEFF" + utf16 + ">>> BDC\n");
    }

    /** Numbers the pages and writes the title below each. */
    void finish(String title) throws IOException {
        out.close();
        int count = document.getNumberOfPages();
        double y = FOOTER;
        for (int i = 0; i < count; i++) {
            PdfText.Line number = text.line(i + 1 + " / " + count, false);
            double numberWidth = number.width() * FOOTER_SIZE;
            PdfText.Line name = text.wrap(title, false, FOOTER_SIZE, width() - numberWidth - 20)
                    .get(0);
            out = new PDPageContentStream(document, document.getPage(i), AppendMode.APPEND, true);
            out.beginMarkedContent(COSName.ARTIFACT);
            show(out, name, SIDE, y, FOOTER_SIZE, Ink.GREY);
            show(out, number, options.width() - SIDE - numberWidth, y, FOOTER_SIZE, Ink.GREY);
            out.endMarkedContent();
            out.close();
        }
        tags.addTo(document);
        // Instead of the time, so that the same report is the same file.
        document.setDocumentId(digest);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
