package dev.evalstore.analysis.report;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.Repositories;
import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Bar;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.ConfidenceInterval;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.LeaderboardEntry;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.RankedSubmission;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.Tier;
import dev.evalstore.exchange.TierMethod;
import dev.evalstore.exchange.Viewer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a report says of a leaderboard: all its entries, and how far the best of them can be told apart. */
final class LeaderboardContent {
    private static final int MAX_PAGE = 1_000;
    private static final int MAX_SHOWN = 30;

    private final List<DefinitionVersion> versions;
    private final PrimaryMetric metric;
    private final List<LeaderboardEntry> entries;
    private final Map<UUID, Integer> tiers;
    private final Shown shown;

    private LeaderboardContent(
            List<DefinitionVersion> versions, List<LeaderboardEntry> entries, Map<UUID, Integer> tiers) {
        this.versions = versions;
        this.metric = versions.get(0).primaryMetric();
        this.entries = entries;
        this.tiers = tiers;
        this.shown = Shown.ofRows(submissions().map(submission -> {
            ConfidenceInterval interval = submission.confidenceInterval();
            return interval == null
                    ? List.of(submission.score())
                    : List.of(submission.score(), interval.low(), interval.high());
        }));
    }

    static Document of(Repositories db, Leaderboard board, Viewer viewer) {
        return of(db, board, viewer, MAX_PAGE);
    }

    /** @param page how many entries are read at a time, and put into tiers */
    static Document of(Repositories db, Leaderboard board, Viewer viewer, int page) {
        List<DefinitionVersion> versions = new ArrayList<>();
        for (UUID id : board.versionIds()) {
            versions.add(db.exchange().definitions().getVersion(id));
        }
        BenchmarkDefinition definition =
                db.exchange().definitions().get(versions.get(0).definitionId());
        List<LeaderboardEntry> entries = new ArrayList<>();
        Cursor after = null;
        do {
            Page<LeaderboardEntry> read = db.exchange().leaderboards().top(board, viewer, page, after);
            entries.addAll(read.items());
            after = read.next();
        } while (after != null);
        List<Tier> tiers = db.exchange().leaderboards().tiers(board, TierMethod.INTERVAL_OVERLAP, viewer, page);
        return new LeaderboardContent(versions, entries, numbers(tiers)).document(definition, board);
    }

    private static Map<UUID, Integer> numbers(List<Tier> tiers) {
        Map<UUID, Integer> numbers = new HashMap<>();
        for (Tier tier : tiers) {
            for (LeaderboardEntry entry : tier.entries()) {
                RankedSubmission submission = entry.submission();
                if (submission != null) {
                    numbers.put(submission.id(), tier.number());
                }
            }
        }
        return numbers;
    }

    private Document document(BenchmarkDefinition definition, Leaderboard board) {
        String names =
                versions.stream().map(version -> version.semver().toString()).collect(Collectors.joining(", "));
        List<Part> parts = new ArrayList<>();
        if (!definition.description().isBlank()) {
            parts.add(new Paragraph(Shown.cut(definition.description().strip(), Document.MAX_TEXT)));
        }
        parts.add(overview(board, names));
        if (entries.isEmpty()) {
            parts.add(new Paragraph("No submission is on this board."));
        } else {
            parts.add(Section.of("Scores", chart()));
            parts.add(Section.of("Ranking", table(), notes()));
        }
        String title = Directions.isolated(definition.name()) + " " + names + ": " + Shown.words(board.board())
                + " leaderboard";
        return Document.of(Shown.line(title), parts);
    }

