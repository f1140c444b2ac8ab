package dev.evalstore.analysis.export;

import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an export is written, always in UTF-8. Immutable.
 *
 * <p>Texts are written as they are stored, numbers with the fewest digits that are read back as the same number, times as
 * ISO-8601 in UTC, and documents as JSON. The columns have the same names in each format.
 */
public final class ExportFormat {
    /**
     * CSV by RFC 4180: a comma, lines that end with CR LF, and a header, also where no row follows. A cell is quoted where
     * it has to be; an empty text is {@code ""} and a missing value is nothing. In an export of one column alone both are
     * {@code ""}, since readers pass over empty lines. Texts are guarded by {@link FormulaGuard}; numbers, times, truth
     * values and documents are not, so {@code -1.5} stays a number.
     */
    public static final ExportFormat CSV = new ExportFormat("CSV", "text/csv; charset=utf-8", true, false, null);

    /**
     * One array with an object for each row, a row a line. A missing value is {@code null}. One that breaks off has no
     * {@code ]} at its end, and no reader of JSON takes it.
     */
    public static final ExportFormat JSON = new ExportFormat("JSON", "application/json", false, false, null);

    /** An object a line, as {@link #JSON} has them. */
    public static final ExportFormat NDJSON = new ExportFormat("NDJSON", "application/x-ndjson", false, false, null);

    private final String name;
    private final String mediaType;
    private final boolean guarded;
    private final boolean marked;
    private final @Nullable Boolean endLine;

    private ExportFormat(String name, String mediaType, boolean guarded, boolean marked, @Nullable Boolean endLine) {
        this.name = name;
        this.mediaType = mediaType;
        this.guarded = guarded;
        this.marked = marked;
        this.endLine = endLine;
    }

    /**
     * CSV whose texts are not guarded, for readers that are no spreadsheets.
     *
     * @throws IllegalArgumentException of another format
     */
    public ExportFormat unguarded() {
        only("unguarded", CSV);
        return new ExportFormat(name, mediaType, false, marked, endLine);
    }

    /**
     * CSV that begins with a byte order mark, by which Excel knows that it is UTF-8.
     *
     * @throws IllegalArgumentException of another format
     */
    public ExportFormat byteOrderMark() {
        only("byteOrderMark", CSV);
        return new ExportFormat(name, mediaType, guarded, true, endLine);
    }

    /**
     * CSV or NDJSON with or without a last line that says that the export is whole. By default a stream has the line, since
     * the reader at its other end cannot tell otherwise, and a file has none: it takes its name only when it is whole.
     *
     * <p>The line is {@code # end of export, rows: 3} in CSV, where no row begins with an unquoted {@code #}, and {@code
     * {"end":{"rows":3,"cut":false}}} in NDJSON, where no row has that name. It also tells where {@link Export#maximum} left
     * out rows.
     *
     * @throws IllegalArgumentException of JSON, whose end needs no line
     */
    public ExportFormat endLine(boolean wanted) {
        only("endLine", CSV, NDJSON);
        return new ExportFormat(name, mediaType, guarded, marked, wanted);
    }

    /** The media type, for the header of an HTTP response. */
    public String mediaType() {
        return mediaType;
    }

    RowWriter writer(OutputStream stream, boolean isFile) {
        boolean ends = Objects.requireNonNullElse(endLine, !isFile);
        return name.equals(CSV.name)
                ? new CsvRows(stream, guarded, marked, ends)
                : new JsonRows(stream, name.equals(NDJSON.name), ends);
    }

    private void only(String option, ExportFormat... formats) {
        for (ExportFormat format : formats) {
            if (format.name.equals(name)) {
                return;
            }
        }
        throw new IllegalArgumentException(option + " is no option of " + name);
    }

    @Override
    public String toString() {
        return name;
    }
}
