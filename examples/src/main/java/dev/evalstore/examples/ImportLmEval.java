package dev.evalstore.examples;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.Page;
import dev.evalstore.Repositories;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.Tx;
import dev.evalstore.TxOptions;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.BenchmarkStatus;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Stores the result files of lm-evaluation-harness 0.3 and 0.4 as completed runs, one a file, and prints the ten models with the best
 * mean accuracy.
 *
 * <p>A file that is stored already is left alone: its SHA-256 stands in the run's results, and the look for it and the insert
 * share one serializable transaction. Of two importers at work on the same file the server lets one commit; the other is
 * retried and finds the run.
 */
public final class ImportLmEval {
    static final String DATASET = "lm-evaluation-harness";

    private static final TxOptions ONCE =
            TxOptions.DEFAULT.isolation(Isolation.SERIALIZABLE).retry(Retry.times(20));

    private final Database db;
    private final PrintStream out;
    private final Progress progress;
    private int stored;
    private int known;
    private int broken;

    ImportLmEval(Database db, PrintStream out) {
        this.db = db;
        this.out = out;
        this.progress = Progress.on(out);
    }

    /** Takes the folder; ends with 1 if not one file in it could be imported, with 2 if there is no such folder. */
    public static void main(String[] args) throws IOException {
        Usage.require(
                args.length == 1 && Files.isDirectory(Path.of(args[0])),
                "ImportLmEval <folder of lm-evaluation-harness result files, *.json>");
        boolean imported;
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            ImportLmEval importer = new ImportLmEval(db, System.out);
            imported = importer.folder(Path.of(args[0]));
            if (imported) {
                importer.printBest(10);
            }
        }
        if (!imported) {
            System.exit(1);
        }
    }

    /**
     * Imports every {@code *.json} of the folder and of the folders in it, in the order of their names; false if there was none to
     * import. A file that cannot be imported is named with the reason, and the others are imported.
     */
    boolean folder(Path folder) throws IOException {
        List<Path> files = LmEvalFile.list(folder);
        for (Path file : files) {
            progress(files.size(), file);
            try {
                if (store(LmEvalFile.read(file))) {
                    stored++;
                } else {
                    known++;
                }
            } catch (LmEvalFile.Broken e) {
                skipped(folder, file, String.valueOf(e.getMessage()));
            } catch (TransientDatabaseException e) {
                // The database's fault, and not the file's.
                throw e;
            } catch (DatabaseException | IllegalArgumentException e) {
                skipped(folder, file, "holds what cannot be stored: " + e.getMessage());
            }
        }
        progress.line(
                "%d files: %d stored, %d stored before, %d skipped".formatted(files.size(), stored, known, broken));
        return stored + known > 0;
    }

    private void skipped(Path folder, Path file, String reason) {
        broken++;
        progress.line("skipped " + folder.relativize(file) + ": it " + reason);
    }

    /** Stores the file's run unless it is stored; true if it was not. */
    private boolean store(LmEvalFile file) {
        return db.inTransaction(ONCE, tx -> {
            if (isStored(tx, file)) {
                return false;
            }
            create(tx, file);
            return true;
        });
    }

    private static boolean isStored(Tx tx, LmEvalFile file) {
        boolean[] found = {false};
        BenchmarkFilter same =
                BenchmarkFilter.ALL.dataset(DATASET).provider(file.provider()).model(file.model());
        each(
                tx,
                same,
                run -> found[0] |= run.results() != null
                        && file.sha256().equals(run.results().asMap().get("sha256")));
        return found[0];
    }

    private static void create(Tx tx, LmEvalFile file) {
        String name = "%s %s, %d-shot".formatted(file.model(), file.revision(), file.shots());
        Benchmark run = tx.benchmarks()
                .create(NewBenchmark.of(name, file.provider(), file.model(), DATASET, file.tasks())
                        .description(file.tasks() + " tasks, from " + file.fileName()));
        tx.benchmarks().start(run.id());
        tx.benchmarks().recordProgress(run.id(), file.tasks(), 0);
        tx.benchmarks().complete(run.id(), file.results(), file.metrics());
    }

    /** The models with the best mean over the accuracies of all their tasks and runs, best first. */
    void printBest(int limit) {
        Map<String, DoubleSummaryStatistics> accuracies = new TreeMap<>();
        each(db, BenchmarkFilter.ALL.dataset(DATASET).status(BenchmarkStatus.COMPLETED), run -> {
            DoubleSummaryStatistics ofModel = accuracies.computeIfAbsent(
                    run.provider() + "/" + run.model(), model -> new DoubleSummaryStatistics());
            tasks(run).forEach(metrics -> {
                if (metrics instanceof Map<?, ?> m && m.get("acc") instanceof Number accuracy) {
                    ofModel.accept(accuracy.doubleValue());
                }
            });
        });
        out.printf("%n%4s  %-44s %8s %7s%n", "rank", "model", "accuracy", "results");
        int[] rank = {0};
        accuracies.entrySet().stream()
                .filter(model -> model.getValue().getCount() > 0)
                .sorted(Comparator.comparingDouble((Map.Entry<String, DoubleSummaryStatistics> model) ->
                        -model.getValue().getAverage()))
                .limit(limit)
                .forEach(model -> out.printf(
                        Locale.ROOT,
                        "%4d  %-44s %8.4f %7d%n",
                        ++rank[0],
                        model.getKey(),
                        model.getValue().getAverage(),
                        model.getValue().getCount()));
    }

    private static Iterable<Object> tasks(Benchmark run) {
        Json metrics = run.metrics();
        return metrics == null ? List.of() : metrics.asMap().values();
    }

    private static void each(Repositories in, BenchmarkFilter filter, Consumer<Benchmark> use) {
        Cursor after = null;
        do {
            Page<Benchmark> page = in.benchmarks().list(filter, 1_000, after);
            page.items().forEach(use);
            after = page.next();
        } while (after != null);
    }

    private void progress(int files, Path file) {
        int number = stored + known + broken + 1;
        progress.show(100.0 * number / files, "%d of %d  %s".formatted(number, files, file.getFileName()));
    }
}
