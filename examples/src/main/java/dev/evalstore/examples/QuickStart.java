package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.Page;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkStatus;
import dev.evalstore.benchmark.Evaluation;
import dev.evalstore.benchmark.EvaluationSummary;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.LocalServer;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One benchmark run from its creation to its figures, on an embedded PostgreSQL: {@code mvn -q compile exec:java}. */
public final class QuickStart {
    private static final int QUESTIONS = 400;
    private static final int KNOWN = 200;
    private static final int WORKERS = 8;

    private final Database db;
    private final PrintStream out;

    /** What a job is to answer. */
    record Question(UUID run, int number) {}

    QuickStart(Database db, PrintStream out) {
        this.db = db;
        this.out = out;
    }

    /** Takes no arguments; {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) throws Exception {
        Usage.require(args.length == 0, "QuickStart, without arguments");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            new QuickStart(db, System.out).run();
        }
    }

    void run() throws InterruptedException {
        migrate();
        Benchmark run = createRun();
        storeInBatch(run);
        enqueueQuestions(run);
        work(run);
        readPages(run);
        summarize(run);
    }

    private void migrate() {
        int applied = db.migrate();
        say(
                "migrate",
                "%d migration(s) applied to PostgreSQL %s; a second call finds %d to do",
                applied,
                db.health().serverVersion(),
                db.migrate());
    }

    /** Both statements commit together, or neither does. */
    private Benchmark createRun() {
        Benchmark run = db.inTransaction(tx -> {
            Benchmark created =
                    tx.benchmarks().create(NewBenchmark.of("GPT-4 on MMLU", "openai", "gpt-4", "mmlu", QUESTIONS));
            return tx.benchmarks().start(created.id());
        });
        say("create and start", "run %s is %s; one transaction", run.id(), word(run.status()));
        return run;
    }

    /** What is known already goes in one statement, or not at all. */
    private void storeInBatch(Benchmark run) {
        List<NewEvaluation> answers = new ArrayList<>();
        for (int i = 1; i <= KNOWN; i++) {
            answers.add(answer(new Question(run.id(), i)));
        }
        List<UUID> ids = db.evaluations().createAll(answers);
        db.benchmarks().recordProgress(run.id(), ids.size(), 0);
        say("evaluations in batch", "%d stored by one statement, ids in the order given", ids.size());
    }

    private void enqueueQuestions(Benchmark run) {
        List<NewJob> jobs = new ArrayList<>();
        for (int i = KNOWN + 1; i <= QUESTIONS; i++) {
            jobs.add(NewJob.of("question", Json.of(new Question(run.id(), i))));
        }
        say("enqueue", "%d jobs by one call", db.jobs().createAll(jobs).size());
    }

    /** A runner works on the jobs; each stores its answer, the run's progress and its own end in one commit. */
    private void work(Benchmark run) throws InterruptedException {
        try (JobRunner runner = JobRunner.on(db)
                .worker("quick-start")
                .concurrency(WORKERS)
                .handle("question", Question.class, this::answer)
                .start()) {
            long shown = -1;
            while (shown < QUESTIONS) {
                long completed = db.benchmarks().get(run.id()).completedIterations();
                if (completed == QUESTIONS || completed - shown >= QUESTIONS / 4) {
                    say("progress", "%d of %d answered, %d at work", completed, QUESTIONS, runner.running());
                    shown = completed;
                }
                Thread.sleep(10);
            }
        }
    }

    private @Nullable Object answer(JobContext<Question> context) {
        Question question = context.payload();
        NewEvaluation answer = answer(question);
        context.recordUsage(350, 12, new BigDecimal("0.004220"));
        context.complete(tx -> {
            tx.evaluations().create(answer);
            tx.benchmarks().recordProgress(question.run(), 1, 0);
            return Map.of("question", question.number());
        });
        return null;
    }

    private static NewEvaluation answer(Question question) {
        Random random = new Random(question.number() * 7_919L);
        return NewEvaluation.of("openai", "gpt-4", "question " + question.number(), "answer " + question.number())
                .benchmark(question.run())
                .score(random.nextInt(100) < 86 ? 1 : 0)
                .latencyMs(400 + random.nextInt(900))
                .usage(350, 12, new BigDecimal("0.004220"));
    }

    private void readPages(Benchmark run) {
        int pages = 1;
        Page<Evaluation> page = db.evaluations().listByBenchmark(run.id(), 150, null);
        int rows = page.items().size();
        while (page.next() != null) {
            page = db.evaluations().listByBenchmark(run.id(), 150, page.next());
            rows += page.items().size();
            pages++;
        }
        say("pages", "%d rows on %d pages of 150, newest first", rows, pages);
    }

    private void summarize(Benchmark run) {
        EvaluationSummary summary = db.evaluations().summary(run.id());
        EvaluationSummary.Distribution score = summary.score();
        EvaluationSummary.Distribution latency = summary.latencyMs();
        say(
                "summary",
                "mean score %.3f, latency p50 %.0f ms and p99 %.0f ms, %,d tokens, %.2f USD",
                given(score.mean()),
                given(latency.p50()),
                given(latency.p99()),
                summary.inputTokens() + summary.outputTokens(),
                summary.costUsd());
        Json metrics = Json.of(Map.of("accuracy", given(score.mean())));
        Benchmark ended = db.benchmarks().complete(run.id(), null, metrics);
        say("complete", "the run is %s, metrics %s", word(ended.status()), metrics.text());
    }

    /** Figures are null where there is nothing to compute them from; here there is. */
    private static double given(@Nullable Double figure) {
        return Objects.requireNonNull(figure);
    }

    private static String word(BenchmarkStatus status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private void say(String what, String text, Object... values) {
        out.printf(Locale.ROOT, "%-22s %s%n", what, String.format(Locale.ROOT, text, values));
    }
}
