package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.Evaluation;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.JobStats;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.testing.faults.ChildJvm;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A job for each model and task of a folder of lm-evaluation-harness results. Two worker processes with different tags read the
 * scores and store each with its job's completion in one commit; one is killed half way and started again. At the end there is
 * exactly one evaluation a job.
 */
public final class EvaluationWorkers {
    private static final String TYPE = "score";
    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(3);

    private final Database db;
    private final String url;
    private final Path folder;
    private final PrintStream out;

    /** What a job needs to know. */
    record Task(UUID run, String file, String task) {}

    EvaluationWorkers(Database db, String url, Path folder, PrintStream out) {
        this.db = db;
        this.url = url;
        this.folder = folder;
        this.out = out;
    }

    /** Takes the folder; {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) throws Exception {
        if (args.length == 4) {
            work(args[0], args[1], args[2], Path.of(args[3]));
            return;
        }
        Usage.require(
                args.length == 1 && Files.isDirectory(Path.of(args[0])),
                "EvaluationWorkers <folder of lm-evaluation-harness result files, *.json>");
        boolean exact;
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            exact = new EvaluationWorkers(db, server.url(), Path.of(args[0]), System.out).run();
        }
        if (!exact) {
            System.exit(1);
        }
    }

    /** A worker process: reads the file that its job names, and stores the score together with the job's end. */
    private static void work(String url, String name, String tag, Path folder) throws InterruptedException {
        Map<String, LmEvalFile> files = new ConcurrentHashMap<>();
        try (Database db = Database.open(DatabaseConfig.builder().url(url).build());
                JobRunner runner = JobRunner.on(db)
                        .worker(name)
                        .tags(tag)
                        .concurrency(8)
                        .timeToLive(TIME_TO_LIVE)
                        .handle(TYPE, Task.class, context -> {
                            store(
                                    context,
                                    file(files, folder.resolve(context.payload().file())));
                            return null;
                        })
                        .start()) {
            System.out.println(runner.worker().workerId() + " works");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private static LmEvalFile file(Map<String, LmEvalFile> files, Path file) throws LmEvalFile.Broken {
        LmEvalFile known = files.get(file.toString());
        if (known == null) {
            known = LmEvalFile.read(file);
            files.put(file.toString(), known);
        }
        return known;
    }

    private static void store(JobContext<Task> context, LmEvalFile file) {
        Task task = context.payload();
        Map<?, ?> metrics =
                (Map<?, ?>) Objects.requireNonNull(file.metrics().asMap().get(task.task()));
        NewEvaluation evaluation = NewEvaluation.of(
                        file.provider(), file.model(), task.task(), "measured by the harness")
                .benchmark(task.run())
                .metrics(Json.of(metrics))
                .metadata(Json.of(Map.of("job", context.job().id().toString())));
        // Tasks without an accuracy (perplexities, differences) have no score to compare.
        NewEvaluation scored =
                metrics.get("acc") instanceof Number accuracy ? evaluation.score(accuracy.doubleValue()) : evaluation;
        context.complete(tx -> tx.evaluations().create(scored).id().toString());
    }

    /** Whether there is exactly one evaluation a job. */
    boolean run() throws IOException, InterruptedException {
        Benchmark run =
                db.benchmarks().create(NewBenchmark.of("evaluation workers", "EleutherAI", "all", "harness", 0));
        int total = db.jobs().createAll(jobs(run)).size();
        out.printf("%d jobs enqueued%n", total);
        ChildJvm zero = worker("zero-shot");
        ChildJvm few = worker("few-shot");
        try {
            awaitCompleted(total / 2, total, zero, few);
            few.kill();
            out.println("the few-shot worker was killed; its jobs come back when it has been silent for "
                    + TIME_TO_LIVE.toSeconds() + " s");
            few = worker("few-shot");
            awaitCompleted(total, total, zero, few);
        } finally {
            zero.close();
            few.close();
        }
        return report(run, total);
    }

    private List<NewJob> jobs(Benchmark run) throws IOException {
        List<NewJob> jobs = new ArrayList<>();
        for (Path path : LmEvalFile.list(folder)) {
            String name = folder.relativize(path).toString();
            try {
                LmEvalFile file = LmEvalFile.read(path);
                String tag = file.shots() == 0 ? "zero-shot" : "few-shot";
                List<NewJob> ofFile = new ArrayList<>();
                for (String task : new TreeMap<>(file.metrics().asMap()).keySet()) {
                    ofFile.add(NewJob.of(TYPE, Json.of(new Task(run.id(), name, task)))
                            .requiredTags(tag)
                            .fairKey(file.model()));
                }
                jobs.addAll(ofFile);
            } catch (LmEvalFile.Broken e) {
                out.printf("%s %s%n", name, e.getMessage());
            } catch (IllegalArgumentException e) {
                out.printf("%s holds what cannot be stored: %s%n", name, e.getMessage());
            }
        }
        return jobs;
    }

    private ChildJvm worker(String tag) {
        return ChildJvm.start(
                EvaluationWorkers.class, List.of("-Xmx256m"), url, tag + "-worker", tag, folder.toString());
    }

    private void awaitCompleted(int wanted, int total, ChildJvm... workers) throws InterruptedException {
        long before = -1;
        while (true) {
            for (ChildJvm worker : workers) {
                worker.drain().forEach(out::println);
            }
            JobStats.OfQueue stats = db.jobs().stats().of("default");
            if (stats.completed() != before) {
                before = stats.completed();
                out.printf("%5d of %d completed, %d running%n", before, total, stats.running());
            }
            if (before >= wanted) {
                return;
            }
            Thread.sleep(500);
        }
    }

    private boolean report(Benchmark run, int total) {
        Set<String> jobs = new HashSet<>();
        long[] stored = new long[1];
        Map<String, DoubleSummaryStatistics> models = new TreeMap<>();
        db.evaluations().stream(EvaluationFilter.ALL.benchmark(run.id()), evaluation -> {
            stored[0]++;
            jobs.add(job(evaluation));
            DoubleSummaryStatistics scores =
                    models.computeIfAbsent(evaluation.model(), model -> new DoubleSummaryStatistics());
            if (evaluation.score() != null) {
                scores.accept(evaluation.score());
            }
        });
        out.printf("%n%-24s %8s %10s%n", "model", "scored", "accuracy");
        models.forEach((model, scores) ->
                out.printf(Locale.ROOT, "%-24s %8d %10.4f%n", model, scores.getCount(), scores.getAverage()));
        boolean exact = stored[0] == total && jobs.size() == total;
        out.printf(
                "%n%d jobs, %d evaluations of %d different jobs: %s%n",
                total, stored[0], jobs.size(), exact ? "exactly one each" : "NOT one each");
        return exact;
    }

    private static String job(Evaluation evaluation) {
        return String.valueOf(
                Objects.requireNonNull(evaluation.metadata()).asMap().get("job"));
    }
}
