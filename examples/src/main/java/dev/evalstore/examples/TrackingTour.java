package dev.evalstore.examples;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.account.NewUser;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.catalog.Dataset;
import dev.evalstore.catalog.DatasetFormat;
import dev.evalstore.catalog.NewDataset;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.search.SearchSyntaxException;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.tracking.Analytics;
import dev.evalstore.tracking.CostFilter;
import dev.evalstore.tracking.Experiment;
import dev.evalstore.tracking.ExperimentDifferences;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentQuery;
import dev.evalstore.tracking.ExperimentRepository;
import dev.evalstore.tracking.ExperimentSummary;
import dev.evalstore.tracking.FeedbackFilter;
import dev.evalstore.tracking.FeedbackStats;
import dev.evalstore.tracking.LogBatch;
import dev.evalstore.tracking.MetricPoint;
import dev.evalstore.tracking.MetricSummary;
import dev.evalstore.tracking.NewCostEntry;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.tracking.NewFeedback;
import dev.evalstore.tracking.Thumbs;
import dev.evalstore.tracking.Tracking;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Three experiments of a project, from their first log to the deletion: what is logged once and what is refused, searches, a
 * comparison, a history that keeps its peak, feedback of two users, exact costs, and figures over all of it.
 */
public final class TrackingTour {
    private static final String PROJECT = "sums";
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

    private final Database db;
    private final Tracking tracking;
    private final ExperimentRepository experiments;
    private final PrintStream out;

    TrackingTour(Database db, PrintStream out) {
        this.db = db;
        this.tracking = db.tracking();
        this.experiments = tracking.experiments();
        this.out = out;
    }

    /** Takes no arguments; {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) {
        Usage.require(args.length == 0, "TrackingTour, without arguments");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new TrackingTour(db, System.out).run();
        }
    }

    void run() {
        Dataset dataset = db.catalog()
                .datasets()
                .create(NewDataset.of("sums", DatasetFormat.JSONL).size(new NewDataset.Size(3L, null)));
        say(
                "dataset",
                "%s %s, %s, %s samples",
                dataset.name(),
                dataset.versionLabel(),
                dataset.format(),
                dataset.sampleCount());
        Experiment slow = experiment("slow", 0.001, dataset.id());
        Experiment quick = experiment("quick", 0.1, dataset.id());
        Experiment wild = experiment("wild", 9, dataset.id());
        log(slow.id());
        refuse(slow.id());
        train(slow.id(), 0.5);
        train(quick.id(), 0.2);
        experiments.log(wild.id(), LogBatch.of().metric("loss", Double.NaN, 7, BEGIN));
        end(slow.id(), quick.id(), wild.id());
        search();
        compare(slow.id(), quick.id());
        history(quick.id());
        answers(quick.id());
        costs(quick.id());
        figures(quick.id());
        leave(slow.id());
    }

    private Experiment experiment(String name, double rate, UUID dataset) {
        Experiment experiment = experiments.create(NewExperiment.of(name, ExperimentKind.FINE_TUNING)
                .project(PROJECT)
                .dataset(dataset)
                .param("rate", rate)
                .param("optimizer", "adam"));
        return experiments.start(experiment.id());
    }

    private void log(UUID id) {
        LogBatch batch =
                LogBatch.of().param("seed", 42).tag("team", "arithmetic").tag("baseline");
        for (int step = 0; step < 10; step++) {
            batch = batch.metric("accuracy", 0.3 + step / 20.0, step, BEGIN.plusSeconds(step));
        }
        experiments.log(id, batch);
        experiments.log(id, batch);
        MetricSummary accuracy = Objects.requireNonNull(experiments.metrics(id).get("accuracy"));
        say(
                "log",
                "sent twice, stored once: %s points, last %s at step %s, from %s to %s",
                accuracy.count(),
                accuracy.last(),
                accuracy.step(),
                accuracy.min(),
                accuracy.max());
    }

    private void refuse(UUID id) {
        LogBatch other = LogBatch.of().metric("f1", 0.5, 1, BEGIN).param("seed", 43);
        try {
            experiments.log(id, other);
        } catch (ConflictException e) {
            say(
                    "log",
                    "another seed is refused, and its batch with it: f1 is %s",
                    experiments.metrics(id).get("f1"));
        }
        experiments.log(id, other.overwrite());
        say(
                "log",
                "unless the batch overwrites: seed %s",
                Objects.requireNonNull(experiments.get(id).params().get("seed")).text());
    }

    /** A thousand steps of a loss that falls, with one peak. */
    private void train(UUID id, double end) {
        List<MetricPoint> points = new ArrayList<>();
        for (int step = 0; step < 1_000; step++) {
            double loss = step == 777 ? 9.5 : end + 2.0 / (1 + step);
            points.add(MetricPoint.of(loss, step, BEGIN.plusSeconds(step)));
        }
        experiments.log(id, LogBatch.of().metric("loss", points));
    }

