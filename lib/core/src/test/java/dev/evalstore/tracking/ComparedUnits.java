package dev.evalstore.tracking;

import dev.evalstore.Database;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.SubmittedModel;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Experiments, model versions and submissions to compare. */
final class ComparedUnits {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");

    private final Database db;

    ComparedUnits(Database db) {
        this.db = db;
    }

    UUID experiment() {
        return db.tracking()
                .experiments()
                .create(NewExperiment.of("e" + NEXT.incrementAndGet(), ExperimentKind.EVALUATION))
                .id();
    }

    UUID modelVersion() {
        NewModel model = NewModel.of("compared" + NEXT.incrementAndGet(), ModelKind.OPEN);
        UUID id = db.catalog().models().create(model).id();
        return db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(id, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
    }

    static NewEvaluation answer() {
        return NewEvaluation.of("p", "m", "in", "out");
    }

    void answers(UUID experiment, NewEvaluation... answers) {
        db.evaluations()
                .createAll(List.of(answers).stream()
                        .map(answer -> answer.experiment(experiment))
                        .toList());
    }

    /** Of a definition whose versions have the test cases a, b and c. */
    DefinitionVersion definitionVersion() {
        String slug = "compared-" + NEXT.incrementAndGet();
        NewDefinitionVersion version = NewDefinitionVersion.of(
                        "The first version.", PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"))
                .cases(List.of(
                        NewTestCase.of("b", "The second", "B?").sortOrder(1),
                        NewTestCase.of("a", "The first", "A?").sortOrder(2),
                        NewTestCase.of("c", "The third", "C?").sortOrder(3)));
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

    UUID submission(DefinitionVersion version, NewCaseResult... results) {
        String name = "run" + NEXT.incrementAndGet();
        double score =
                List.of(results).stream().mapToDouble(NewCaseResult::score).sum() / 3;
        NewSubmission submission = NewSubmission.of(
                version,
                SubmittedModel.of("p", name),
                NewSubmission.Submitter.named("somebody"),
                new NewSubmission.Run(name, AT, AT.plusSeconds(60)),
                score);
        return db.exchange()
                .submissions()
                .submit(submission.cases(List.of(results)))
                .submission()
                .id();
    }

    void hide(UUID submission) {
        db.exchange().submissions().changeVisibility(submission, SubmissionVisibility.PRIVATE);
    }
}
