package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.analysis.ComparedMember;
import dev.evalstore.analysis.ComparedPair;
import dev.evalstore.analysis.Comparison;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.analysis.Verdict;
import dev.evalstore.analysis.report.Report;
import dev.evalstore.analysis.stats.Correction;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.Experiment;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentRepository;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.tracking.StoredComparison;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which of five Pythia models is better, and may that be said? Result files of lm-evaluation-harness become experiments, one
 * a file, with an evaluation for each task. The models are compared on the tasks that all have, each with each, and the
 * p-values of the ten pairs are corrected by Holm. The result is printed, stored, and written as {@code report.html} and
 * {@code report.pdf}.
 */
public final class CompareModels {
    static final String PROJECT = "pythia-suite";
    static final List<String> MODELS = Stream.of("70m", "410m", "1.4b", "6.9b", "12b")
            .map(size -> "pythia-v1.1-" + size)
            .toList();

    private static final int SHOTS = 0;

    /** A task's accuracy, wherever it has one. */
    private static final String METRIC = "acc";

    private final Database db;
    private final PrintStream out;

    CompareModels(Database db, PrintStream out) {
        this.db = db;
        this.out = out;
    }

    /** Takes the folder of the result files, and the one that the reports are written to, {@code .} unless told. */
    public static void main(String[] args) throws IOException {
        Usage.require(
                (args.length == 1 || args.length == 2) && Files.isDirectory(Path.of(args[0])),
                "CompareModels <folder of lm-evaluation-harness result files, *.json> [folder for the reports]");
        boolean compared;
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            CompareModels example = new CompareModels(db, System.out);
            example.load(Path.of(args[0]));
            compared = example.compare(Path.of(args.length == 2 ? args[1] : "."));
        }
        if (!compared) {
            System.exit(1);
        }
    }

    /** Stores what is not stored yet. A file that cannot be read is named with the reason, and the others are stored. */
    void load(Path folder) throws IOException {
        int stored = 0;
        int tasks = 0;
        List<Path> files = LmEvalFile.list(folder);
        for (Path path : files) {
            try {
                LmEvalFile file = LmEvalFile.read(path);
                int added = store(file);
                stored += added > 0 ? 1 : 0;
                tasks += added;
            } catch (LmEvalFile.Broken e) {
                out.println("skipped " + folder.relativize(path) + ": it " + e.getMessage());
            }
        }
        out.printf(Locale.ROOT, "%d files: %d experiments stored with %d evaluations%n", files.size(), stored, tasks);
    }

    /** In one commit, so that an experiment that is there is whole. */
    private int store(LmEvalFile file) {
        String name = name(file.model(), file.shots());
        return db.inTransaction(tx -> {
            ExperimentRepository experiments = tx.tracking().experiments();
            if (experiments.findByName(PROJECT, name).isPresent()) {
                return 0;
            }
            UUID experiment = experiments
                    .create(NewExperiment.of(name, ExperimentKind.EVALUATION)
                            .project(PROJECT)
                            .param("model", file.model())
                            .param("shots", file.shots()))
                    .id();
            List<NewEvaluation> answers = new ArrayList<>();
            file.metrics().asMap().forEach((task, metrics) -> {
                if (metrics instanceof Map<?, ?> ofTask && ofTask.get(METRIC) instanceof Number accuracy) {
                    answers.add(NewEvaluation.of(file.provider(), file.model(), task, METRIC)
                            .experiment(experiment)
                            .item(task)
                            .score(accuracy.doubleValue()));
                }
            });
            tx.evaluations().createAll(answers);
            return answers.size();
        });
    }

    /** False where fewer than two of the models were loaded. */
    boolean compare(Path reports) throws IOException {
        List<UUID> found = MODELS.stream()
                .map(model -> db.tracking().experiments().findByName(PROJECT, name(model, SHOTS)))
                .flatMap(Optional::stream)
                .map(Experiment::id)
                .toList();
        if (found.size() < 2) {
            out.println("fewer than two of " + String.join(", ", MODELS) + " are there");
            return false;
        }
        ComparisonResult result = Comparison.of(ComparisonUnit.EXPERIMENT, found)
                .metric("score")
                .correction(Correction.HOLM)
                .on(db)
                .run();
        StoredComparison stored = result.save(db, "Pythia models, " + SHOTS + "-shot");
        print(result, stored);
        Files.createDirectories(reports);
        Report report = Report.ofComparison("Pythia models, " + SHOTS + "-shot accuracy", result);
        report.writeHtml(reports.resolve("report.html"));
        report.writePdf(reports.resolve("report.pdf"));
        out.println("written: " + reports.resolve("report.html") + ", " + reports.resolve("report.pdf"));
        return true;
    }

    private void print(ComparisonResult result, StoredComparison stored) {
        out.printf(
                Locale.ROOT,
                "%n%4s  %-24s %8s  %-18s %5s %s%n",
                "rank",
                "model",
                "accuracy",
                "95 % interval",
                "tier",
                "ranks");
        for (ComparedMember member : result.members()) {
            out.printf(
                    Locale.ROOT,
                    "%4s  %-24s %8s  [%s, %s]   %5s %s-%s%n",
                    member.rank(),
                    member.label(),
                    number(member.mean()),
                    number(member.low()),
                    number(member.high()),
                    member.tier(),
                    member.bestRank(),
                    member.worstRank());
        }
        out.printf(Locale.ROOT, "%n%-24s %-24s %10s %8s %8s  %s%n", "first", "second", "difference", "p", "Holm", "");
        for (ComparedPair pair : result.pairs()) {
            var difference = pair.difference();
            out.printf(
                    Locale.ROOT,
                    "%-24s %-24s %10s %8s %8s  %s%n",
                    label(result, pair.first()),
                    label(result, pair.second()),
                    number(difference == null ? null : difference.value()),
                    p(pair.tests().isEmpty() ? null : pair.tests().get(0).p()),
                    p(pair.p()),
                    said(pair.verdict()));
        }
        out.printf(
                Locale.ROOT,
                "%n%d tasks, left out: %s; by %s, corrected by %s%nstored as %s, of the rows %s%n",
                result.sampleSize(),
                result.excluded().isEmpty() ? "none" : result.excluded(),
                result.tests(),
                result.options().correction(),
                stored.id(),
                result.inputHash().substring(0, 16));
    }

    private static String said(Verdict verdict) {
        return switch (verdict) {
            case FIRST_BETTER -> "the first is better";
            case SECOND_BETTER -> "the second is better";
            case NOT_SHOWN -> "no difference is shown";
            case NOT_COMPARABLE -> "they cannot be compared";
        };
    }

    private static String label(ComparisonResult result, UUID id) {
        return result.member(id).orElseThrow().label();
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static String p(@Nullable Double value) {
        return value != null && value < 0.0001 ? "<0.0001" : number(value);
    }

    private static String name(String model, int shots) {
        return model + ", " + shots + "-shot";
    }
}