    private void end(UUID slow, UUID quick, UUID wild) {
        dev.evalstore.job.Usage used = dev.evalstore.job.Usage.of(120_000, 30_000, new BigDecimal("1.50"));
        LogBatch last = LogBatch.of().metric("accuracy", 0.9, 1_000, BEGIN.plusSeconds(1_000));
        Experiment done = experiments.complete(quick, Json.of(Map.of("checkpoint", "step-1000")), last, used);
        experiments.complete(slow, null, LogBatch.of(), dev.evalstore.job.Usage.NONE);
        experiments.fail(wild, "The loss is no number.");
        say(
                "complete",
                "%s: %s, %s tokens, %s US dollars",
                done.name(),
                done.status(),
                done.inputTokens() + done.outputTokens(),
                done.totalCostUsd().stripTrailingZeros());
        try {
            experiments.complete(wild, Json.of(Map.of("accuracy", 1)), last, used);
        } catch (ConflictException e) {
            Experiment failed = experiments.get(wild);
            say(
                    "complete",
                    "no results on a %s one: results %s, cost %s",
                    failed.status(),
                    failed.results(),
                    failed.totalCostUsd().stripTrailingZeros());
        }
    }

    private void search() {
        print(
                "metrics.accuracy > 0.5 and (params.rate >= 0.1 or tags.team in ('arithmetic', 'algebra'))",
                "metrics.accuracy desc");
        print("not metrics.accuracy > 0.8", "name");
        print("params.optimizer = 'adam'", "metrics.loss");
        print("metrics.loss is nan or status = 'failed'", "name");
        try {
            ExperimentQuery.where("metrics.accuracy > and status = 'failed'");
        } catch (SearchSyntaxException e) {
            say("search", "an error is at position %s", e.position());
        }
    }

    private void print(String where, String order) {
        List<String> names = experiments
                .search(ExperimentQuery.where(where)
                        .project(PROJECT)
                        .orderBy(order)
                        .select("name")
                        .limit(10))
                .items()
                .stream()
                .map(row -> String.valueOf(row.name()))
                .toList();
        say("search", "%s", where);
        say("", "by %s: %s", order, names);
    }

    private void compare(UUID slow, UUID quick) {
        ExperimentDifferences differences = experiments.compare(List.of(slow, quick));
        say(
                "compare",
                "params %s, metrics %s",
                differences.params().stream()
                        .map(ExperimentDifferences.Param::name)
                        .toList(),
                differences.metrics().stream()
                        .map(ExperimentDifferences.Metric::name)
                        .toList());
    }

    private void history(UUID id) {
        List<MetricPoint> reduced = experiments.history(id, "loss", 40);
        MetricPoint peak = Collections.max(reduced, (a, b) -> Double.compare(a.value(), b.value()));
        say("history", "1000 points in at most 40, and the peak is there: %s at step %s", peak.value(), peak.step());
    }

