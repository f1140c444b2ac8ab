package dev.evalstore.analysis.export;

import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.Repositories;
import dev.evalstore.analysis.export.JsonFields.Value;
import dev.evalstore.exchange.CaseResult;
import dev.evalstore.exchange.CaseResultFilter;
import dev.evalstore.exchange.SubmissionMetadata;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmissionRepository;
import dev.evalstore.exchange.Viewer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * An export of the case results of a submission, a row each, by the sort order of the test cases, then by case key. Its
 * columns are {@link #COLUMNS}; unless they are named, all but the last two, which {@link #metrics()} and {@link #metadata}
 * add. Those two are of the submission and the same in every row.
 *
 * <p>Writing throws {@link NotFoundException} if no submission has the id, or the viewer may not see it.
 */
public final class SubmissionExport extends Export<SubmissionExport> {
    private static final Columns<Row> KNOWN = new Columns<Row>()
            .text("submission_id", row -> row.of().id())
            .text("case_id", row -> row.result().caseId())
            .text("case_key", row -> row.result().caseKey())
            .bool("passed", row -> row.result().passed())
            .number("score", row -> row.result().score())
            .number("latency_ms", row -> row.result().measured().latencyMs())
            .number("input_tokens", row -> row.result().measured().inputTokens())
            .number("output_tokens", row -> row.result().measured().outputTokens())
            .number("cost_usd", row -> row.result().measured().costUsd())
            .text("error_kind", row -> row.result().evidence().errorKind())
            .text("error", row -> row.result().evidence().error())
            .text("output", row -> row.result().evidence().output())
            .bool("output_truncated", row -> row.result().evidence().outputTruncated())
            .json("details", row -> row.result().evidence().details())
            .json(Columns.METRICS, row -> row.of().metrics())
            .json(Columns.METADATA, row -> row.of().metadata());

    /** The names of all columns, in their order; the last of them {@code metrics, metadata}. */
    public static final List<String> COLUMNS = KNOWN.names();

    private final UUID submission;
    private final Viewer viewer;
    private final CaseResultFilter filter;

    private SubmissionExport(UUID submission, Viewer viewer, CaseResultFilter filter, ExportOptions options) {
        super(options);
        this.submission = submission;
        this.viewer = viewer;
        this.filter = filter;
    }

    /** All case results of the submission. */
    public static SubmissionExport of(UUID submission, Viewer viewer) {
        List<String> plain = COLUMNS.subList(0, COLUMNS.indexOf(Columns.METRICS));
        return new SubmissionExport(
                Objects.requireNonNull(submission, "submission"),
                Objects.requireNonNull(viewer, "viewer"),
                CaseResultFilter.ALL,
                new ExportOptions(plain, List.of(), ExportOptions.NO_MAXIMUM));
    }

    /** Only the case results that the filter admits. */
    public SubmissionExport cases(CaseResultFilter admitted) {
        return new SubmissionExport(submission, viewer, Objects.requireNonNull(admitted, "cases"), options);
    }

    @Override
    SubmissionExport with(ExportOptions changed) {
        return new SubmissionExport(submission, viewer, filter, changed);
    }

    @Override
    Columns<?> known() {
        return KNOWN;
    }

    @Override
    Source<?> source(Repositories db) {
        SubmissionRepository submissions = db.exchange().submissions();
        submissions.get(submission, viewer);
        List<String> names = options.names();
        Json metrics = metrics(submissions.metrics(submission, viewer));
        Set<String> single = Columns.metrics(names);
        Of of = new Of(
                submission,
                metrics,
                metadata(submissions.metadata(submission, viewer)),
                JsonFields.of(metrics, single));
        return new Source<>(
                names,
                KNOWN.cells(names, row -> row.of().fields()),
                (maximum, consumer) -> pages(submissions, maximum, result -> consumer.accept(new Row(of, result))));
    }

    private void pages(SubmissionRepository submissions, long maximum, Consumer<CaseResult> consumer) {
        Portion portion = new Portion();
        long left = maximum;
        Cursor after = null;
        do {
            int limit = (int) Math.min(portion.rows(), left);
            Page<CaseResult> page = submissions.cases(submission, filter, viewer, limit, after);
            page.items().forEach(consumer);
            portion.next(page.items().stream()
                    .mapToLong(result -> length(result.evidence()))
                    .max()
                    .orElse(0));
            left -= page.items().size();
            after = page.next();
        } while (after != null && left > 0);
    }

    private static long length(CaseResult.Evidence evidence) {
        return Portion.length(evidence.output())
                + Portion.length(evidence.error())
                + Portion.length(evidence.details());
    }

    private static Json metrics(List<SubmissionMetric> metrics) {
        Map<String, Object> values = new LinkedHashMap<>();
        metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        return Json.of(values);
    }

    private static Json metadata(List<SubmissionMetadata> metadata) {
        Map<String, Object> values = new LinkedHashMap<>();
        metadata.forEach(entry -> values.put(entry.key(), entry.value()));
        return Json.of(values);
    }

    /** What all rows have of their submission. */
    private record Of(UUID id, Json metrics, Json metadata, Map<String, Value> fields) {}

    private record Row(Of of, CaseResult result) {}
}
