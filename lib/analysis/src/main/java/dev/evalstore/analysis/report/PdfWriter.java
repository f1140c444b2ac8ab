package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.analysis.report.Drawing.Ink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSFloat;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.PageMode;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.destination.PDPageXYZDestination;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDDocumentOutline;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDOutlineItem;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDOutlineNode;
import org.apache.pdfbox.pdmodel.interactive.viewerpreferences.PDViewerPreferences;

/**
 * Writes a document as a PDF: pages with numbers and the title, bookmarks, tables that go on over pages, pictures as vectors,
 * and tags, by which the document is read aloud. It has no date, and its id follows from its texts: on one JDK the same document
 * makes the same file.
 */
final class PdfWriter {
    private static final double TITLE_SIZE = 18;
    private static final List<Double> HEADING_SIZES = List.of(13.5, 11.5, 10.5, 10.5);
    private static final double TEXT_SIZE = 10;
    private static final double TEXT_LEADING = 1.4;
    private static final double NOTE_SIZE = 8.5;
    private static final double NOTE_LEADING = 1.35;

    /** A note of at most so many lines is not parted from the table or picture above it. */
    private static final int USUAL_NOTE = 8;

    private static final double GAP = 8;

    /** Text of at most so many lines leads to what follows it. */
    private static final int SHORT = 4;

    private static final double HEADING_ROOM = 30;

    /** A picture that is higher than a page by less than this is made smaller; another one goes on over pages. */
    private static final double MAX_SHRINKING = 1.6;

    /** A page with so much room has nothing but headings on it, and a picture begins there. */
    private static final double FREE = 0.8;

    private final PdfPages pages;

    /** What was measured of a table before it is drawn; by the object, since to compare tables takes as long. */
    private final IdentityHashMap<DataTable, PdfColumns> columns = new IdentityHashMap<>();

    private PdfWriter(PdfPages pages) {
        this.pages = pages;
    }

    /** The stream is not closed. */
    static void write(Document document, PdfOptions options, OutputStream out) throws IOException {
        try (PDDocument pdf = new PDDocument();
                PdfFonts fonts = new PdfFonts(pdf, options.fonts())) {
            pdf.setVersion(1.7f);
            describe(pdf, document);
            try (PdfPages pages = new PdfPages(pdf, new PdfText(fonts), options)) {
                PDDocumentOutline outline = new PDDocumentOutline();
                pdf.getDocumentCatalog().setDocumentOutline(outline);
                PdfWriter writer = new PdfWriter(pages);
                writer.title(document.title());
                writer.parts(document.parts(), 0, pages.tags.document(), outline);
                pages.finish(document.title());
            }
            pdf.save(out);
        }
    }

    private static void describe(PDDocument pdf, Document document) {
        PDDocumentInformation information = new PDDocumentInformation();
        information.setTitle(document.title());
        information.setProducer("evalstore");
        pdf.setDocumentInformation(information);
        pdf.getDocumentCatalog().setLanguage(document.language());
        pdf.getDocumentCatalog().setPageMode(PageMode.USE_OUTLINES);
        PDViewerPreferences preferences = new PDViewerPreferences(new COSDictionary());
        preferences.setDisplayDocTitle(true);
        pdf.getDocumentCatalog().setViewerPreferences(preferences);
    }

    private void title(String title) throws IOException {
        text(pages.tags.element(pages.tags.document(), "H1"), title, true, TITLE_SIZE, 1.25, Ink.BLACK);
        pages.advance(GAP);
    }