    private DataTable overview(Leaderboard board, String names) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        row(rows, versions.size() == 1 ? "Version" : "Versions", names);
        row(rows, "Board", Shown.words(board.board()));
        row(rows, "Metric", metric.name());
        row(rows, "What it measures", metric.description());
        row(rows, "Unit", metric.unit());
        row(rows, "Better", metric.higherIsBetter() ? "higher" : "lower");
        row(rows, "Models", Shown.whole(entries.size()));
        return new DataTable("The board", List.of(Column.text("What"), Column.text("Value")), rows);
    }

    private Figure chart() {
        List<Bar> bars = new ArrayList<>();
        List<RankedSubmission> first = entries.stream()
                .limit(MAX_SHOWN)
                .map(LeaderboardEntry::submission)
                .filter(Objects::nonNull)
                .toList();
        List<String> labels = ShortNames.labels(
                first.stream().map(submission -> name(submission.model())).toList());
        for (int i = 0; i < first.size(); i++) {
            ConfidenceInterval interval = first.get(i).confidenceInterval();
            bars.add(new Bar(
                    labels.get(i),
                    first.get(i).score(),
                    interval == null ? null : interval.low(),
                    interval == null ? null : interval.high()));
        }
        String which = entries.size() <= MAX_SHOWN
                ? "Scores of all models"
                : "Scores of the first " + bars.size() + " of " + Shown.whole(entries.size()) + " models";
        Double from = metric.rangeMin();
        Double to = metric.rangeMax();
        Axis axis = Axis.of(Shown.cut(metric.name(), 100), metric.unit());
        // Bars begin at zero; a range that is known shows how far the best is from its end.
        return Charts.bars(
                which,
                from != null && to != null && from >= 0 ? axis.between(0, to) : axis,
                level().map(level -> level + " as submitted").orElse(null),
                bars);
    }

    /** Of the intervals that there are; empty when there are none. */
    private Optional<String> level() {
        List<Double> levels = submissions()
                .map(RankedSubmission::confidenceInterval)
                .filter(Objects::nonNull)
                .map(ConfidenceInterval::level)
                .distinct()
                .toList();
        if (levels.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                levels.size() == 1 ? Shown.percent(levels.get(0)) + " interval" : "intervals of different levels");
    }

    private DataTable table() {
        boolean hasIntervals = level().isPresent();
        boolean severalVersions = versions.size() > 1;
        List<Column> columns = new ArrayList<>(List.of(Column.text("Model"), Column.number("Rank")));
        if (hasIntervals) {
            columns.add(Column.number("Tier"));
        }
        String unit = metric.unit();
        columns.add(unit == null ? Column.number("Score") : Column.number("Score", unit));
        if (hasIntervals) {
            columns.add(Column.number(
                    level().filter(level -> !level.startsWith("i")).orElse("Interval")));
        }
        if (severalVersions) {
            columns.add(Column.text("Version"));
        }
        columns.addAll(List.of(
                Column.text("Verification"),
                Column.text("Official"),
                Column.text("Submitter"),
                Column.number("Submitted")));
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (LeaderboardEntry entry : entries) {
            RankedSubmission submission = entry.submission();
            if (submission != null) {
                rows.add(row(entry.rank(), submission, hasIntervals, severalVersions));
            }
        }
        return new DataTable("All models, the best first", columns, rows);
    }

    private List<@Nullable String> row(
            long rank, RankedSubmission submission, boolean hasIntervals, boolean severalVersions) {
        List<@Nullable String> row = new ArrayList<>();
        row.add(name(submission.model()));
        row.add(Shown.whole(rank));
        if (hasIntervals) {
            Integer tier = tiers.get(submission.id());
            row.add(tier == null ? null : tier.toString());
        }
        ConfidenceInterval interval = submission.confidenceInterval();
        row.add(
                interval == null
                        ? shown.number(submission.score())
                        : shown.number(submission.score(), interval.low(), interval.high()));
        if (hasIntervals) {
            row.add(interval == null ? null : shown.interval(interval.low(), interval.high()));
        }
        if (severalVersions) {
            row.add(versions.stream()
                    .filter(version -> version.id().equals(submission.versionId()))
                    .map(version -> version.semver().toString())
                    .findFirst()
                    .orElse(null));
        }
        row.add(Shown.words(submission.verificationLevel()));
        row.add(submission.official() ? "yes" : "no");
        row.add(submission.submitterLabel());
        String time = Shown.time(submission.submittedAt());
        row.add(time == null ? null : time.substring(0, time.indexOf(' ')));
        return row;
    }

    private Note notes() {
        StringBuilder notes = new StringBuilder(
                "Each model has its best submission. Equal scores share a rank, and the next rank skips as many."
                        + " Days are of UTC.");
        if (level().isPresent()) {
            notes.append(
                    " Intervals are those that were submitted. A tier holds the models whose intervals have a point in"
                            + " common with that of its first model; a model without an interval counts as the point of its"
                            + " score. This is a rough test: a paired comparison of the test cases tells more.");
            if (tiers.size() < entries.size()) {
                notes.append(" Only the first ")
                        .append(Shown.whole(tiers.size()))
                        .append(" models are put into tiers.");
            }
        }
        return new Note(notes.toString());
    }

    private Stream<RankedSubmission> submissions() {
        return entries.stream().map(LeaderboardEntry::submission).filter(Objects::nonNull);
    }

    static String name(SubmittedModel model) {
        String version = model.version();
        return Directions.isolated(model.provider()) + " / " + Directions.isolated(model.name())
                + (version == null ? "" : " " + Directions.isolated(version));
    }

    /** Where there is a value. */
    private static void row(List<List<@Nullable String>> rows, String name, @Nullable String value) {
        if (value != null) {
            rows.add(Arrays.asList(name, value));
        }
    }
}
