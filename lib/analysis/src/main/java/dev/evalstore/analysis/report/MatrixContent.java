package dev.evalstore.analysis.report;

import dev.evalstore.Repositories;
import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Dot;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.matrix.Alternative;
import dev.evalstore.matrix.BenchmarkResult;
import dev.evalstore.matrix.Criterion;
import dev.evalstore.matrix.ParetoFronts;
import dev.evalstore.matrix.Ranked;
import dev.evalstore.matrix.ResultFilter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a report says of inference benchmarks: the newest result of each combination, and which of them no other beats. */
final class MatrixContent {
    /** By which results are compared, unless the caller says by which. */
    static final List<Criterion> CRITERIA =
            List.of(Criterion.COST, Criterion.ACCURACY, Criterion.LATENCY, Criterion.THROUGHPUT);

    private static final int MAX_COMBINATIONS = 50_000;
    private static final Map<Criterion, String> WORDS = Map.of(
            Criterion.COST, "cost of a million tokens",
            Criterion.ACCURACY, "accuracy",
            Criterion.LATENCY, "time to the first token",
            Criterion.THROUGHPUT, "tokens a second");

    private final List<MatrixRow> rows;
    private final List<Criterion> criteria;
    private final Map<UUID, Integer> fronts;
    private final long results;

    private MatrixContent(List<MatrixRow> rows, List<Criterion> criteria, long results) {
        this.rows = rows;
        this.criteria = criteria;
        this.results = results;
        this.fronts = criteria.isEmpty() ? Map.of() : fronts(rows, criteria);
    }

    /** @param asked the criteria of the fronts; empty for those that at least half of the combinations measured */
    static Document of(Repositories db, String title, ResultFilter filter, Collection<Criterion> asked) {
        Map<Object, BenchmarkResult> newest = new LinkedHashMap<>();
        long[] results = {0};
        db.matrix().results().forEach(filter, result -> {
            results[0]++;
            newest.putIfAbsent(MatrixRow.combination(result), result);
            if (newest.size() > MAX_COMBINATIONS) {
                throw new IllegalArgumentException(
                        "filter must admit results of at most " + MAX_COMBINATIONS + " combinations");
            }
        });
        MatrixRow.Names names = new MatrixRow.Names(db);
        List<MatrixRow> rows = newest.values().stream().map(names::row).toList();
        return new MatrixContent(rows, asked.isEmpty() ? usual(rows) : distinct(asked), results[0]).document(title);
    }

    private static List<Criterion> usual(List<MatrixRow> rows) {
        return CRITERIA.stream()
                .filter(criterion -> 2
                                * rows.stream()
                                        .filter(row -> row.value(criterion) != null)
                                        .count()
                        >= rows.size())
                .toList();
    }

    private static List<Criterion> distinct(Collection<Criterion> asked) {
        if (!CRITERIA.containsAll(asked)) {
            throw new IllegalArgumentException("criteria must be among cost, accuracy, latency and throughput");
        }
        return CRITERIA.stream().filter(asked::contains).toList();
    }

    private static Map<UUID, Integer> fronts(List<MatrixRow> rows, List<Criterion> criteria) {
        List<Alternative<UUID>> alternatives = new ArrayList<>();
        for (MatrixRow row : rows) {
            Map<Criterion, Double> values = new HashMap<>();
            for (Criterion criterion : criteria) {
                Double value = row.value(criterion);
                if (value != null) {
                    values.put(criterion, value);
                }
            }
            if (values.size() == criteria.size()) {
                alternatives.add(new Alternative<>(row.result().id(), values));
            }
        }
        return ParetoFronts.rank(alternatives, criteria).stream()
                .collect(Collectors.toMap(ranked -> ranked.alternative().key(), Ranked::position));
    }

    private Document document(String title) {
        List<Part> parts = new ArrayList<>();
        if (rows.isEmpty()) {
            parts.add(new Paragraph("No result is among those that were asked for."));
            return Document.of(title, parts);
        }
        parts.add(new Paragraph(inWords()));
        chart(
                parts,
                "Cost against accuracy",
                "A high accuracy at a low cost is best.",
                Criterion.ACCURACY,
                Axis.of("Accuracy"));
        chart(
                parts,
                "Cost against latency",
                "A short time at a low cost is best.",
                Criterion.LATENCY,
                Axis.of("Time to the first token, 90th percentile", "ms"));
        parts.add(Section.of("Results", table(), notes()));
        return Document.of(title, parts);
    }

    private String inWords() {
        String read = Shown.whole(results) + (results == 1 ? " result" : " results") + " of "
                + Shown.whole(rows.size()) + (rows.size() == 1 ? " combination" : " combinations")
                + " of a model version, a machine, a framework and a load; the newest of each counts.";
        if (criteria.isEmpty()) {
            return read + " They are not compared: no measure is known of half of them.";
        }
        long first = fronts.values().stream().filter(front -> front == 1).count();
        String by = criteria.stream().map(WORDS::get).collect(Collectors.joining(", "));
        int unknown = rows.size() - fronts.size();
        return read + " Compared by " + by + ". " + Shown.whole(first) + " of them "
                + (first == 1 ? "is" : "are")
                + " on the first Pareto front: no other is as good by all of these and better by one."
                + (unknown == 0
                        ? ""
                        : " " + Shown.whole(unknown) + " lack one of these measures, and are on no front.");
    }

