package dev.evalstore.analysis.report;

import dev.evalstore.Repositories;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.analysis.internal.Inputs;
import dev.evalstore.analysis.internal.PartFile;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.matrix.Criterion;
import dev.evalstore.matrix.ResultFilter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A report, to be written as HTML or as PDF. Immutable and thread-safe.
 *
 * <pre>{@code
 * Report report = Report.ofComparison("Which model?", result);
 * report.writeHtml(Path.of("report.html"));
 * report.writePdf(Path.of("report.pdf"));
 * }</pre>
 *
 * <p>The HTML is one file without a script, a font or a picture of its own, and loads nothing. The same report has the same bytes
 * on every JDK from 17 on, in any time zone and locale; the PDF has on one JDK. Neither holds the time at which it was
 * written.
 *
 * <p>A file appears under its name when it is complete: one that was there before stays until then. A stream is flushed and
 * stays open; after an error, what it got is not a report.
 */
public final class Report {
    private final Document document;

    private Report(Document document) {
        this.document = Objects.requireNonNull(document, "document");
    }

    /** A report of the caller's own. */
    public static Report of(Document document) {
        return new Report(document);
    }

    /**
     * The answer of a comparison: ranking, differences and effect sizes with their intervals, all tests, what was left out,
     * and how it was computed.
     *
     * @param title 1 to 300 characters
     */
    public static Report ofComparison(String title, ComparisonResult result) {
        return new Report(ComparisonContent.of(
                Inputs.text("title", title, Document.MAX_LINE), Objects.requireNonNull(result, "result")));
    }

    /**
     * What an experiment came to: its answers by model with means, intervals, distributions and costs, its feedback with how far
     * raters agree, its metrics, params and tags. Reads all of its evaluations, with about 150 bytes of memory for each, and all
     * of its feedback, with about 200. What is
     * read meanwhile may change: pass a transaction that reads one snapshot where that matters.
     *
     * @param db the database, or a transaction
     * @throws dev.evalstore.NotFoundException if none has the id, or it is deleted
     * @throws IllegalArgumentException if there is more feedback than {@link dev.evalstore.analysis.Agreement} reads
     */
    public static Report ofExperiment(Repositories db, UUID experiment) {
        return new Report(ExperimentContent.of(
                Objects.requireNonNull(db, "db"), Objects.requireNonNull(experiment, "experiment")));
    }

    /**
     * A leaderboard as it is now: every entry, the scores with the intervals that were submitted, and tiers by their overlap.
     * What is read meanwhile may change: pass a transaction that reads one snapshot where that matters.
     *
     * @param db the database, or a transaction
     * @param viewer for whom it is; submissions that the viewer may not see are not in it
     * @throws dev.evalstore.NotFoundException if a version of the board does not exist
     * @throws dev.evalstore.ConflictException if the board is of several versions that cannot share one
     */
    public static Report ofLeaderboard(Repositories db, Leaderboard board, Viewer viewer) {
        return new Report(LeaderboardContent.of(
                Objects.requireNonNull(db, "db"),
                Objects.requireNonNull(board, "board"),
                Objects.requireNonNull(viewer, "viewer")));
    }

    /**
     * The results of inference benchmarks, compared by those measures that at least half of the combinations have; see {@link
     * #ofMatrix(Repositories, String, ResultFilter, Collection)}.
     */
    public static Report ofMatrix(Repositories db, String title, ResultFilter filter) {
        return ofMatrix(db, title, filter, List.of());
    }

    /**
     * The results of inference benchmarks: the newest of each combination, with its cost of a million tokens by the present price
     * of its machine, cost against accuracy and latency, and the Pareto fronts. What is read meanwhile may change: pass a
     * transaction that reads one snapshot where that matters.
     *
     * @param db the database, or a transaction
     * @param title 1 to 300 characters
     * @param filter of at most 50,000 combinations
     * @param criteria by which measures the fronts are, of {@link Criterion}'s four; empty for those that at least half of the
     *     combinations have
     * @throws IllegalArgumentException if there is another criterion, or the filter admits more combinations
     */
    public static Report ofMatrix(Repositories db, String title, ResultFilter filter, Collection<Criterion> criteria) {
        return new Report(MatrixContent.of(
                Objects.requireNonNull(db, "db"),
                Inputs.text("title", title, Document.MAX_LINE),
                Objects.requireNonNull(filter, "filter"),
                List.copyOf(Objects.requireNonNull(criteria, "criteria"))));
    }

    /** What the report says. */
    public Document document() {
        return document;
    }

    /**
     * The same report with something more at its end.
     *
     * @throws IllegalArgumentException if there are 1,000 parts already, or sections are nested more than 4 deep
     */
    public Report with(Document.Part part) {
        List<Document.Part> parts = new ArrayList<>(document.parts());
        parts.add(Objects.requireNonNull(part, "part"));
        return new Report(new Document(document.title(), document.language(), parts));
    }

    /**
     * Writes one HTML file, in UTF-8.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public void writeHtml(Path file) {
        toFile(file, this::writeHtml);
    }

    /**
     * Writes the same to a stream.
     *
     * @throws UncheckedIOException if the stream cannot be written to
     */
    public void writeHtml(OutputStream out) {
        Objects.requireNonNull(out, "out");
        try {
            Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
            HtmlWriter.write(document, writer);
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a PDF on A4 with the bundled font; see {@link #writePdf(Path, PdfOptions)}. */
    public void writePdf(Path file) {
        writePdf(file, PdfOptions.DEFAULT);
    }

    /**
     * Writes a PDF, with bookmarks, numbered pages, and tags by which it is read aloud. A table without room is broken into
     * lines, printed smaller, and then divided into tables of fewer columns: no cell is cut off.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public void writePdf(Path file, PdfOptions options) {
        Objects.requireNonNull(options, "options");
        toFile(file, out -> writePdf(out, options));
    }

    /**
     * Writes the same to a stream.
     *
     * @throws UncheckedIOException if the stream cannot be written to
     */
    public void writePdf(OutputStream out, PdfOptions options) {
        Objects.requireNonNull(out, "out");
        Objects.requireNonNull(options, "options");
        try {
            PdfWriter.write(document, options, out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void toFile(Path file, Consumer<OutputStream> content) {
        Objects.requireNonNull(file, "file");
        try (PartFile part = PartFile.beside(file)) {
            content.accept(part.stream());
            part.complete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