    private void answers(UUID experiment) {
        UUID answer = db.evaluations()
                .create(NewEvaluation.of("acme", "adder", "What is 40 + 2?", "42")
                        .experiment(experiment)
                        .item("sum-1")
                        .score(1.0)
                        .latencyMs(120))
                .id();
        db.evaluations()
                .create(NewEvaluation.of("acme", "adder", "What is 2 + 2?", "5")
                        .experiment(experiment)
                        .item("sum-2")
                        .score(0.0)
                        .latencyMs(80));
        UUID ada = db.users().create(NewUser.of("ada@example.org", "ada")).id();
        UUID bo = db.users().create(NewUser.of("bo@example.org", "bo")).id();
        tracking.feedback().give(NewFeedback.of(answer).user(ada).rating(2));
        tracking.feedback().give(NewFeedback.of(answer).user(bo).rating(4).thumbs(Thumbs.UP));
        tracking.feedback().give(NewFeedback.of(answer).user(ada).rating(5).comment("Right after all."));
        FeedbackStats stats = tracking.feedback().stats(FeedbackFilter.ALL.experiment(experiment));
        say(
                "feedback",
                "%s, mean %s, stars %s; the evaluation's rating is %s",
                stats.count(),
                stats.mean(),
                stats.stars(),
                db.evaluations().get(answer).rating());
        try {
            tracking.feedback().give(NewFeedback.of(answer).user(bo).rating(99));
        } catch (IllegalArgumentException e) {
            say("feedback", "99 stars are refused");
        }
        say(
                "evaluations",
                "rated 4 or better: %s; of no experiment at all: %s",
                db.evaluations().count(EvaluationFilter.ALL.rating(4.0, null)),
                db.evaluations().count(EvaluationFilter.ALL.experiments(List.of())));
    }

    private void costs(UUID experiment) {
        NewCostEntry entry = NewCostEntry.of("acme", "adder", new BigDecimal("0.1"))
                .tokens(1_000, 200)
                .experiment(experiment);
        tracking.costs().appendAll(List.of(entry, entry, entry));
        say(
                "costs",
                "3 times 0.1 is %s US dollars",
                tracking.costs()
                        .total(CostFilter.ALL.experiment(experiment))
                        .costUsd()
                        .stripTrailingZeros());
    }

    private void figures(UUID experiment) {
        for (Analytics.OfModel model : tracking.analytics(EvaluationFilter.ALL.experiments(List.of(experiment)))
                .perModel(10)) {
            say(
                    "analytics",
                    "%s/%s: %s answers, mean score %s, median latency %s ms",
                    model.provider(),
                    model.model(),
                    model.evaluations().count(),
                    model.evaluations().meanScore(),
                    model.evaluations().latencyMs().p50());
        }
        ExperimentSummary summary = tracking.summary(experiment);
        say(
                "summary",
                "%s params, %s metrics with %s points, %s evaluations, %s feedback",
                summary.params(),
                summary.metrics(),
                summary.points(),
                summary.evaluations().count(),
                summary.feedback());
    }

    /** Nobody wrote these events: they came with the changes, in the same commits. */
    private void leave(UUID id) {
        experiments.archive(id);
        try {
            experiments.log(id, LogBatch.of().tag("late"));
        } catch (ConflictException e) {
            say("archive", "an archived experiment takes no log");
        }
        experiments.restore(id);
        experiments.delete(id);
        say("delete", "gone: %s", experiments.find(id).isEmpty());
        List<String> types =
                new ArrayList<>(db.events().ofAggregate("experiment", id.toString(), 100, null).items().stream()
                        .map(DomainEvent::eventType)
                        .map(type -> type.replace("experiment.", ""))
                        .toList());
        Collections.reverse(types);
        say("events", "%s", String.join(", ", types));
    }

    private void say(String what, String text, @Nullable Object... values) {
        out.printf(Locale.ROOT, "%-14s %s%n", what, String.format(Locale.ROOT, text, values));
    }
}
