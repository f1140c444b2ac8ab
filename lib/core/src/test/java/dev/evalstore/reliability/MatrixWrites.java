package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.matrix.ConfigCompletion;
import dev.evalstore.matrix.ConfigScope;
import dev.evalstore.matrix.Criterion;
import dev.evalstore.matrix.Measurement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Of configurations and their results. */
final class MatrixWrites {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private MatrixWrites() {}

    static List<Write<?>> matrix() {
        return List.of(
                Write.of(
                        "configs.populate/1",
                        lab -> lab.matrix(3),
                        (r, spec) -> r.configs().populate(spec)),
                Write.of(
                        "configs.delete/1",
                        lab -> {
                            lab.populated(1);
                            return lab.db()
                                    .configs()
                                    .list(dev.evalstore.matrix.ConfigFilter.ALL, 1, null)
                                    .items()
                                    .get(0)
                                    .id();
                        },
                        (r, id) -> r.configs().delete(id)),
                Write.of(
                                "configs.claimBatch/4",
                                lab -> {
                                    lab.populated(3);
                                    return lab.worker();
                                },
                                (r, worker) -> r.configs().claimBatch(worker, ConfigScope.ALL, 2, HOUR))
                        .which(ADDS, PASSES_OVER),
                Write.of(
                                "configs.claimBatch/4",
                                lab -> {
                                    lab.populated(3);
                                    return lab.worker();
                                },
                                (r, worker) -> r.configs().claimBatch(worker, ConfigScope.ALL, 3, HOUR))
                        .like("that looks twice")
                        .after((db, worker) -> db.configs().claimBatch(worker, ConfigScope.ALL, 1, HOUR))
                        .which(ADDS, PASSES_OVER),
                Write.of(
                        "configs.complete/2",
                        Lab::measuring,
                        (r, m) -> Writes.done(() -> r.configs().complete(m.lease(), Lab.result()))),
                Write.of(
                        "configs.completeAll/1",
                        Lab::measuring,
                        (r, m) -> r.configs().completeAll(List.of(new ConfigCompletion(m.lease(), Lab.result())))),
                Write.of(
                        "configs.fail/2",
                        Lab::measuring,
                        (r, m) -> Writes.done(() -> r.configs().fail(m.lease(), "no"))),
                Write.of(
                        "configs.extend/2",
                        lab -> {
                            Lab.Measuring m = lab.measuring();
                            lab.sql("update evalstore.config_leases set deadline = now() + interval '1 hour'");
                            return m;
                        },
                        (r, m) -> Writes.done(() -> r.configs().extend(m.lease(), DAY))),
                Write.of(
                        "configs.release/1",
                        Lab::measuring,
                        (r, m) -> r.configs().release(List.of(m.lease()))),
                Write.of(
                                "configs.releaseAll/1",
                                Lab::measuring,
                                (r, m) -> r.configs().releaseAll(m.worker()))
                        .which(PASSES_OVER),
                Write.of(
                                "configs.resetStale/1",
                                Lab::measuring,
                                (r, m) -> r.configs().resetStale(HOUR))
                        .which(PASSES_OVER),
                Write.of(
                                "configs.requeueFailed/1",
                                Lab::failedConfig,
                                (r, version) -> r.configs().requeueFailed(version))
                        .which(PASSES_OVER),
                Write.of(
                                "results.record/2",
                                Lab::combination,
                                (r, of) -> r.results().record(of, Lab.result()))
                        .which(ADDS),
                Write.of(
                                "results.recordAll/1",
                                Lab::combination,
                                (r, of) -> r.results()
                                        .recordAll(List.of(
                                                new Measurement(of, Lab.result()), new Measurement(of, Lab.result()))))
                        .which(ADDS),
                Write.of(
                        "results.refreshDailyStats/1",
                        lab -> lab.db().results().record(lab.combination(), Lab.result()),
                        (r, result) -> r.results().refreshDailyStats(result.benchmarkDate())),
                Write.of(
                                "results.dropBefore/1",
                                lab -> {
                                    var of = lab.combination();
                                    lab.db().results().record(of, Lab.result().on(LocalDate.of(2001, 2, 3)));
                                    return lab.db()
                                            .results()
                                            .record(of, Lab.result().on(LocalDate.of(2001, 3, 3)));
                                },
                                (r, x) -> r.results().dropBefore(YearMonth.of(2003, 1)))
                        .which(IN_PIECES),
                Write.of(
                        "rankings.rankTopsis/3",
                        lab -> {
                            lab.db().results().record(lab.combination(), Lab.result());
                            return lab.db()
                                    .useCases()
                                    .create(new dev.evalstore.catalog.NewUseCase(
                                            "chatbot",
                                            null,
                                            null,
                                            dev.evalstore.Json.EMPTY,
                                            dev.evalstore.Json.of(Map.of("throughput", 1))));
                        },
                        (r, x) -> r.rankings().rankTopsis("chatbot", LocalDate.of(2020, 1, 1), DAY)),
                Write.of(
                        "rankings.rankTopsis/4",
                        lab -> lab.db().results().record(lab.combination(), Lab.result()),
                        (r, x) -> r.rankings()
                                .rankTopsis(
                                        "chatbot", Map.of(Criterion.THROUGHPUT, 1.0), LocalDate.of(2020, 1, 1), DAY)),
                Write.of(
                        "rankings.rankPareto/4",
                        lab -> lab.db().results().record(lab.combination(), Lab.result()),
                        (r, x) -> r.rankings()
                                .rankPareto("chatbot", Set.of(Criterion.THROUGHPUT), LocalDate.of(2020, 1, 1), DAY)),
                Write.of(
                        "rankings.deleteExpired/0",
                        lab -> {
                            lab.db().results().record(lab.combination(), Lab.result());
                            var set = lab.db()
                                    .rankings()
                                    .rankPareto("chatbot", Set.of(Criterion.THROUGHPUT), LocalDate.of(2020, 1, 1), DAY);
                            lab.sql(
                                    "update evalstore.model_rankings set calculated_at = now() - interval '2 days', expires_at = now() - interval '1 day'");
                            return set;
                        },
                        (r, x) -> r.rankings().deleteExpired()));
    }
}
