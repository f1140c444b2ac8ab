package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.LeaseLostException;
import dev.evalstore.job.Backoff;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.CreatedJob;
import dev.evalstore.job.Failure;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobAttempt;
import dev.evalstore.job.JobLimit;
import dev.evalstore.job.JobRepository;
import dev.evalstore.job.JobStats;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The queue's verbs one after another, each with what it did; the runtime that calls them for you is {@code JobRunner}. */
public final class QueueTour {
    private final Database db;
    private final JobRepository jobs;
    private final PrintStream out;

    QueueTour(Database db, PrintStream out) {
        this.db = db;
        this.jobs = db.jobs();
        this.out = out;
    }

    /** Takes no arguments; {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) {
        Usage.require(args.length == 0, "QueueTour, without arguments");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new QueueTour(db, System.out).run();
        }
    }

    private static NewJob job(String type) {
        return NewJob.of(type, Json.of(Map.of("model", "gpt-4"))).backoff(Backoff.NONE);
    }

    void run() {
        Worker worker = db.workers().register(NewWorker.of("tour").capacity(4));
        createAndClaim(worker);
        failAndRetry(worker);
        loseALease(worker);
        cancelAndUnique(worker);
        whyNot();
        JobStats.OfQueue stats = jobs.stats().of("default");
        say(
                "stats",
                "%d pending, %d completed, %d failed, %d cancelled",
                stats.pending(),
                stats.completed(),
                stats.failed(),
                stats.cancelled());
    }

    private void createAndClaim(Worker worker) {
        jobs.create(job("usual"));
        jobs.create(job("urgent").priority(10));
        jobs.create(job("later").delay(Duration.ofHours(1)));
        List<ClaimedJob> claimed = jobs.claim(worker, 10);
        say("create and claim", "three created; claimed, most urgent first: %s", types(claimed));
        claimed.forEach(c -> jobs.complete(c.lease(), Json.of(Map.of("ok", true))));
        say(
                "complete",
                "both under their lease's token, such as %d",
                claimed.get(0).lease().token());
    }

    private void failAndRetry(Worker worker) {
        Job job = jobs.create(job("flaky").maxRetries(1));
        jobs.fail(claimOne(worker).lease(), "HTTP 500");
        Job failedOnce = jobs.get(job.id());
        say("fail", "%s again after attempt %d: %s", word(failedOnce), failedOnce.attempt(), failedOnce.error());
        jobs.failAll(List.of(Failure.of(claimOne(worker).lease(), "HTTP 500 again")));
        say("fail", "no retries left: %s", word(jobs.get(job.id())));
        say("retry", "%s again, by hand", word(jobs.retry(job.id())));
        jobs.complete(claimOne(worker).lease(), null);
        for (JobAttempt attempt : jobs.attempts(job.id())) {
            say(
                    "attempts",
                    "%d %s %s",
                    attempt.attempt(),
                    attempt.outcome().name().toLowerCase(Locale.ROOT),
                    attempt.error() == null ? "" : attempt.error());
        }
    }

    /** A worker that was paused too long wakes up, and finds that it may not write any more. */
    private void loseALease(Worker worker) {
        Job job = jobs.create(job("long"));
        Worker paused = db.workers().register(NewWorker.of("paused"));
        ClaimedJob claimed = claimOne(paused);
        db.workers().deregister(paused);
        try {
            jobs.complete(claimed.lease(), null);
        } catch (LeaseLostException e) {
            say("fence", "a late completion is refused, the job is %s", word(jobs.get(job.id())));
        }
        jobs.complete(claimOne(worker).lease(), null);
    }

    private void cancelAndUnique(Worker worker) {
        CreatedJob first = jobs.createUnique(job("nightly").uniqueKey("nightly-2026-11-20"));
        CreatedJob second = jobs.createUnique(job("nightly").uniqueKey("nightly-2026-11-20"));
        say("unique key", "created: %s, created again: %s", first.isNew(), second.isNew());
        say("cancel", "the job is %s", word(jobs.cancel(first.job().id())));
        say("claim", "%d left for %s", jobs.claim(worker, 10).size(), worker.workerId());
    }

    private void whyNot() {
        Job gpu = jobs.create(job("train").requiredTags("gpu"));
        say("why not running", "%s", jobs.whyNotRunning(gpu.id()).detail());
        db.workers().register(NewWorker.of("gpu-1").tags("gpu"));
        jobs.limits().pause(JobLimit.Scope.QUEUE, "default");
        say("why not running", "%s", jobs.whyNotRunning(gpu.id()).detail());
        jobs.limits().resume(JobLimit.Scope.QUEUE, "default");
        say("why not running", "%s", jobs.whyNotRunning(gpu.id()).detail());
    }

    private ClaimedJob claimOne(Worker worker) {
        return jobs.claim(worker, 1).get(0);
    }

    private static List<String> types(List<ClaimedJob> claimed) {
        return claimed.stream().map(c -> c.job().jobType()).toList();
    }

    private static String word(Job job) {
        return job.status().name().toLowerCase(Locale.ROOT);
    }

    private void say(String what, String text, @Nullable Object... values) {
        out.printf(Locale.ROOT, "%-18s %s%n", what, String.format(Locale.ROOT, text, values));
    }
}
