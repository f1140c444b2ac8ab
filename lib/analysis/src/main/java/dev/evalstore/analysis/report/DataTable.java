package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Inputs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table whose first column names the rows. A row has a cell for each column; a null is a value that is not there, shown as
 * a dash, which is not the same as an empty text.
 *
 * @param caption what the table shows, 1 to 1,000 characters
 * @param columns 1 to 100
 * @param rows at most 1,000,000; cells of at most 20,000 characters
 */
public record DataTable(String caption, List<Column> columns, List<List<@Nullable String>> rows)
        implements Document.Part {
    static final int MAX_CAPTION = 1_000;
    private static final int MAX_COLUMNS = 100;
    private static final int MAX_ROWS = 1_000_000;

    /** @throws IllegalArgumentException if a component is out of its bounds, or a row has more or fewer cells than columns */
    public DataTable {
        caption = Inputs.text("caption", caption, MAX_CAPTION);
        columns = Inputs.list("columns", columns, 1, MAX_COLUMNS);
        List<List<@Nullable String>> copy = new ArrayList<>();
        for (List<@Nullable String> row : Inputs.<List<@Nullable String>>list("rows", rows, 0, MAX_ROWS)) {
            copy.add(cells(row, columns.size()));
        }
        rows = Collections.unmodifiableList(copy);
    }

    private static List<@Nullable String> cells(List<@Nullable String> row, int columns) {
        if (row.size() != columns) {
            throw new IllegalArgumentException("rows must have a cell for each column");
        }
        List<@Nullable String> cells = new ArrayList<>(row);
        for (String cell : cells) {
            if (cell != null) {
                Inputs.content("cell", cell, Document.MAX_TEXT);
            }
        }
        return Collections.unmodifiableList(cells);
    }

    /** On which side the cells of a column stand. */
    public enum Alignment {
        /** Left: texts. */
        TEXT,
        /** Right: numbers with the same count of decimals, so that their points stand below each other. */
        NUMBER
    }

    /**
     * A column.
     *
     * @param heading 1 to 300 characters
     * @param unit of its numbers, such as {@code ms}, or null
     */
    public record Column(String heading, @Nullable String unit, Alignment alignment) {
        public Column {
            heading = Inputs.text("heading", heading, Document.MAX_LINE);
            unit = Inputs.textOrNull("unit", unit, Document.MAX_LINE);
            Objects.requireNonNull(alignment, "alignment");
        }

        public static Column text(String heading) {
            return new Column(heading, null, Alignment.TEXT);
        }

        public static Column number(String heading) {
            return new Column(heading, null, Alignment.NUMBER);
        }

        public static Column number(String heading, String unit) {
            return new Column(heading, unit, Alignment.NUMBER);
        }

        /** The heading with its unit, as it stands above the column. */
        String label() {
            return unit == null ? heading : Directions.isolated(heading) + " (" + Directions.isolated(unit) + ")";
        }
    }
}
