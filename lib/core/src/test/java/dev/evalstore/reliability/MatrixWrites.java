package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.matrix.ConfigCompletion;
import dev.evalstore.matrix.ConfigFailure;
import dev.evalstore.matrix.ConfigScope;
import dev.evalstore.matrix.Criterion;
import dev.evalstore.matrix.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Of configurations and their results. */
final class MatrixWrites {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration SINCE_2003 = Duration.between(Instant.parse("2003-01-15T00:00:00Z"), Instant.now());

    private MatrixWrites() {}

    static List<Write<?>> matrix() {
        return List.of(
                Write.of(
                        "configs.populate/1",
                        lab -> lab.matrix(3),
                        (r, spec) -> r.matrix().configs().populate(spec)),
                Write.of(
                        "configs.delete/1",
                        lab -> {
                            lab.populated(1);
                            return lab.db()
                                    .matrix()
                                    .configs()
                                    .list(dev.evalstore.matrix.ConfigFilter.ALL, 1, null)
                                    .items()
                                    .get(0)
                                    .id();
                        },
                        (r, id) -> r.matrix().configs().delete(id)),
                Write.of(
                                "configs.claim/4",
                                lab -> {
                                    lab.populated(3);
                                    return lab.worker();
                                },
                                (r, worker) -> r.matrix().configs().claim(worker, ConfigScope.ALL, 2, HOUR))
                        .which(ADDS, PASSES_OVER),
                Write.of(
                                "configs.claim/4",
                                lab -> {
                                    lab.populated(3);
                                    return lab.worker();
                                },
                                (r, worker) -> r.matrix().configs().claim(worker, ConfigScope.ALL, 3, HOUR))
                        .like("that looks twice")
                        .after((db, worker) -> db.matrix().configs().claim(worker, ConfigScope.ALL, 1, HOUR))
                        .which(ADDS, PASSES_OVER),
                Write.of(
                        "configs.complete/2",
                        Lab::measuring,
                        (r, m) -> Writes.done(() -> r.matrix().configs().complete(m.lease(), Lab.result()))),
                Write.of(
                        "configs.completeAll/1",
                        Lab::measuring,
                        (r, m) -> r.matrix()
                                .configs()
                                .completeAll(List.of(new ConfigCompletion(m.lease(), Lab.result())))),
                Write.of(
                        "configs.fail/2",
                        Lab::measuring,
                        (r, m) -> Writes.done(() -> r.matrix().configs().fail(m.lease(), "no"))),
                Write.of(
                        "configs.fail/1",
                        Lab::measuring,
                        (r, m) -> Writes.done(() -> r.matrix()
                                .configs()
                                .fail(ConfigFailure.of(m.lease(), "no").retryAfter(HOUR)))),
                Write.of(
                        "configs.failAll/1",
                        Lab::measuring,
                        (r, m) -> r.matrix().configs().failAll(List.of(ConfigFailure.of(m.lease(), "no")))),
                Write.of(
                        "configs.release/1",
                        Lab::measuring,
                        (r, m) -> Writes.done(() -> r.matrix().configs().release(m.lease()))),
                Write.of(
                        "configs.extend/2",
                        lab -> {
                            Lab.Measuring m = lab.measuring();
                            lab.sql("update evalstore.config_leases set deadline = now() + interval '1 hour'");
                            return m;
                        },
                        (r, m) -> Writes.done(() -> r.matrix().configs().extend(m.lease(), DAY))),
                Write.of(
                        "configs.releaseAll/1",
                        Lab::measuring,
                        (r, m) -> r.matrix().configs().releaseAll(List.of(m.lease()))),
                Write.of(
                                "configs.releaseHeldBy/1",
                                Lab::measuring,
                                (r, m) -> r.matrix().configs().releaseHeldBy(m.worker()))
                        .which(PASSES_OVER),
                Write.of(
                                "configs.requeueExpired/1",
                                lab -> {
                                    Lab.Measuring m = lab.measuring();
                                    lab.sql("update evalstore.config_leases set deadline = now() - interval '1 day'");
                                    return m;
                                },
                                (r, m) -> r.matrix().configs().requeueExpired(10))
                        .which(PASSES_OVER),
                Write.of(
                                "configs.requeueFailed/1",
                                Lab::failedConfig,
                                (r, version) -> r.matrix().configs().requeueFailed(version))
                        .which(PASSES_OVER),
                Write.of(
                                "results.record/2",
                                Lab::combination,
                                (r, of) -> r.matrix().results().record(of, Lab.result()))
                        .which(ADDS),
                Write.of(
                                "results.recordAll/1",
                                Lab::combination,
                                (r, of) -> r.matrix()
                                        .results()
                                        .recordAll(List.of(
                                                new Measurement(of, Lab.result()), new Measurement(of, Lab.result()))))
                        .which(ADDS),
                Write.of(
                        "results.refreshDailyStats/1",
                        lab -> lab.db().matrix().results().record(lab.combination(), Lab.result()),
                        (r, result) -> r.matrix().results().refreshDailyStats(result.benchmarkDate())),
                Write.of(
                                "results.cleanup/1",
                                lab -> {
                                    var of = lab.combination();
                                    lab.db()
                                            .matrix()
                                            .results()
                                            .record(of, Lab.result().benchmarkDate(LocalDate.of(2001, 2, 3)));
                                    return lab.db()
                                            .matrix()
                                            .results()
                                            .record(of, Lab.result().benchmarkDate(LocalDate.of(2001, 3, 3)));
                                },
                                (r, x) -> r.matrix().results().cleanup(SINCE_2003))
                        .which(IN_PIECES),
                Write.of(
                        "rankings.rankTopsis/3",
                        lab -> {
                            lab.db().matrix().results().record(lab.combination(), Lab.result());
                            return lab.db()
                                    .catalog()
                                    .useCases()
                                    .create(new dev.evalstore.catalog.NewUseCase(
                                            "chatbot",
                                            null,
                                            null,
                                            dev.evalstore.Json.EMPTY,
                                            dev.evalstore.Json.of(Map.of("throughput", 1))));
                        },
                        (r, x) -> r.matrix().rankings().rankTopsis("chatbot", LocalDate.of(2020, 1, 1), DAY)),
                Write.of(
                        "rankings.rankTopsis/4",
                        lab -> lab.db().matrix().results().record(lab.combination(), Lab.result()),
                        (r, x) -> r.matrix()
                                .rankings()
                                .rankTopsis(
                                        "chatbot", Map.of(Criterion.THROUGHPUT, 1.0), LocalDate.of(2020, 1, 1), DAY)),
                Write.of(
                        "rankings.rankPareto/4",
                        lab -> lab.db().matrix().results().record(lab.combination(), Lab.result()),
                        (r, x) -> r.matrix()
                                .rankings()
                                .rankPareto("chatbot", Set.of(Criterion.THROUGHPUT), LocalDate.of(2020, 1, 1), DAY)),
                Write.of(
                                "rankings.cleanup/0",
                                lab -> {
                                    lab.db().matrix().results().record(lab.combination(), Lab.result());
                                    var set = lab.db()
                                            .matrix()
                                            .rankings()
                                            .rankPareto(
                                                    "chatbot",
                                                    Set.of(Criterion.THROUGHPUT),
                                                    LocalDate.of(2020, 1, 1),
                                                    DAY);
                                    lab.sql(
                                            "update evalstore.model_rankings set calculated_at = now() - interval '2 days', expires_at = now() - interval '1 day'");
                                    return set;
                                },
                                (r, x) -> r.matrix().rankings().cleanup())
                        .which(PASSES_OVER));
    }
}
