package dev.evalstore.analysis.report;

import dev.evalstore.Repositories;
import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Bar;
import dev.evalstore.analysis.report.Charts.Dot;
import dev.evalstore.analysis.report.Charts.Sample;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.benchmark.EvaluationFilter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a report says of the answers of an experiment, read in one stream. */
final class ScoreContent {
    private static final String INTERVAL = "95 % interval";
    private static final int MAX_NAME = 2_000;

    /** Between provider and model, neither of which can hold it. */
    private static final char PART = '\0';

    private final List<Model> models;
    private final RatedScores rated;
    private final long tooLarge;
    private final boolean tokens;

    private ScoreContent(List<Model> models, RatedScores rated, long tooLarge, boolean tokens) {
        this.models = models;
        this.rated = rated;
        this.tooLarge = tooLarge;
        this.tokens = tokens;
    }

    private record Model(
            String name,
            String label,
            long count,
            ModelAnswers.@Nullable Scores scores,
            @Nullable Double latencyMs,
            @Nullable BigDecimal costUsd,
            @Nullable Double costOfOne) {
        @Nullable
        Double mean() {
            return scores == null ? null : scores.mean();
        }
    }

    static ScoreContent read(Repositories db, UUID experiment) {
        Map<String, ModelAnswers> answers = new TreeMap<>();
        RatedScores rated = new RatedScores();
        db.evaluations().stream(EvaluationFilter.ALL.experiment(experiment), evaluation -> {
            answers.computeIfAbsent(evaluation.provider() + PART + evaluation.model(), key -> new ModelAnswers())
                    .add(evaluation);
            Double score = evaluation.score();
            Double rating = evaluation.rating();
            if (score != null && rating != null && Math.abs(score) <= Numbers.MAX_FIGURE) {
                rated.add(score, rating);
            }
        });
        List<Model> models = new ArrayList<>();
        List<String> names = answers.keySet().stream().map(ScoreContent::name).toList();
        List<String> labels = ShortNames.labels(names);
        for (ModelAnswers of : answers.values()) {
            int i = models.size();
            models.add(new Model(
                    names.get(i),
                    labels.get(i),
                    of.count(),
                    of.scores(),
                    of.medianLatency(),
                    of.cost(),
                    of.costOfOne()));
        }
        models.sort(Comparator.comparing(Model::mean, Comparator.nullsLast(Comparator.reverseOrder())));
        long tooLarge =
                answers.values().stream().mapToLong(ModelAnswers::tooLarge).sum();
        boolean tokens = answers.values().stream().anyMatch(ModelAnswers::tellTokens);
        return new ScoreContent(models, rated, tooLarge, tokens);
    }

    private static String name(String model) {
        int part = model.indexOf(PART);
        String provider = Directions.isolated(model.substring(0, part));
        return Shown.line(provider + " / " + Directions.isolated(model.substring(part + 1)), MAX_NAME);
    }

    /** The chart of ratings by score; empty where there is nothing to compare. To be called once. */
    Optional<Figure> calibration() {
        return rated.figure();
    }

    /** Whether an answer says what it cost, be it nothing. */
    boolean tellCosts() {
        return models.stream().anyMatch(model -> model.costUsd() != null);
    }

    /** Whether an answer says how many tokens were read or written for it, be it none. */
    boolean tellTokens() {
        return tokens;
    }

    /** Empty where there are no answers. */
    Optional<Section> section() {
        if (models.isEmpty()) {
            return Optional.empty();
        }
        List<Part> parts = new ArrayList<>();
        List<Model> scored =
                models.stream().filter(model -> model.scores() != null).toList();
        if (scored.isEmpty()) {
            parts.add(new Paragraph("No answer has a score."));
        } else {
            parts.add(bars());
            parts.add(distributions(scored));
        }
        parts.add(table());
        parts.add(
                new Note(
                        "Intervals of means: Wilson's where all scores are 0 or 1 and no item is repeated, else Student's, "
                                + "with an error that is clustered by item. Costs and latencies are of those answers that have one."));
        if (tooLarge > 0) {
            parts.add(new Note("Left out: " + Shown.whole(tooLarge) + (tooLarge == 1 ? " score" : " scores")
                    + " beyond " + AxisTicks.scientific(new BigDecimal(Numbers.text(Numbers.MAX_FIGURE)))
                    + ", of which no statistics are made."));
        }
        costs(scored).ifPresent(parts::add);
        return Optional.of(new Section("Answers", parts));
    }

