package dev.evalstore.reliability;

import static dev.evalstore.reliability.Lab.SOME;
import static dev.evalstore.reliability.Write.Trait.ADDS;

import dev.evalstore.Patch;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.NewSuitability;
import dev.evalstore.catalog.NewUseCase;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.catalog.UpdateHardwareConfig;
import dev.evalstore.catalog.UpdateInferenceFramework;
import dev.evalstore.catalog.UpdateModel;
import dev.evalstore.catalog.UpdateModelVersion;
import dev.evalstore.catalog.UpdateUseCase;
import dev.evalstore.catalog.VersionStatus;
import java.math.BigDecimal;
import java.util.List;

/** Of runs, evaluations and the catalogue. */
final class BenchmarkWrites {
    private BenchmarkWrites() {}

    static List<Write<?>> benchmarks() {
        return List.of(
                Write.of(
                                "benchmarks.create/1",
                                lab -> 0,
                                (r, x) -> r.benchmarks().create(Lab.newRun()))
                        .which(ADDS),
                Write.of(
                        "benchmarks.update/2",
                        Lab::run,
                        (r, id) -> r.benchmarks().update(id, UpdateBenchmark.NOTHING.name("b"))),
                Write.of(
                        "benchmarks.delete/1",
                        Lab::run,
                        (r, id) -> r.benchmarks().delete(id)),
                Write.of(
                        "benchmarks.start/1",
                        Lab::run,
                        (r, id) -> r.benchmarks().start(id)),
                Write.of(
                                "benchmarks.recordProgress/3",
                                Lab::started,
                                (r, id) -> r.benchmarks().recordProgress(id, 1, 1))
                        .which(ADDS),
                Write.of(
                        "benchmarks.complete/3",
                        Lab::started,
                        (r, id) -> r.benchmarks().complete(id, SOME, null)),
                Write.of(
                        "benchmarks.fail/2",
                        Lab::started,
                        (r, id) -> r.benchmarks().fail(id, "no")),
                Write.of(
                        "benchmarks.cancel/1",
                        Lab::started,
                        (r, id) -> r.benchmarks().cancel(id)),
                Write.of(
                                "evaluations.create/1",
                                lab -> 0,
                                (r, x) -> r.evaluations().create(NewEvaluation.of("p", "m", "in", "out")))
                        .which(ADDS),
                Write.of(
                                "evaluations.createAll/1",
                                lab -> 0,
                                (r, x) -> r.evaluations().createAll(Lab.answers(50)))
                        .like("by arrays")
                        .which(ADDS),
                Write.of(
                                "evaluations.createAll/1",
                                lab -> 0,
                                (r, x) -> r.evaluations().createAll(Lab.answers(10_000)))
                        .like("by copy")
                        .which(ADDS),
                Write.of(
                        "evaluations.delete/1",
                        lab -> lab.db()
                                .evaluations()
                                .create(NewEvaluation.of("p", "m", "i", "o"))
                                .id(),
                        (r, id) -> r.evaluations().delete(id)));
    }

    static List<Write<?>> catalog() {
        return List.of(
                Write.of(
                        "models.create/1",
                        lab -> 0,
                        (r, x) -> r.catalog().models().create(NewModel.of("m", ModelKind.OPEN))),
                Write.of(
                        "models.update/2",
                        Lab::model,
                        (r, id) -> r.catalog().models().update(id, UpdateModel.NOTHING.name("other"))),
                Write.of(
                        "models.delete/1",
                        Lab::model,
                        (r, id) -> r.catalog().models().delete(id)),
                Write.of(
                        "modelVersions.create/1",
                        Lab::model,
                        (r, id) -> r.catalog()
                                .modelVersions()
                                .create(NewModelVersion.of(id, Quantization.INT4, ModelFormat.GGUF))),
                Write.of(
                        "modelVersions.update/2",
                        Lab::version,
                        (r, id) -> r.catalog()
                                .modelVersions()
                                .update(id, UpdateModelVersion.NOTHING.status(VersionStatus.RETIRED))),
                Write.of(
                        "modelVersions.delete/1",
                        Lab::version,
                        (r, id) -> r.catalog().modelVersions().delete(id)),
                Write.of(
                                "hardware.create/1",
                                lab -> 0,
                                (r, x) -> r.catalog().hardware().create(Lab.newMachine()))
                        .which(ADDS),
                Write.of(
                        "hardware.update/2",
                        Lab::machine,
                        (r, id) -> r.catalog()
                                .hardware()
                                .update(id, UpdateHardwareConfig.NOTHING.costPerHourUsd(BigDecimal.TEN))),
                Write.of(
                        "hardware.delete/1",
                        Lab::machine,
                        (r, id) -> r.catalog().hardware().delete(id)),
                Write.of(
                        "frameworks.create/1",
                        lab -> 0,
                        (r, x) -> r.catalog().frameworks().create(NewInferenceFramework.of("f", "1"))),
                Write.of(
                        "frameworks.update/2",
                        Lab::framework,
                        (r, id) -> r.catalog()
                                .frameworks()
                                .update(id, UpdateInferenceFramework.NOTHING.supportsStreaming(true))),
                Write.of(
                        "frameworks.delete/1",
                        Lab::framework,
                        (r, id) -> r.catalog().frameworks().delete(id)),
                Write.of(
                        "useCases.create/1",
                        lab -> 0,
                        (r, x) -> r.catalog().useCases().create(NewUseCase.of("c"))),
                Write.of(
                        "useCases.update/2",
                        Lab::useCase,
                        (r, id) ->
                                r.catalog().useCases().update(id, UpdateUseCase.NOTHING.pipelineTag(Patch.set("t")))),
                Write.of(
                        "useCases.delete/1",
                        Lab::useCase,
                        (r, id) -> r.catalog().useCases().delete(id)),
                Write.of(
                        "useCases.setSuitability/1",
                        lab -> NewSuitability.of(lab.model(), lab.useCase(), 0.5),
                        (r, fit) -> r.catalog().useCases().setSuitability(fit)),
                Write.of(
                        "useCases.removeSuitability/2",
                        lab -> lab.db()
                                .catalog()
                                .useCases()
                                .setSuitability(NewSuitability.of(lab.model(), lab.useCase(), 0.5)),
                        (r, fit) -> r.catalog().useCases().removeSuitability(fit.modelId(), fit.useCaseId())));
    }
}
