package dev.evalstore.analysis.export;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes rows in one format: {@link #begin}, then the cells of each row in the order of the columns, then {@link #end}. */
interface RowWriter {
    void begin(List<String> columns);

    void beginRow();

    void text(@Nullable String value);

    /** A number, a truth value or a whole document: what has the same text in CSV and in JSON. */
    void literal(@Nullable String json);

    void endRow();

    /** All rows are written; what follows goes to the stream before this returns. */
    void end(ExportSummary summary);
}
