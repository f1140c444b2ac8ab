package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.tracking.Experiment;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentQuery;
import dev.evalstore.tracking.ExperimentRepository;
import dev.evalstore.tracking.ExperimentRow;
import dev.evalstore.tracking.ExperimentStatus;
import dev.evalstore.tracking.LogBatch;
import dev.evalstore.tracking.MetricPoint;
import dev.evalstore.tracking.NewExperiment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Imports what the Pythia models scored while they were trained: one experiment a model and number of shots, with a metric for each
 * task, whose history has a point for each step. Then six searches with their times, and the learning curve of the best model.
 *
 * <p>An experiment is stored by one {@code log}, which can be repeated: an import that was cut short goes on where it was.
 */
public final class ImportPythiaHistory {
    static final String PROJECT = "pythia";

    /** The table has no times: its points have the day on which the suite was published. */
    private static final Instant PUBLISHED = Instant.parse("2023-04-03T00:00:00Z");

    private static final String ACCURACY = "lambada_openai/acc";
    private static final int BAR = 60;

    private final ExperimentRepository experiments;
    private final PrintStream out;

    /** What the table says of one model and number of shots. */
    private record Trained(PythiaRow first, Map<String, List<MetricPoint>> metrics) {
        void add(PythiaRow row) {
            metrics.computeIfAbsent(row.metric(), metric -> new ArrayList<>())
                    .add(MetricPoint.of(row.value(), row.step(), PUBLISHED));
        }

        int points() {
            return metrics.values().stream().mapToInt(List::size).sum();
        }

        LogBatch batch() {
            LogBatch batch = LogBatch.of();
            for (Map.Entry<String, List<MetricPoint>> metric : metrics.entrySet()) {
                batch = batch.metric(metric.getKey(), metric.getValue());
            }
            return batch;
        }
    }

    ImportPythiaHistory(Database db, PrintStream out) {
        this.experiments = db.tracking().experiments();
        this.out = out;
    }

    /** Takes the file; ends with 2 without one. */
    public static void main(String[] args) throws IOException {
        Usage.require(
                args.length == 1 && Files.isRegularFile(Path.of(args[0])),
                "ImportPythiaHistory <pythia_v1_all_metrics_long.csv.gz>");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            ImportPythiaHistory example = new ImportPythiaHistory(db, System.out);
            example.load(Path.of(args[0]));
            example.tell();
        }
    }

    /** Stores what is not stored yet. A row that cannot be read is named, as is a model that is refused; the others are stored. */
    void load(Path file) throws IOException {
        Map<String, Trained> all = new LinkedHashMap<>();
        long rows = PythiaRow.read(
                file,
                row -> all.computeIfAbsent(
                                row.model() + " " + row.shots(), key -> new Trained(row, new LinkedHashMap<>()))
                        .add(row),
                skipped -> out.println("skipped " + skipped));
        Progress progress = Progress.on(out);
        long start = System.nanoTime();
        int stored = 0;
        int known = 0;
        int points = 0;
        for (Trained one : all.values()) {
            progress.show(100.0 * (stored + known) / all.size(), one.first().name());
            try {
                if (store(one)) {
                    stored++;
                    points += one.points();
                } else {
                    known++;
                }
            } catch (TransientDatabaseException e) {
                // The database's fault, and not the model's.
                throw e;
            } catch (DatabaseException | IllegalArgumentException e) {
                progress.line("skipped " + one.first().name() + ": " + e.getMessage());
            }
        }
        progress.line(String.format(
                Locale.ROOT,
                "%d rows, %d experiments: %d stored with %d points in %.1f s, %d stored before",
                rows,
                all.size(),
                stored,
                points,
                (System.nanoTime() - start) / 1e9,
                known));
    }

    /** False if it was stored before. */
    private boolean store(Trained one) {
        Experiment experiment = start(one.first());
        if (experiment.status() == ExperimentStatus.COMPLETED) {
            return false;
        }
        experiments.log(experiment.id(), one.batch());
        experiments.complete(experiment.id(), null, LogBatch.of(), dev.evalstore.job.Usage.NONE);
        return true;
    }

    /** The experiment of the row's model, which is running, or completed by an import before. */
    Experiment start(PythiaRow row) {
        Experiment experiment =
                experiments.findByName(PROJECT, row.name()).orElseGet(() -> experiments.create(of(row)));
        return experiment.status() == ExperimentStatus.CREATED ? experiments.start(experiment.id()) : experiment;
    }

    private static NewExperiment of(PythiaRow row) {
        boolean deduped = row.model().contains("-deduped");
        NewExperiment experiment = NewExperiment.of(row.name(), ExperimentKind.EVALUATION)
                .project(PROJECT)
                .param("model", row.model())
                .param("parameters", row.parameters())
                .param("shots", row.shots())
                .param("deduped", deduped)
                .tag("suite", "pythia");
        return deduped ? experiment.tag("deduped") : experiment;
    }

    /** Six searches, each with what it found and how long it took. */
    void tell() {
        // What is done once, such as to load classes and to plan statements, is no part of the times below.
        experiments.search(
                ExperimentQuery.where("name is not null").project(PROJECT).limit(1));
        List<ExperimentRow> best = search("the most accurate", "metrics.`lambada_openai/acc` > 0.5", ACCURACY, true);
        search("small models, by a number", "params.parameters < 5e8 and params.shots = 5", "arc_easy/acc", true);
        search(
                "trained on the deduplicated corpus, by a bare tag",
                "tags.deduped = '' and params.shots = 0",
                "arc_easy/acc",
                true);
        search(
                "neither end of the sizes",
                "not (params.parameters <= 1e9 or params.parameters >= 1e10)",
                ACCURACY,
                true);
        search(
                "a perplexity between two numbers",
                "metrics.`lambada_openai/ppl` between 4 and 6",
                "lambada_openai/ppl",
                false);
        search(
                "by name, without a metric",
                "name like 'pythia-1%' and metrics.`crows_pairs_english/pct_stereotype` is null",
                "arc_easy/acc",
                true);
        if (!best.isEmpty()) {
            curve(best.get(0));
        }
    }

    private List<ExperimentRow> search(String what, String where, String metric, boolean descending) {
        String field = "metrics.`" + metric + "`";
        ExperimentQuery query = ExperimentQuery.where(where)
                .project(PROJECT)
                .orderBy(field + (descending ? " desc" : " asc"))
                .select("name", field)
                .limit(5);
        long start = System.nanoTime();
        List<ExperimentRow> rows = experiments.search(query).items();
        double millis = (System.nanoTime() - start) / 1e6;
        out.printf(Locale.ROOT, "%n%s, by %s: %.1f ms%n    %s%n", what, metric, millis, where);
        for (ExperimentRow row : rows) {
            out.printf(Locale.ROOT, "    %9.4f  %s%n", row.metric(metric), row.name());
        }
        return rows;
    }

    private void curve(ExperimentRow best) {
        List<MetricPoint> points = experiments.history(best.id(), ACCURACY, 200);
        double greatest = points.stream().mapToDouble(MetricPoint::value).max().orElse(1);
        out.printf("%nhow %s learned: %s%n", best.name(), ACCURACY);
        for (MetricPoint point : points) {
            int length = (int) Math.round(BAR * point.value() / greatest);
            out.printf(Locale.ROOT, "%9d  %.4f  %s%n", point.step(), point.value(), "#".repeat(Math.max(0, length)));
        }
    }
}