    private void parts(List<Part> parts, int depth, COSDictionary parent, PDOutlineNode bookmarks) throws IOException {
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (part instanceof Section section) {
                section(section, depth, parent, bookmarks);
            } else if (part instanceof Paragraph paragraph) {
                text(pages.tags.element(parent, "P"), paragraph.text(), false, TEXT_SIZE, TEXT_LEADING, Ink.BLACK);
                pages.advance(GAP);
            } else if (part instanceof Note note) {
                text(pages.tags.element(parent, "P"), note.text(), false, NOTE_SIZE, NOTE_LEADING, Ink.GREY);
                pages.advance(GAP);
            } else if (part instanceof DataTable table) {
                PdfTable.draw(table, columns(table), note(parts, i), pages, parent);
                columns.remove(table);
                pages.advance(2 * GAP);
            } else if (part instanceof Figure figure) {
                figure(figure, note(parts, i), parent);
                pages.advance(2 * GAP);
            }
        }
    }

    /** How much room the note on a table or picture needs below it: all of a usual one, and the beginning of a long one. */
    private double note(List<Part> parts, int noted) throws IOException {
        if (noted + 1 == parts.size() || !(parts.get(noted + 1) instanceof Note note)) {
            return 0;
        }
        int lines =
                pages.text.wrap(note.text(), false, NOTE_SIZE, pages.width()).size();
        return 2 * GAP + Math.min(lines, USUAL_NOTE) * NOTE_SIZE * NOTE_LEADING;
    }

    /** Of a table that is to be drawn. */
    private PdfColumns columns(DataTable table) throws IOException {
        PdfColumns known = columns.get(table);
        if (known == null) {
            known = PdfColumns.of(table, pages.text, pages.width());
            columns.put(table, known);
        }
        return known;
    }

    private void section(Section section, int depth, COSDictionary parent, PDOutlineNode bookmarks) throws IOException {
        double size = HEADING_SIZES.get(Math.min(depth, HEADING_SIZES.size() - 1));
        if (!pages.isAtTop()) {
            pages.advance(size * 0.6);
        }
        List<PdfText.Line> lines = pages.text.wrap(section.heading(), true, size, pages.width());
        double heading = lines.size() * size * 1.3 + GAP / 2;
        // What has no room beside the heading even on a page of its own begins on the next one.
        pages.reserve(heading + Math.min(beginning(section.parts()), pages.height() - heading));
        PDOutlineItem bookmark = bookmark(section.heading());
        bookmarks.addLast(bookmark);
        COSDictionary element = pages.tags.element(parent, "Sect");
        pages.show(pages.tags.element(element, "H" + (depth + 2)), lines, size, size * 1.3, Ink.BLACK);
        pages.advance(GAP / 2);
        parts(section.parts(), depth + 1, element, bookmark);
    }

    private PDOutlineItem bookmark(String title) {
        PDPageXYZDestination destination = new PDPageXYZDestination();
        destination.setPage(pages.page());
        destination.setLeft(0);
        destination.setTop(pages.anchor(pages.cursor()));
        PDOutlineItem bookmark = new PDOutlineItem();
        bookmark.setTitle(title);
        bookmark.setDestination(destination);
        return bookmark;
    }

    /** What should stand on the page of a heading: a picture as a whole, and of others the first lines. */
    private double beginning(List<Part> parts) throws IOException {
        double height = 0;
        int lines = 0;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (part instanceof Figure figure) {
                double drawing = figure.drawing().height() * scale(figure.drawing());
                return height + Math.min(drawing, pages.height()) + height(caption(figure)) + note(parts, i);
            }
            if (part instanceof Section section) {
                return height + HEADING_ROOM + beginning(section.parts());
            }
            if (part instanceof DataTable table) {
                return height + PdfTable.beginning(table, columns(table), note(parts, i), pages);
            }
            String text = part instanceof Paragraph paragraph ? paragraph.text() : ((Note) part).text();
            lines += pages.text.wrap(text, false, TEXT_SIZE, pages.width()).size();
            if (lines > SHORT) {
                return SHORT * TEXT_SIZE * TEXT_LEADING;
            }
            height = lines * TEXT_SIZE * TEXT_LEADING + GAP;
        }
        return height;
    }

    private void text(COSDictionary element, String text, boolean bold, double size, double leading, Ink ink)
            throws IOException {
        pages.show(element, pages.text.wrap(text, bold, size, pages.width()), size, size * leading, ink);
    }

    private void figure(Figure figure, double note, COSDictionary parent) throws IOException {
        Drawing drawing = figure.drawing();
        List<PdfText.Line> caption = caption(figure);
        double texts = height(caption) + note;
        double scale = scale(drawing);
        double height = drawing.height() * scale;
        double here = pages.rest() - texts;
        boolean isHere = here >= (pages.height() - texts) * FREE;
        double room = isHere ? here : pages.height() - texts;
        if (height > room && height < room * MAX_SHRINKING) {
            scale *= room / height;
            height = room;
        }
        pages.reserve(Math.min(height, room) + texts);
        COSDictionary element = pages.tags.element(parent, "Figure");
        element.setString(COSName.ALT, figure.alternative());
        pages.show(
                pages.tags.element(element, "Caption"),
                caption,
                PdfTable.CAPTION_SIZE,
                PdfTable.CAPTION_LEADING,
                Ink.BLACK);
        pages.advance(PdfTable.CAPTION_GAP);
        double from = 0;
        while (from < drawing.height()) {
            double fitting = pages.rest() / scale;
            double to = from + fitting >= drawing.height()
                    ? drawing.height()
                    : DrawingCuts.below(drawing, from, from + fitting);
            slice(drawing, from, to, scale, element);
            from = to;
            if (from < drawing.height()) {
                pages.turn();
            }
        }
    }

    private List<PdfText.Line> caption(Figure figure) throws IOException {
        return pages.text.wrap(figure.caption(), true, PdfTable.CAPTION_SIZE, pages.width());
    }

    private static double height(List<PdfText.Line> caption) {
        return caption.size() * PdfTable.CAPTION_LEADING + PdfTable.CAPTION_GAP;
    }

    /** A part of a drawing, from one of its heights to another. */
    private void slice(Drawing drawing, double from, double to, double scale, COSDictionary element)
            throws IOException {
        double top = pages.cursor();
        double height = (to - from) * scale;
        if (from == 0) {
            layout(element, PdfPages.SIDE, top, drawing.width() * scale, height);
        }
        pages.begin(element);
        pages.out().saveGraphicsState();
        if (from > 0 || to < drawing.height()) {
            pages.out()
                    .addRect(
                            (float) PdfPages.SIDE,
                            pages.flipped(top + height),
                            (float) (drawing.width() * scale),
                            (float) height);
            pages.out().clip();
        }
        new PdfDrawing(pages, PdfPages.SIDE, top - from * scale, scale).paint(DrawingCuts.between(drawing, from, to));
        pages.out().restoreGraphicsState();
        pages.end();
        pages.advance(height);
    }

    private void layout(COSDictionary element, double x, double y, double width, double height) {
        COSArray box = new COSArray();
        box.add(new COSFloat((float) x));
        box.add(new COSFloat(pages.flipped(y + height)));
        box.add(new COSFloat((float) (x + width)));
        box.add(new COSFloat(pages.flipped(y)));
        COSDictionary attributes = new COSDictionary();
        attributes.setItem(COSName.O, COSName.getPDFName("Layout"));
        attributes.setItem(COSName.BBOX, box);
        element.setItem(COSName.A, attributes);
    }

    /** So that it fits between the margins. */
    private double scale(Drawing drawing) {
        return Math.min(1, pages.width() / drawing.width());
    }
}
