package dev.evalstore.analysis.export;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.CsvWriter.CsvWriterRecord;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** CSV by RFC 4180. An empty text is quoted and what is missing is not, so that they differ. */
final class CsvRows implements RowWriter {
    private final Writer out;
    private final CsvWriter csv;
    private final boolean guarded;
    private final boolean marked;
    private final boolean endLine;
    private boolean alone;
    private @Nullable CsvWriterRecord record;

    CsvRows(OutputStream stream, boolean guarded, boolean marked, boolean endLine) {
        this.out = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
        this.csv = CsvWriter.builder()
                .lineDelimiter(LineDelimiter.CRLF)
                .quoteStrategy(QuoteStrategies.EMPTY)
                .build(out);
        this.guarded = guarded;
        this.marked = marked;
        this.endLine = endLine;
    }

    @Override
    public void begin(List<String> columns) {
        try {
            if (marked) {
                out.write('\uFEFF');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        alone = columns.size() == 1;
        csv.writeRecord(columns);
    }

    @Override
    public void beginRow() {
        record = csv.writeRecord();
    }

    @Override
    public void text(@Nullable String value) {
        cell(value == null || !guarded ? value : FormulaGuard.add(value));
    }

    @Override
    public void literal(@Nullable String json) {
        cell(json);
    }

    /** A line without anything would be passed over by most readers: alone, what is missing is written as an empty text. */
    private void cell(@Nullable String value) {
        current().writeField(value == null && alone ? "" : value);
    }

    private CsvWriterRecord current() {
        return Objects.requireNonNull(record, "no row has begun");
    }

    @Override
    public void endRow() {
        current().endRecord();
    }

    @Override
    public void end(ExportSummary summary) {
        if (endLine) {
            csv.writeComment(" end of export, rows: " + summary.rows() + (summary.cut() ? ", cut at the maximum" : ""));
        }
        try {
            csv.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
