package dev.evalstore.reliability;

import static dev.evalstore.reliability.Lab.SOME;
import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.catalog.DatasetFormat;
import dev.evalstore.catalog.NewDataset;
import dev.evalstore.catalog.UpdateDataset;
import dev.evalstore.job.Usage;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.LogBatch;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.tracking.UpdateExperiment;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Of experiments and datasets. */
final class ExperimentWrites {
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

    private ExperimentWrites() {}

    static List<Write<?>> datasets() {
        return List.of(
                Write.of(
                        "datasets.create/1",
                        lab -> 0,
                        (r, x) -> r.catalog().datasets().create(NewDataset.of("d", DatasetFormat.CSV))),
                Write.of(
                        "datasets.update/2",
                        ExperimentWrites::dataset,
                        (r, id) -> r.catalog().datasets().update(id, UpdateDataset.NOTHING.name("other"))),
                Write.of(
                        "datasets.delete/1",
                        ExperimentWrites::dataset,
                        (r, id) -> r.catalog().datasets().delete(id)));
    }

    static List<Write<?>> experiments() {
        return List.of(
                Write.of(
                                "experiments.create/1",
                                lab -> tuning(),
                                (r, given) -> r.tracking().experiments().create(given))
                        .which(ADDS),
                Write.of(
                        "experiments.update/2",
                        ExperimentWrites::created,
                        (r, id) -> r.tracking().experiments().update(id, UpdateExperiment.NOTHING.name("b"))),
                Write.of(
                        "experiments.start/1",
                        ExperimentWrites::created,
                        (r, id) -> r.tracking().experiments().start(id)),
                Write.of(
                        "experiments.complete/4",
                        ExperimentWrites::running,
                        (r, id) ->
                                r.tracking().experiments().complete(id, SOME, batch(), Usage.of(1, 2, BigDecimal.ONE))),
                Write.of(
                        "experiments.fail/2",
                        ExperimentWrites::running,
                        (r, id) -> r.tracking().experiments().fail(id, "no")),
                Write.of(
                        "experiments.cancel/1",
                        ExperimentWrites::running,
                        (r, id) -> r.tracking().experiments().cancel(id)),
                Write.of(
                        "experiments.archive/1",
                        ExperimentWrites::created,
                        (r, id) -> r.tracking().experiments().archive(id)),
                Write.of(
                        "experiments.restore/1",
                        ExperimentWrites::archived,
                        (r, id) -> r.tracking().experiments().restore(id)),
                Write.of(
                                "experiments.archiveOld/1",
                                ExperimentWrites::old,
                                (r, id) -> r.tracking().experiments().archiveOld(Duration.ofDays(30)))
                        .which(IN_PIECES, PASSES_OVER),
                Write.of(
                                "experiments.delete/1",
                                ExperimentWrites::logged,
                                (r, id) -> r.tracking().experiments().delete(id))
                        .which(IN_PIECES, PASSES_OVER),
                Write.of(
                                "experiments.purge/0",
                                ExperimentWrites::deleted,
                                (r, id) -> r.tracking().experiments().purge())
                        .which(IN_PIECES, PASSES_OVER),
                Write.of("experiments.log/2", ExperimentWrites::created, (r, id) -> {
                    r.tracking().experiments().log(id, batch());
                    return id;
                }));
    }

    private static NewExperiment tuning() {
        return NewExperiment.of("a", ExperimentKind.FINE_TUNING)
                .param("lr", 0.1)
                .tag("team", "b");
    }

    private static LogBatch batch() {
        return LogBatch.of().metric("loss", 0.5, 1, AT).param("epochs", 3).tag("late");
    }

    private static UUID dataset(Lab lab) {
        return lab.db()
                .catalog()
                .datasets()
                .create(NewDataset.of("d", DatasetFormat.CSV))
                .id();
    }

    private static UUID created(Lab lab) {
        return lab.db().tracking().experiments().create(tuning()).id();
    }

    private static UUID running(Lab lab) {
        UUID id = lab.db().tracking().experiments().start(created(lab)).id();
        lab.sql("update evalstore.experiments set updated_at = now() - interval '1 day',"
                + " started_at = now() - interval '1 day'");
        return id;
    }

    private static UUID archived(Lab lab) {
        return lab.db().tracking().experiments().archive(created(lab)).id();
    }

    private static UUID old(Lab lab) {
        UUID id = lab.db().tracking().experiments().cancel(created(lab)).id();
        lab.sql(
                "update evalstore.experiments set completed_at = now() - interval '40 days', updated_at = now() - interval '40 days'");
        return id;
    }

    private static UUID logged(Lab lab) {
        UUID id = created(lab);
        lab.db().tracking().experiments().log(id, batch());
        return id;
    }

    private static UUID deleted(Lab lab) {
        UUID id = logged(lab);
        lab.sql("update evalstore.experiments set deleted_at = now() - interval '1 day'");
        return id;
    }
}
