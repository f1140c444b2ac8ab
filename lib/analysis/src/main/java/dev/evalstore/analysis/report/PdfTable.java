package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.DataTable.Alignment;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Drawing.Ink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.pdfbox.cos.COSDictionary;
import org.jspecify.annotations.Nullable;

/** Draws a table on as many pages as it needs, with its headings on each. */
final class PdfTable {
    static final double CAPTION_SIZE = 9.5;
    static final double CAPTION_LEADING = 12.5;
    static final double CAPTION_GAP = 3;
    private static final double LEADING = 1.25;
    private static final double ABOVE = 2.5;
    private static final double BELOW = 3;
    private static final double BETWEEN = 16;
    private static final double RULE = 0.75;
    private static final double HAIRLINE = 0.3;

    /** So many rows are not parted from the headings. */
    private static final int FIRST = 3;

    /** What is higher than this part of a page is parted all the same. */
    private static final double MAX_TOGETHER = 0.5;

    /** Beyond this, the structure would take more room than the text; cells are then read aloud in their order alone. */
    private static final long MAX_TAGGED_CELLS = 200_000;

    private final DataTable table;
    private final PdfPages pages;
    private final PdfColumns.Band band;
    private final double size;
    private final double leading;
    private final double below;
    private final COSDictionary element;
    private final boolean isTagged;
    private final List<List<PdfText.Line>> headings;
    private boolean isFresh = true;

    private PdfTable(
            DataTable table,
            PdfPages pages,
            PdfColumns columns,
            PdfColumns.Band band,
            double below,
            COSDictionary parent)
            throws IOException {
        this.table = table;
        this.pages = pages;
        this.band = band;
        this.size = columns.size();
        this.leading = size * LEADING;
        this.below = below;
        this.element = pages.tags.element(parent, "Table");
        this.isTagged = (long) table.rows().size() * band.columns().length <= MAX_TAGGED_CELLS;
        this.headings = wrapped(pages, band, size, true, i -> column(i).label());
    }

    /** @param below the height of what is not to be parted from the last rows */
    static void draw(DataTable table, PdfColumns columns, double below, PdfPages pages, COSDictionary parent)
            throws IOException {
        int last = columns.bands().size() - 1;
        for (int i = 0; i <= last; i++) {
            PdfColumns.Band band = columns.bands().get(i);
            if (i > 0) {
                pages.advance(BETWEEN);
            }
            double height = i == last ? below : 0;
            pages.reserve(beginning(table, columns, band, height, pages));
            new PdfTable(table, pages, columns, band, height, parent).draw(caption(table, columns, band));
        }
    }

    /** What should stand on one page: the headings and the first rows; of few rows all, and what is below them. */
    static double beginning(DataTable table, PdfColumns columns, double below, PdfPages pages) throws IOException {
        return beginning(table, columns, columns.bands().get(0), columns.bands().size() == 1 ? below : 0, pages);
    }

    private static double beginning(
            DataTable table, PdfColumns columns, PdfColumns.Band band, double below, PdfPages pages)
            throws IOException {
        double size = columns.size();
        String caption = caption(table, columns, band);
        double height =
                pages.text.wrap(caption, true, CAPTION_SIZE, pages.width()).size() * CAPTION_LEADING + CAPTION_GAP;
        height += height(
                wrapped(
                        pages,
                        band,
                        size,
                        true,
                        i -> table.columns().get(band.columns()[i]).label()),
                size);
        List<List<@Nullable String>> rows = table.rows();
        // Of one more, the last two rows would go with what is below them.
        boolean isWhole = rows.size() <= FIRST + 1;
        for (List<@Nullable String> row : isWhole ? rows : rows.subList(0, FIRST)) {
            height += height(wrapped(pages, band, size, false, i -> shown(row.get(band.columns()[i]))), size);
        }
        return Math.min(height + (isWhole ? below : 0), pages.height() * MAX_TOGETHER);
    }

    private static List<List<PdfText.Line>> wrapped(
            PdfPages pages, PdfColumns.Band band, double size, boolean bold, IntFunction<String> text)
            throws IOException {
        List<List<PdfText.Line>> cells = new ArrayList<>();
        for (int i = 0; i < band.columns().length; i++) {
            cells.add(pages.text.wrap(text.apply(i), bold, size, band.widths()[i]));
        }
        return cells;
    }

    private static double height(List<List<PdfText.Line>> cells, double size) {
        return lines(cells) * size * LEADING + ABOVE + BELOW;
    }

    private static int lines(List<List<PdfText.Line>> cells) {
        return cells.stream().mapToInt(List::size).max().orElse(1);
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
        pages.show(pages.tags.element(element, "Caption"), lines, CAPTION_SIZE, CAPTION_LEADING, Ink.BLACK);
        pages.advance(CAPTION_GAP);
        heading(isTagged ? pages.tags.element(element, "TR") : null);
        int last = table.rows().size() - 1;
        for (int i = 0; i <= last; i++) {
            // The last row is not alone with what is below it.
            boolean isLast = i == last;
            boolean leads = i == last - 1 && below > 0;
            row(cells(i), isLast ? below : leads ? height(cells(last), size) + below : 0);
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
        return height(headings, size);
    }

    private List<List<PdfText.Line>> cells(int row) throws IOException {
        List<@Nullable String> texts = table.rows().get(row);
        return wrapped(pages, band, size, false, i -> shown(texts.get(band.columns()[i])));
    }

    /** @param together the height of what should stand on the page of its last line */
    private void row(List<List<PdfText.Line>> cells, double together) throws IOException {
        List<COSDictionary> elements = new ArrayList<>();
        int height = lines(cells);
        COSDictionary rowElement = isTagged ? pages.tags.element(element, "TR") : element;
        for (int i = 0; i < headings.size() && isTagged; i++) {
            elements.add(i == 0 ? pages.tags.heading(rowElement, "Row") : pages.tags.element(rowElement, "TD"));
        }
        int from = 0;
        while (from < height) {
            double rest = pages.rest() - ABOVE - BELOW;
            double needed = (height - from) * leading + Math.min(together, pages.height() * MAX_TOGETHER);
            if (needed > rest && !isFresh) {
                pages.turn();
                heading(null);
                continue;
            }
            int to = Math.min(height, from + Math.max(1, (int) (rest / leading)));
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
