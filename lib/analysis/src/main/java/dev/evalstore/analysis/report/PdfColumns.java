package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.DataTable.Alignment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How wide the columns of a table are: as wide as their texts where there is room, then narrower with broken lines, then in
 * smaller print, then with broken words, and then in several tables, each of which begins with the first column.
 *
 * @param bands which columns each table has
 */
record PdfColumns(double size, List<Band> bands) {
    /** On both sides of a column together. */
    static final double PADDING = 8;

    private static final List<Double> SIZES = List.of(8.5, 7.5, 6.5);

    /** No text makes its column wider than this share of a page where there is no room. */
    private static final double MAX_PIECE = 0.22;

    /** The same before a table is divided, since the rows of some tables are named by two columns. */
    private static final double LAST_PIECE = 0.12;

    private static final double MAX_FIRST = 0.3;

    static PdfColumns of(DataTable table, PdfText text, double room) throws IOException {
        double[] natural = new double[table.columns().size()];
        double[] cells = new double[natural.length];
        double[] words = new double[natural.length];
        double[] pieces = new double[natural.length];
        for (int i = 0; i < natural.length; i++) {
            DataTable.Column column = table.columns().get(i);
            PdfText.Widths heading = text.widths(column.label(), true, 1);
            natural[i] = heading.line();
            words[i] = heading.word();
            pieces[i] = heading.piece();
            boolean isNumber = column.alignment() == Alignment.NUMBER;
            for (List<@Nullable String> row : table.rows()) {
                PdfText.Widths cell = text.widths(PdfTable.shown(row.get(i)), false, 1);
                cells[i] = Math.max(cells[i], cell.line());
                words[i] = Math.max(words[i], isNumber ? cell.line() : cell.word());
                pieces[i] = Math.max(pieces[i], isNumber ? cell.line() : cell.piece());
            }
            natural[i] = Math.max(natural[i], cells[i]);
        }
        List<DoubleFunction<double[]>> minima = List.of(
                size -> minimum(words, size, room * MAX_PIECE),
                size -> minimum(pieces, size, room * MAX_PIECE),
                size -> minimum(pieces, size, room * LAST_PIECE));
        for (DoubleFunction<double[]> minimum : minima) {
            for (double size : SIZES) {
                double[] widths = fit(scaled(natural, size), scaled(cells, size), minimum.apply(size), room);
                if (widths != null) {
                    return new PdfColumns(size, List.of(new Band(range(0, natural.length), widths)));
                }
            }
        }
        double size = SIZES.get(SIZES.size() - 1);
        double[] minimum = minimum(pieces, size, room * MAX_PIECE);
        return new PdfColumns(size, bands(scaled(natural, size), scaled(cells, size), minimum, room));
    }

    private static List<Band> bands(double[] natural, double[] cells, double[] minimum, double room) {
        minimum[0] = Math.min(minimum[0], room * MAX_FIRST);
        natural[0] = Math.max(minimum[0], Math.min(natural[0], room * MAX_FIRST));
        double first = natural[0] + PADDING;
        List<Band> bands = new ArrayList<>();
        int from = 1;
        while (from < natural.length) {
            int to = from;
            double used = first;
            while (to < natural.length && (to == from || used + minimum[to] + PADDING <= room)) {
                used += minimum[to] + PADDING;
                to++;
            }
            int[] columns =
                    IntStream.concat(IntStream.of(0), IntStream.range(from, to)).toArray();
            double[] widths = fit(chosen(natural, columns), chosen(cells, columns), chosen(minimum, columns), room);
            bands.add(new Band(columns, widths == null ? chosen(minimum, columns) : widths));
            from = to;
        }
        return bands.isEmpty() ? List.of(new Band(range(0, 1), new double[] {room - PADDING})) : bands;
    }

    /** What is left beyond the minima is shared by what the cells would like to have, and then by what the headings would. */
    private static double @Nullable [] fit(double[] natural, double[] cells, double[] minimum, double room) {
        double free = room - PADDING * natural.length;
        if (Arrays.stream(natural).sum() <= free) {
            return natural;
        }
        if (Arrays.stream(minimum).sum() > free) {
            return null;
        }
        double[] whole = new double[cells.length];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = Math.max(cells[i], minimum[i]);
        }
        return Arrays.stream(whole).sum() <= free ? between(whole, natural, free) : between(minimum, whole, free);
    }

    /** The widths between the two that make up the sum. */
    private static double[] between(double[] less, double[] more, double sum) {
        double least = Arrays.stream(less).sum();
        double share = (sum - least) / (Arrays.stream(more).sum() - least);
        double[] widths = new double[less.length];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = less[i] + (more[i] - less[i]) * share;
        }
        return widths;
    }

    private static double[] minimum(double[] pieces, double size, double most) {
        return Arrays.stream(pieces).map(piece -> Math.min(piece * size, most)).toArray();
    }

    private static double[] scaled(double[] widths, double size) {
        return Arrays.stream(widths).map(width -> width * size).toArray();
    }

    private static double[] chosen(double[] all, int[] columns) {
        return Arrays.stream(columns).mapToDouble(column -> all[column]).toArray();
    }

    private static int[] range(int from, int to) {
        return IntStream.range(from, to).toArray();
    }

    /**
     * Columns that stand beside each other.
     *
     * @param columns their indexes in the table
     * @param widths in points, without the padding
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Band(int[] columns, double[] widths) {}
}
