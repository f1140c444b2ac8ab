package dev.evalstore.analysis.export;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Isolation;
import dev.evalstore.Repositories;
import dev.evalstore.TxOptions;
import dev.evalstore.analysis.internal.PartFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Writes rows of the store to a file or a stream; which rows, {@link EvaluationExport} and {@link SubmissionExport} say.
 * Immutable: each method returns another export. Nothing is read before {@link #toFile} or {@link #toStream}, which may be
 * called any number of times.
 *
 * <p>All rows are written unless a {@link #maximum} is set. They are streamed, so memory does not grow with their number: in
 * it are a few million characters, or a few rows where one is longer. Rows that turn long behind short ones need more for
 * once, as a thousand of them do, or 256 at a heap of 64 MB. A {@link Database} reads them in a read-only transaction of their own, all as they
 * were at one moment, and gives one connection for as long as that takes; a {@code Tx} reads them in its own. Where the calling
 * thread is in a transaction of the host, which cannot be made read-only, pass {@code db.join(connection)}.
 *
 * <p>What breaks off can be told from what is whole. A file takes its name only once it is whole. Of a stream the JSON is
 * not closed, and CSV and NDJSON lack their {@linkplain ExportFormat#endLine last line}.
 *
 * @param <E> the export itself
 */
public abstract sealed class Export<E extends Export<E>> permits EvaluationExport, SubmissionExport {
    private static final TxOptions SNAPSHOT =
            TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ).asReadOnly();

    final ExportOptions options;

    Export(ExportOptions options) {
        this.options = options;
    }

    abstract E with(ExportOptions changed);

    abstract Columns<?> known();

    abstract Source<?> source(Repositories db);

    /**
     * Only these columns, in this order: of those that the export lists, and {@code metrics.} with the name of a metric.
     *
     * @throws IllegalArgumentException if there is none, a name is unknown or repeated, or there are more than 200 with
     *     those that are added
     */
    public final E columns(String... names) {
        return columns(Arrays.asList(Objects.requireNonNull(names, "columns")));
    }

    /** {@link #columns(String...)} of a list. */
    public final E columns(List<String> names) {
        return with(options.choose(known().checked("columns", Objects.requireNonNull(names, "columns"))));
    }

    /**
     * Adds a column {@code metadata} behind the others, unless it is among them.
     *
     * @throws IllegalArgumentException if the export then has more than 200 columns
     */
    public final E metadata() {
        return with(options.add(Columns.METADATA, List.of(Columns.METADATA)));
    }

    /**
     * Adds a column {@code metrics} with all metrics as an object, behind the others, unless it is among them.
     *
     * @throws IllegalArgumentException if the export then has more than 200 columns
     */
    public final E metrics() {
        return with(options.add(Columns.METRICS, List.of(Columns.METRICS)));
    }

    /**
     * Adds a column for each of these metrics behind the others: {@code metrics.f1} for {@code f1}. It is empty where a row
     * has no such metric.
     *
     * @throws IllegalArgumentException if there is none, a name is blank or longer than 200 characters, one is repeated, or
     *     the export then has more than 200 columns
     */
    public final E metrics(String... names) {
        List<String> columns = Arrays.stream(Objects.requireNonNull(names, "metrics"))
                .map(name -> Columns.METRIC + Objects.requireNonNull(name, "metrics"))
                .toList();
        return with(options.add(Columns.METRICS, known().checked(Columns.METRICS, columns)));
    }

    /**
     * Writes at most so many rows, the first of the order. {@link ExportSummary#cut} tells whether there are more.
     *
     * @param rows at least 1
     */
    public final E maximum(long rows) {
        return with(options.maximum(rows));
    }

    /**
     * Writes the rows to a file, in place of one that is there. They are written beside it, under a name of their own that ends
     * with {@code .part}, forced to disk, and take the name only when all are written. So the file is whole or is as it was
     * before. A part that is left by a process that was killed can be deleted.
     *
     * <p>A file that is replaced hands on its permissions, and its owner and group where the process may give them; otherwise the
     * new group has no permissions. A symbolic link stays, and the file that it points to is replaced. Other hard links keep
     * the file as it was.
     *
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if the path names no file, or a folder, a device or a pipe
     * @throws DatabaseException if the rows cannot be read
     */
    public final ExportSummary toFile(Repositories db, Path file, ExportFormat format) throws IOException {
        Objects.requireNonNull(db, "db");
        Objects.requireNonNull(format, "format");
        try (PartFile part = PartFile.beside(Objects.requireNonNull(file, "file"))) {
            ExportSummary summary = write(db, part.stream(), format, true);
            part.complete();
            return summary;
        }
    }

    /**
     * Writes the rows to a stream and flushes it; the stream stays open. Of an export that throws, the caller tells the
     * reader at the other end as well as it can, by breaking off the connection: whatever it does, the end is missing there.
     *
     * @throws IOException if the stream throws it
     * @throws DatabaseException if the rows cannot be read
     */
    public final ExportSummary toStream(Repositories db, OutputStream stream, ExportFormat format) throws IOException {
        Objects.requireNonNull(db, "db");
        Objects.requireNonNull(format, "format");
        return write(db, Objects.requireNonNull(stream, "stream"), format, false);
    }

    private ExportSummary write(Repositories db, OutputStream stream, ExportFormat format, boolean isFile)
            throws IOException {
        CarefulStream out = new CarefulStream(stream);
        RowWriter rows = format.writer(out, isFile);
        try {
            ExportSummary summary = db instanceof Database database
                    ? database.inTransaction(SNAPSHOT, tx -> source(tx).write(rows, options.maximum()))
                    : source(db).write(rows, options.maximum());
            out.flush();
            return summary;
        } catch (RuntimeException e) {
            throw out.cause(e);
        }
    }
}