    private Figure bars() {
        List<Bar> bars = new ArrayList<>();
        for (Model model : models) {
            ModelAnswers.Scores scores = model.scores();
            bars.add(
                    scores == null
                            ? new Bar(model.label(), null, null, null)
                            : new Bar(model.label(), scores.mean(), scores.low(), scores.high()));
        }
        return Charts.bars(
                first("Mean score with intervals of 95 %", bars.size(), Charts.MAX_BARS),
                Axis.of("Mean score"),
                INTERVAL,
                bars.subList(0, Math.min(bars.size(), Charts.MAX_BARS)));
    }

    private static Figure distributions(List<Model> scored) {
        List<Sample> samples = new ArrayList<>();
        for (Model model : scored.subList(0, Math.min(scored.size(), Charts.MAX_DISTRIBUTIONS))) {
            ModelAnswers.Scores scores = model.scores();
            if (scores != null) {
                samples.add(new Sample(model.label(), scores.values()));
            }
        }
        return Charts.distributions(
                first("Distribution of scores", scored.size(), Charts.MAX_DISTRIBUTIONS), Axis.of("Score"), samples);
    }

    private DataTable table() {
        Shown scores = Shown.ofRows(models.stream()
                .map(Model::scores)
                .map(of -> of == null ? List.of() : Arrays.asList(of.mean(), of.low(), of.high())));
        Shown latency = Shown.of(models.stream().map(Model::latencyMs));
        Shown cost = Shown.of(models.stream().map(Model::costOfOne));
        int cents = Shown.cents(models.stream().map(Model::costUsd));
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (Model model : models) {
            ModelAnswers.Scores of = model.scores();
            BigDecimal usd = model.costUsd();
            rows.add(Arrays.asList(
                    model.name(),
                    Shown.whole(model.count()),
                    Shown.whole(of == null ? 0 : of.values().length),
                    of == null ? null : scores.number(of.mean(), of.low(), of.high()),
                    of == null ? null : scores.interval(of.low(), of.high()),
                    latency.numberOrNull(model.latencyMs()),
                    usd == null ? null : Shown.usd(usd, cents),
                    cost.numberOrNull(model.costOfOne())));
        }
        return new DataTable(
                "Models, the highest mean score first",
                List.of(
                        Column.text("Model"),
                        Column.number("Answers"),
                        Column.number("Scored"),
                        Column.number("Mean score"),
                        Column.number(INTERVAL),
                        Column.number("Median latency", "ms"),
                        Column.number("Cost", "US dollars"),
                        Column.number("Cost of an answer", "US dollars")),
                rows);
    }

    /** Where two models or more have both. */
    private static Optional<Figure> costs(List<Model> scored) {
        List<Model> known =
                scored.stream().filter(model -> model.costOfOne() != null).toList();
        if (known.size() < 2) {
            return Optional.empty();
        }
        List<Model> shown = known.subList(0, Math.min(known.size(), Charts.MAX_POINTS));
        List<Dot> points = new ArrayList<>();
        for (Model model : shown) {
            Double x = model.costOfOne();
            Double y = model.mean();
            if (x != null && y != null) {
                points.add(new Dot(model.label(), x, y, shown.stream().noneMatch(other -> isBetter(other, x, y))));
            }
        }
        String caption = "Cost of an answer against mean score, for models that have both";
        return Optional.of(Charts.scatter(
                first(caption, known.size(), Charts.MAX_POINTS),
                Axis.of("Cost of an answer", "US dollars"),
                Axis.of("Mean score"),
                points));
    }

    /** Whether a model costs no more and scores no less, and differs. */
    private static boolean isBetter(Model other, double cost, double score) {
        Double x = other.costOfOne();
        Double y = other.mean();
        return x != null && y != null && x <= cost && y >= score && (x < cost || y > score);
    }

    private static String first(String caption, int count, int max) {
        return count <= max ? caption : caption + ": the first " + max + " of " + count;
    }
}
