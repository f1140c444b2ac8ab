package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.backup.Backup;
import dev.evalstore.backup.BackupProgress;
import dev.evalstore.backup.DrillReport;
import dev.evalstore.backup.ExportOptions;
import dev.evalstore.backup.ExportReport;
import dev.evalstore.backup.RestoreOptions;
import dev.evalstore.backup.RestoreReport;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Fills a store, exports it, restores it into another schema, and measures how long a recovery takes. */
public final class BackupDrill {
    private final Database db;
    private final Path folder;
    private final int evaluations;
    private final PrintStream out;

    BackupDrill(Database db, Path folder, int evaluations, PrintStream out) {
        this.db = db;
        this.folder = folder;
        this.evaluations = evaluations;
        this.out = out;
    }

    /** Takes the folder for backups, and how many evaluations to fill in, 100,000 unless given. */
    public static void main(String[] args) throws IOException {
        Usage.require(args.length <= 2, "BackupDrill [folder] [evaluations]");
        Path folder = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("backups");
        int evaluations = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new BackupDrill(db, folder, evaluations, System.out).run();
        }
    }

    void run() {
        fill();
        Backup backup = db.backup();
        ExportReport exported = backup.export(folder, ExportOptions.DEFAULT.progress(at -> progress("exporting", at)));
        Path made = exported.path();
        out.printf(
                "exported   %d rows of %d tables%n",
                exported.manifest().rows(), exported.manifest().tables().size());
        out.println("verified   "
                + (backup.verify(made).rows() == exported.manifest().rows()));

        DrillReport drill = backup.drill(made);
        drill.checks().forEach(check -> out.println("holds      " + check));
        out.printf(
                "drill      a recovery takes %d ms (the measured RTO)%n",
                drill.elapsed().toMillis());

        Database other = db.withSchema(db.schema() + "_restored");
        RestoreReport restored =
                other.backup().restore(made, RestoreOptions.DEFAULT.progress(at -> progress("restoring", at)));
        out.printf(
                "restored   %d rows into schema %s in %d ms%n",
                restored.rows(), restored.schema(), restored.elapsed().toMillis());
        out.println("put back   " + restored.repairs().jobs() + " leased job");
        out.println("suspended  " + restored.repairs().keys() + " API keys");
        out.println("equal      " + (count(other) == count(db)));
    }

    private void fill() {
        Benchmark run = db.benchmarks().create(NewBenchmark.of("drill", "openai", "gpt-4", "mmlu", evaluations));
        List<NewEvaluation> answers = IntStream.range(0, evaluations)
                .mapToObj(i -> NewEvaluation.of("openai", "gpt-4", "question " + i, "answer " + i)
                        .benchmark(run.id()))
                .toList();
        for (int from = 0; from < evaluations; from += 10_000) {
            db.evaluations().createAll(answers.subList(from, Math.min(evaluations, from + 10_000)));
        }
        db.jobs().create(NewJob.of("evaluate", Json.of(Map.of("run", run.id()))));
        Worker worker = db.workers().register(NewWorker.of("drill"));
        out.println("claimed    " + db.jobs().claim(worker, 1).size() + " job");
    }

    private static long count(Database db) {
        return db.evaluations().count(EvaluationFilter.ALL);
    }

    private void progress(String what, BackupProgress at) {
        if (at.tableRows() > 0) {
            out.printf("%-10s %3d %% %s%n", what, 100 * at.rows() / Math.max(1, at.totalRows()), at.table());
        }
    }
}
