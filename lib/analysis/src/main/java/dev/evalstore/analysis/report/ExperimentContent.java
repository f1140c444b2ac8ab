package dev.evalstore.analysis.report;

import dev.evalstore.Repositories;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.tracking.CostTotal;
import dev.evalstore.tracking.EvaluationFigures;
import dev.evalstore.tracking.Experiment;
import dev.evalstore.tracking.ExperimentSummary;
import dev.evalstore.tracking.MetricSummary;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a report says of an experiment. */
final class ExperimentContent {
    private static final int MAX_VALUE = 500;

    private ExperimentContent() {}

    static Document of(Repositories db, UUID id) {
        Experiment experiment = db.tracking().experiments().get(id);
        List<Part> parts = new ArrayList<>();
        text(parts, experiment.description());
        ScoreContent scores = ScoreContent.read(db, id);
        parts.add(overview(experiment, db.tracking().summary(id), scores));
        scores.section().ifPresent(parts::add);
        FeedbackContent.read(db, id, scores.calibration()).ifPresent(parts::add);
        metrics(parts, db.tracking().experiments().metrics(id));
        params(parts, experiment);
        section(parts, "Notes", experiment.notes());
        section(parts, "Error", experiment.error());
        return Document.of(Shown.cut(Shown.line(experiment.name()), Document.MAX_LINE), parts);
    }

    private static DataTable overview(Experiment experiment, ExperimentSummary summary, ScoreContent scores) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        row(rows, "Project", experiment.project());
        row(rows, "Kind", Shown.words(experiment.kind()));
        row(rows, "Status", Shown.words(experiment.status()));
        row(rows, "Created", Shown.time(experiment.createdAt()));
        row(rows, "Started", Shown.time(experiment.startedAt()));
        row(rows, "Ended", Shown.time(experiment.completedAt()));
        row(rows, "Ran for", ran(experiment));
        row(rows, "Archived", Shown.time(experiment.archivedAt()));
        UUID model = experiment.modelVersionId();
        row(rows, "Model version", model == null ? null : model.toString());
        UUID dataset = experiment.datasetId();
        row(rows, "Dataset", dataset == null ? null : dataset.toString());
        UUID parent = experiment.parentId();
        row(rows, "Part of", parent == null ? null : parent.toString());
        row(rows, "Experiments that are parts of it", whole(summary.children()));
        row(rows, "Answers", whole(summary.evaluations().count()));
        row(rows, "Points of metrics", whole(summary.points()));
        rows.add(Arrays.asList("Cost as told (US dollars)", usd(experiment.totalCostUsd())));
        CostTotal costs = summary.costs();
        rows.add(Arrays.asList(
                "Cost by its cost entries (US dollars)", costs.entries() == 0 ? null : Shown.usd(costs.costUsd())));
        EvaluationFigures answers = summary.evaluations();
        rows.add(Arrays.asList(
                "Cost of its answers (US dollars)", scores.tellCosts() ? Shown.usd(answers.costUsd()) : null));
        rows.add(Arrays.asList(
                "Tokens read, written as told", told(experiment.inputTokens(), experiment.outputTokens())));
        rows.add(Arrays.asList(
                "Tokens read, written by its answers",
                scores.tellTokens() ? tokens(answers.inputTokens(), answers.outputTokens()) : null));
        row(rows, "Id", experiment.id().toString());
        return new DataTable("The experiment", List.of(Column.text("What"), Column.text("Value")), rows);
    }

    /** Null where it is zero: what was never told is stored as that. */
    private static @Nullable String usd(BigDecimal cost) {
        return cost.signum() == 0 ? null : Shown.usd(cost);
    }

    /** Null where both are zero: what was never told is stored as that. */
    private static @Nullable String told(long read, long written) {
        return read == 0 && written == 0 ? null : tokens(read, written);
    }

    private static String tokens(long read, long written) {
        return Shown.whole(read) + ", " + Shown.whole(written);
    }

    /** Of an experiment that has ended: what goes on would have another value with every report. */
    private static @Nullable String ran(Experiment experiment) {
        Instant start = experiment.startedAt();
        Instant end = experiment.completedAt();
        return start == null || end == null ? null : Shown.duration(Duration.between(start, end));
    }

    private static void metrics(List<Part> parts, Map<String, MetricSummary> metrics) {
        if (metrics.isEmpty()) {
            return;
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        new TreeMap<>(metrics).forEach((name, of) -> {
            Shown shown = Shown.of(Stream.of(of.last(), of.min(), of.max()));
            rows.add(Arrays.asList(
                    Shown.line(name),
                    shown.number(of.last()),
                    Shown.whole(of.step()),
                    shown.numberOrNull(of.min()),
                    shown.numberOrNull(of.max()),
                    Shown.whole(of.count())));
        });
        parts.add(Section.of(
                "Metrics",
                new DataTable(
                        "Metrics by name",
                        List.of(
                                Column.text("Metric"),
                                Column.number("Last value"),
                                Column.number("At step"),
                                Column.number("Minimum"),
                                Column.number("Maximum"),
                                Column.number("Points")),
                        rows)));
    }

    private static void params(List<Part> parts, Experiment experiment) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        experiment.params().forEach((name, value) -> row(rows, Shown.line(name), value.text()));
        if (!rows.isEmpty()) {
            parts.add(Section.of("Params", table("Params by name", "Param", rows)));
        }
        List<List<@Nullable String>> tags = new ArrayList<>();
        experiment.tags().forEach((name, value) -> row(tags, Shown.line(name), value));
        if (!tags.isEmpty()) {
            parts.add(Section.of("Tags", table("Tags by name", "Tag", tags)));
        }
    }

    private static DataTable table(String caption, String what, List<List<@Nullable String>> rows) {
        return new DataTable(caption, List.of(Column.text(what), Column.text("Value")), rows);
    }

    private static void section(List<Part> parts, String heading, @Nullable String text) {
        List<Part> inner = new ArrayList<>();
        text(inner, text);
        if (!inner.isEmpty()) {
            parts.add(new Section(heading, inner));
        }
    }

    private static void text(List<Part> parts, @Nullable String text) {
        if (text != null && !text.isBlank()) {
            parts.add(new Paragraph(Shown.cut(text.strip(), Document.MAX_TEXT)));
        }
    }

    private static @Nullable String whole(long count) {
        return count == 0 ? null : Shown.whole(count);
    }

    /** Where there is a value. */
    private static void row(List<List<@Nullable String>> rows, String name, @Nullable String value) {
        if (value != null) {
            rows.add(Arrays.asList(name, Shown.cut(value, MAX_VALUE)));
        }
    }
}
