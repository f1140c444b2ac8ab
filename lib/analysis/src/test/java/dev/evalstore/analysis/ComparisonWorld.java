package dev.evalstore.analysis;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.NewExperiment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** A server with experiments, model versions and submissions that are compared. */
final class ComparisonWorld implements AutoCloseable {
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");

    final LocalServer server = LocalServer.start();
    final Database db = open(server.url());
    private int named;

    static Database open(String url) {
        return Database.open(DatabaseConfig.builder(url).build());
    }

    ComparisonWorld() {
        db.migrate();
    }

    @Override
    public void close() {
        db.close();
        server.close();
    }

    UUID experiment(String name) {
        return db.tracking()
                .experiments()
                .create(NewExperiment.of(name, ExperimentKind.EVALUATION).project("p" + ++named))
                .id();
    }

    /** An experiment with an answer to each item, i0 and so on; NaN for none. */
    UUID experiment(String name, double... scores) {
        UUID id = experiment(name);
        List<NewEvaluation> answers = new ArrayList<>();
        for (int item = 0; item < scores.length; item++) {
            if (!Double.isNaN(scores[item])) {
                answers.add(answer("i" + item, 0).score(scores[item]).experiment(id));
            }
        }
        db.evaluations().createAll(answers);
        return id;
    }

    void add(UUID experiment, NewEvaluation... answers) {
        db.evaluations()
                .createAll(Arrays.stream(answers)
                        .map(answer -> answer.experiment(experiment))
                        .toList());
    }

    static NewEvaluation answer(String item, int repeat) {
        return NewEvaluation.of("acme", "adder", "1 + 1", "2").item(item, repeat);
    }

    UUID modelVersion(String model) {
        UUID id =
                db.catalog().models().create(NewModel.of(model, ModelKind.OPEN)).id();
        return db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(id, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
    }

    /** Of a definition whose versions have so many test cases, c0 and so on. */
    DefinitionVersion version(int cases) {
        return version(cases, true);
    }

    DefinitionVersion version(int cases, boolean higherIsBetter) {
        String slug = "compared-" + ++named;
        NewDefinitionVersion version = NewDefinitionVersion.of(
                        "The first version.",
                        PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy")
                                .higherIsBetter(higherIsBetter))
                .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0))
                .cases(IntStream.range(0, cases)
                        .mapToObj(i -> NewTestCase.of("c" + i, "Case " + i, "What is " + i + "?"))
                        .toList());
        UUID id = db.exchange()
                .definitions()
                .create(
                        NewBenchmarkDefinition.of(
                                slug, slug, "Measures something.", DefinitionCategory.ACCURACY, "Apache-2.0"),
                        "1.0.0",
                        version)
                .id();
        db.exchange().definitions().submitForReview(id);
        db.exchange().definitions().activate(id);
        return db.exchange().definitions().latest(id).orElseThrow();
    }

    /** A submission that passed the first so many test cases of those that it ran, and reports a score. */
    UUID submission(DefinitionVersion version, String model, int passed, int ran, double score) {
        NewSubmission submission = NewSubmission.of(
                version,
                SubmittedModel.of("acme", model),
                NewSubmission.Submitter.named("somebody"),
                new NewSubmission.Run(model, AT, AT.plusSeconds(60)),
                score);
        List<NewCaseResult> results = IntStream.range(0, ran)
                .mapToObj(i -> NewCaseResult.of("c" + i, i < passed, i < passed ? 1 : 0))
                .toList();
        return db.exchange()
                .submissions()
                .submit(submission.cases(results))
                .submission()
                .id();
    }
}