    private void chart(List<Part> parts, String heading, String reading, Criterion other, Axis axis) {
        List<Criterion> both = List.of(Criterion.COST, other);
        Map<UUID, Integer> front = fronts(rows, both);
        if (front.isEmpty()) {
            return;
        }
        List<Dot> dots = new ArrayList<>();
        List<MatrixRow> known = rows.stream()
                .filter(row -> front.containsKey(row.result().id()))
                .sorted(Comparator.comparing(
                        row -> front.getOrDefault(row.result().id(), 1)))
                .limit(Charts.MAX_POINTS)
                .toList();
        List<String> labels = labels(known);
        for (int i = 0; i < known.size(); i++) {
            MatrixRow row = known.get(i);
            Double x = row.value(Criterion.COST);
            Double y = row.value(other);
            if (x != null && y != null) {
                boolean isFirst = front.getOrDefault(row.result().id(), 0) == 1;
                dots.add(new Dot(labels.get(i), x, y, isFirst));
            }
        }
        String caption = heading
                + (dots.size() == rows.size()
                        ? ""
                        : ", " + Shown.whole(dots.size()) + " of " + Shown.whole(rows.size()) + " combinations");
        parts.add(Section.of(
                heading,
                new Paragraph(reading),
                Charts.scatter(caption, Axis.of("Cost of a million tokens", "US dollars"), axis, dots)));
    }

    /** The model, and of the rest what is not the same in all of the rows. */
    private static List<String> labels(List<MatrixRow> rows) {
        List<Function<MatrixRow, String>> telling = new ArrayList<>(List.of(MatrixRow::model));
        for (Function<MatrixRow, String> part :
                List.<Function<MatrixRow, String>>of(MatrixRow::machine, MatrixRow::load, MatrixRow::framework)) {
            if (rows.stream().map(part).distinct().count() > 1) {
                telling.add(part);
            }
        }
        return ShortNames.labels(rows.stream()
                .map(row -> telling.stream()
                        .map(part -> Directions.isolated(part.apply(row)))
                        .collect(Collectors.joining(", ")))
                .toList());
    }

    private DataTable table() {
        List<MatrixRow> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.<MatrixRow, Integer>comparing(
                        row -> fronts.getOrDefault(row.result().id(), Integer.MAX_VALUE))
                .thenComparing(row -> row.value(Criterion.COST), Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(MatrixRow::model)
                .thenComparing(row -> row.result().id()));
        List<Column> columns = new ArrayList<>(List.of(
                Column.text("Model version"),
                Column.number("Front"),
                Column.text("Machine"),
                Column.text("Framework"),
                Column.text("Load"),
                Column.number("Cost of a million tokens", "USD"),
                Column.number("Price of the machine", "USD/h"),
                Column.number("Accuracy"),
                Column.number("First token, p90", "ms"),
                Column.number("Further token, p90", "ms"),
                Column.number("Tokens a second"),
                Column.number("Measured")));
        Shown cost = shown(row -> row.value(Criterion.COST));
        int cents = Shown.cents(rows.stream().map(MatrixRow::price));
        Shown accuracy = shown(row -> row.result().accuracyScore());
        Shown first = shown(row -> row.result().ttftP90Ms());
        Shown further = shown(row -> row.result().tpotP90Ms());
        Shown tokens = shown(row -> row.result().throughputTokensSec());
        List<List<@Nullable String>> cells = new ArrayList<>();
        for (MatrixRow row : sorted) {
            BenchmarkResult result = row.result();
            Integer front = fronts.get(result.id());
            List<@Nullable String> line = new ArrayList<>();
            line.add(row.model());
            line.add(front == null ? null : Shown.whole(front));
            line.add(row.machine());
            line.add(row.framework());
            line.add(row.load());
            line.add(cost.numberOrNull(row.value(Criterion.COST)));
            BigDecimal price = row.price();
            line.add(price == null ? null : Shown.usd(price, cents));
            line.add(accuracy.numberOrNull(result.accuracyScore()));
            line.add(first.numberOrNull(result.ttftP90Ms()));
            line.add(further.numberOrNull(result.tpotP90Ms()));
            line.add(tokens.numberOrNull(result.throughputTokensSec()));
            line.add(result.benchmarkDate().toString());
            cells.add(line);
        }
        return new DataTable("The newest result of each combination, the first front first", columns, cells);
    }

    private Shown shown(Function<MatrixRow, @Nullable Double> value) {
        return Shown.of(rows.stream().map(value));
    }

    private static Note notes() {
        return new Note(
                "A load is its kind, the requests at a time, and the tokens of context. The cost of a million tokens"
                        + " follows from the present price of the machine an hour and the measured tokens a second; it is not known"
                        + " where one of them is not. p90: 90 of 100 were no slower. A dash stands for what was not measured or is not"
                        + " known. No combination beats one of the first front; each later front is the first of those that"
                        + " remain without the fronts before it. Days are of UTC.");
    }
}
