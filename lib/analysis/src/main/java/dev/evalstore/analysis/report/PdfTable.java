package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.DataTable.Alignment;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Drawing.Ink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.cos.COSDictionary;
import org.jspecify.annotations.Nullable;

/** Draws a table on as many pages as it needs, with its headings on each. */
final class PdfTable {
    static final double CAPTION_SIZE = 9.5;
    static final double CAPTION_LEADING = 12.5;
    private static final double LEADING = 1.25;
    private static final double ABOVE = 2.5;
    private static final double BELOW = 3;
    private static final double BETWEEN = 16;
    private static final double RULE = 0.75;
    private static final double HAIRLINE = 0.3;

    /** Beyond this, the structure would take more room than the text; cells are then read aloud in their order alone. */
    private static final long MAX_TAGGED_CELLS = 200_000;

    private final DataTable table;
    private final PdfPages pages;
    private final PdfColumns.Band band;
    private final double size;
    private final double leading;
    private final COSDictionary element;
    private final boolean isTagged;
    private final List<List<PdfText.Line>> headings = new ArrayList<>();
    private boolean isFresh = true;

    private PdfTable(DataTable table, PdfPages pages, PdfColumns columns, PdfColumns.Band band, COSDictionary parent)
            throws IOException {
        this.table = table;
        this.pages = pages;
        this.band = band;
        this.size = columns.size();
        this.leading = size * LEADING;
        this.element = pages.tags.element(parent, "Table");
        this.isTagged = (long) table.rows().size() * band.columns().length <= MAX_TAGGED_CELLS;
        for (int i = 0; i < band.columns().length; i++) {
            headings.add(pages.text.wrap(column(i).label(), true, size, band.widths()[i]));
        }
    }

    static void draw(DataTable table, PdfPages pages, COSDictionary parent) throws IOException {
        PdfColumns columns = PdfColumns.of(table, pages.text, pages.width());
        for (int i = 0; i < columns.bands().size(); i++) {
            PdfColumns.Band band = columns.bands().get(i);
            if (i > 0) {
                pages.advance(BETWEEN);
            }
            new PdfTable(table, pages, columns, band, parent).draw(caption(table, columns, band));
        }
    }

    /** A value that is not there is not the same as an empty text. */
    static String shown(@Nullable String cell) {
        return cell == null ? "–" : cell;
    }

    /** With the numbers of the columns where not all stand beside each other. */
    private static String caption(DataTable table, PdfColumns columns, PdfColumns.Band band) {
        if (columns.bands().size() == 1) {
            return table.caption();
        }
        int[] shown = band.columns();
        return table.caption() + " (" + (shown[1] + 1) + "–" + (shown[shown.length - 1] + 1) + " / "
                + table.columns().size() + ")";
    }

    private void draw(String caption) throws IOException {
        List<PdfText.Line> lines = pages.text.wrap(caption, true, CAPTION_SIZE, pages.width());
        pages.reserve(lines.size() * CAPTION_LEADING + headingHeight() + 3 * (leading + ABOVE + BELOW));
        pages.show(pages.tags.element(element, "Caption"), lines, CAPTION_SIZE, CAPTION_LEADING, Ink.BLACK);
        pages.advance(3);
        heading(isTagged ? pages.tags.element(element, "TR") : null);
        for (List<@Nullable String> row : table.rows()) {
            row(row);
        }
        pages.beginArtifact();
        rule(RULE, Ink.BLACK);
        pages.end();
    }

    private void heading(@Nullable COSDictionary row) throws IOException {
        pages.beginArtifact();
        rule(RULE, Ink.BLACK);
        if (row != null) {
            pages.end();
        }
        double bottom = pages.cursor() + headingHeight();
        double x = PdfPages.SIDE;
        for (int i = 0; i < headings.size(); i++) {
            List<PdfText.Line> lines = headings.get(i);
            if (row != null) {
                pages.begin(pages.tags.heading(row, "Column"));
            }
            // Beside each other, headings of different heights stand on one line.
            cell(lines, i, x, bottom - BELOW - lines.size() * leading);
            if (row != null) {
                pages.end();
            }
            x += band.widths()[i] + PdfColumns.PADDING;
        }
        pages.advance(headingHeight());
        if (row != null) {
            pages.beginArtifact();
        }
        rule(RULE, Ink.BLACK);
        pages.end();
        isFresh = true;
    }

    private double headingHeight() {
        int most = headings.stream().mapToInt(List::size).max().orElse(1);
        return most * leading + ABOVE + BELOW;
    }

    private void row(List<@Nullable String> row) throws IOException {
        List<List<PdfText.Line>> cells = new ArrayList<>();
        List<COSDictionary> elements = new ArrayList<>();
        int height = 0;
        COSDictionary rowElement = isTagged ? pages.tags.element(element, "TR") : element;
        for (int i = 0; i < headings.size(); i++) {
            String text = shown(row.get(band.columns()[i]));
            List<PdfText.Line> lines = pages.text.wrap(text, false, size, band.widths()[i]);
            cells.add(lines);
            height = Math.max(height, lines.size());
            if (isTagged) {
                elements.add(i == 0 ? pages.tags.heading(rowElement, "Row") : pages.tags.element(rowElement, "TD"));
            }
        }
        int from = 0;
        while (from < height) {
            int fitting = (int) ((pages.rest() - ABOVE - BELOW) / leading);
            if (fitting < height - from && !isFresh) {
                pages.turn();
                heading(null);
                continue;
            }
            int to = Math.min(height, from + Math.max(1, fitting));
            lines(cells, elements, from, to);
            from = to;
        }
    }

    /** Some lines of a row; all of them, unless the row is higher than a page. */
    private void lines(List<List<PdfText.Line>> cells, List<COSDictionary> elements, int from, int to)
            throws IOException {
        if (!isFresh) {
            pages.beginArtifact();
            rule(HAIRLINE, Ink.LIGHT);
            pages.end();
        }
        double x = PdfPages.SIDE;
        if (!isTagged) {
            pages.begin(element);
        }
        for (int i = 0; i < cells.size(); i++) {
            List<PdfText.Line> lines = cells.get(i);
            if (from < lines.size()) {
                if (isTagged) {
                    pages.begin(elements.get(i));
                }
                cell(lines.subList(from, Math.min(to, lines.size())), i, x, pages.cursor() + ABOVE);
                if (isTagged) {
                    pages.end();
                }
            }
            x += band.widths()[i] + PdfColumns.PADDING;
        }
        if (!isTagged) {
            pages.end();
        }
        pages.advance((to - from) * leading + ABOVE + BELOW);
        isFresh = false;
    }

    private void cell(List<PdfText.Line> lines, int index, double x, double top) throws IOException {
        double left = x + PdfColumns.PADDING / 2;
        boolean isNumber = column(index).alignment() == Alignment.NUMBER;
        double y = top + size;
        for (PdfText.Line line : lines) {
            double shift = isNumber ? band.widths()[index] - line.width() * size : 0;
            pages.show(line, left + shift, y, size, Ink.BLACK);
            y += leading;
        }
    }

    private void rule(double width, Ink ink) throws IOException {
        double right = PdfPages.SIDE;
        for (double column : band.widths()) {
            right += column + PdfColumns.PADDING;
        }
        pages.rule(PdfPages.SIDE, right, pages.cursor(), width, ink);
    }

    private Column column(int index) {
        return table.columns().get(band.columns()[index]);
    }
}
