package dev.evalstore.reliability;

import static dev.evalstore.reliability.Lab.KEY;
import static dev.evalstore.reliability.Lab.SOME;
import static dev.evalstore.reliability.Lab.VALUE;
import static dev.evalstore.reliability.Lab.bytes;
import static dev.evalstore.reliability.Lab.newJob;
import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.ALONE;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;
import static dev.evalstore.reliability.Write.Trait.NOTES;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.Patch;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.account.UserRole;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelUseCase;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.NewUseCase;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.catalog.UpdateHardwareConfig;
import dev.evalstore.catalog.UpdateInferenceFramework;
import dev.evalstore.catalog.UpdateModel;
import dev.evalstore.catalog.UpdateModelVersion;
import dev.evalstore.catalog.UpdateUseCase;
import dev.evalstore.catalog.VersionStatus;
import dev.evalstore.job.Completion;
import dev.evalstore.job.Failure;
import dev.evalstore.job.JobLimit;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewWorker;
import dev.evalstore.job.Schedule;
import dev.evalstore.lock.Lock;
import dev.evalstore.matrix.ConfigCompletion;
import dev.evalstore.matrix.ConfigScope;
import dev.evalstore.matrix.Criterion;
import dev.evalstore.matrix.Measurement;
import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every method of every room that writes; {@link UnknownOutcomeTest} fails where one is missing. */
final class Writes {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");
    private static final JobLimit.Scope QUEUE = JobLimit.Scope.QUEUE;

    private Writes() {}

    static List<Write<?>> all() {
        return Stream.of(benchmarks(), catalog(), jobs(), workers(), matrix(), accounts(), trail(), state(), locks())
                .flatMap(List::stream)
                .toList();
    }

    private static Object done(Runnable action) {
        action.run();
        return true;
    }

    private static List<Write<?>> benchmarks() {
        return List.of(
                Write.of(
                                "benchmarks.create/1",
                                lab -> 0,
                                (r, x) -> r.benchmarks().create(Lab.newRun()))
                        .which(ADDS),
                Write.of(
                        "benchmarks.update/2",
                        Lab::run,
                        (r, id) -> r.benchmarks().update(id, UpdateBenchmark.NOTHING.withName("b"))),
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

    private static List<Write<?>> catalog() {
        return List.of(
                Write.of("models.create/1", lab -> 0, (r, x) -> r.models().create(NewModel.of("m", ModelKind.OPEN))),
                Write.of(
                        "models.update/2",
                        Lab::model,
                        (r, id) -> r.models().update(id, UpdateModel.NOTHING.withName("other"))),
                Write.of("models.delete/1", Lab::model, (r, id) -> r.models().delete(id)),
                Write.of(
                        "modelVersions.create/1",
                        Lab::model,
                        (r, id) ->
                                r.modelVersions().create(NewModelVersion.of(id, Quantization.INT4, ModelFormat.GGUF))),
                Write.of(
                        "modelVersions.update/2",
                        Lab::version,
                        (r, id) -> r.modelVersions()
                                .update(id, UpdateModelVersion.NOTHING.withStatus(VersionStatus.RETIRED))),
                Write.of(
                        "modelVersions.delete/1",
                        Lab::version,
                        (r, id) -> r.modelVersions().delete(id)),
                Write.of("hardware.create/1", lab -> 0, (r, x) -> r.hardware().create(Lab.newMachine()))
                        .which(ADDS),
                Write.of(
                        "hardware.update/2",
                        Lab::machine,
                        (r, id) -> r.hardware()
                                .update(id, UpdateHardwareConfig.NOTHING.withCostPerHourUsd(BigDecimal.TEN))),
                Write.of(
                        "hardware.delete/1",
                        Lab::machine,
                        (r, id) -> r.hardware().delete(id)),
                Write.of(
                        "frameworks.create/1",
                        lab -> 0,
                        (r, x) -> r.frameworks().create(NewInferenceFramework.of("f", "1"))),
                Write.of(
                        "frameworks.update/2",
                        Lab::framework,
                        (r, id) -> r.frameworks()
                                .update(id, UpdateInferenceFramework.NOTHING.withSupportsStreaming(true))),
                Write.of(
                        "frameworks.delete/1",
                        Lab::framework,
                        (r, id) -> r.frameworks().delete(id)),
                Write.of("useCases.create/1", lab -> 0, (r, x) -> r.useCases().create(NewUseCase.of("c"))),
                Write.of(
                        "useCases.update/2",
                        Lab::useCase,
                        (r, id) -> r.useCases().update(id, UpdateUseCase.NOTHING.withPipelineTag(Patch.set("t")))),
                Write.of(
                        "useCases.delete/1",
                        Lab::useCase,
                        (r, id) -> r.useCases().delete(id)),
                Write.of(
                        "useCases.suit/1",
                        lab -> NewModelUseCase.of(lab.model(), lab.useCase(), 0.5),
                        (r, fit) -> r.useCases().suit(fit)),
                Write.of(
                        "useCases.unsuit/2",
                        lab -> lab.db().useCases().suit(NewModelUseCase.of(lab.model(), lab.useCase(), 0.5)),
                        (r, fit) -> r.useCases().unsuit(fit.modelId(), fit.useCaseId())));
    }

    private static List<Write<?>> jobs() {
        return List.of(
                Write.of("jobs.create/1", lab -> 0, (r, x) -> r.jobs().create(newJob()))
                        .which(ADDS),
                Write.of("jobs.create/1", lab -> 0, (r, x) -> r.jobs().create(newJob().uniqueKey("u")))
                        .like("with a unique key"),
                Write.of("jobs.createUnique/1", lab -> 0, (r, x) -> r.jobs().createUnique(newJob().uniqueKey("u"))),
                Write.of("jobs.createAll/1", lab -> 0, (r, x) -> r.jobs().createAll(Collections.nCopies(20, newJob())))
                        .like("by arrays")
                        .which(ADDS),
                Write.of(
                                "jobs.createAll/1",
                                lab -> 0,
                                (r, x) -> r.jobs().createAll(Collections.nCopies(5_000, newJob())))
                        .like("by copy")
                        .which(ADDS),
                Write.of(
                                "jobs.createAll/1",
                                lab -> 0,
                                (r, x) -> r.jobs()
                                        .createAll(IntStream.range(0, 20)
                                                .mapToObj(i -> newJob().uniqueKey("u" + i))
                                                .toList()))
                        .like("with unique keys"),
                Write.of("jobs.delete/1", Lab::job, (r, id) -> r.jobs().delete(id)),
                Write.of(
                                "jobs.claim/2",
                                lab -> lab.ready(3),
                                (r, worker) -> r.jobs().claim(worker, 2))
                        .which(ADDS),
                Write.of(
                                "jobs.claim/2",
                                lab -> lab.ready(3),
                                (r, worker) -> r.jobs().claim(worker, 3))
                        .like("that looks twice")
                        .after((db, worker) -> db.jobs().claim(worker, 1))
                        .which(ADDS, PASSES_OVER),
                Write.of(
                        "jobs.complete/2",
                        Lab::busy,
                        (r, busy) -> done(() -> r.jobs().complete(busy.lease(), SOME))),
                Write.of(
                        "jobs.completeAll/1",
                        Lab::busy,
                        (r, busy) -> r.jobs().completeAll(List.of(Completion.of(busy.lease(), SOME)))),
                Write.of(
                        "jobs.fail/2",
                        Lab::busy,
                        (r, busy) -> done(() -> r.jobs().fail(busy.lease(), "no"))),
                Write.of(
                        "jobs.failAll/1",
                        Lab::busy,
                        (r, busy) -> r.jobs().failAll(List.of(Failure.of(busy.lease(), "no")))),
                Write.of(
                        "jobs.confirmCancelled/1",
                        Lab::busy,
                        (r, busy) -> r.jobs().confirmCancelled(List.of(busy.lease()))),
                Write.of(
                        "jobs.snooze/2",
                        Lab::busy,
                        (r, busy) -> done(() -> r.jobs().snooze(busy.lease(), DAY))),
                Write.of(
                        "jobs.release/1",
                        Lab::busy,
                        (r, busy) -> done(() -> r.jobs().release(busy.lease()))),
                Write.of("jobs.releaseAll/1", Lab::busy, (r, busy) -> r.jobs().releaseAll(List.of(busy.lease()))),
                Write.of(
                        "jobs.extend/2",
                        Lab::busy,
                        (r, busy) -> done(() -> r.jobs().extend(busy.lease(), DAY))),
                Write.of(
                        "jobs.saveProgress/2",
                        Lab::busy,
                        (r, busy) -> done(() -> r.jobs().saveProgress(busy.lease(), SOME))),
                Write.of("jobs.cancel/1", Lab::job, (r, id) -> r.jobs().cancel(id)),
                Write.of(
                                "jobs.cancel/1",
                                lab -> lab.busy().lease().jobId(),
                                (r, id) -> r.jobs().cancel(id))
                        .like("of a running job"),
                Write.of("jobs.retry/1", Lab::failedJob, (r, id) -> r.jobs().retry(id)),
                Write.of(
                                "jobs.requeueExpired/1",
                                lab -> {
                                    Lab.Busy busy = lab.busy();
                                    lab.sql("update evalstore.job_leases set deadline = now() - interval '1 day'");
                                    return busy;
                                },
                                (r, x) -> r.jobs().requeueExpired(10))
                        .which(PASSES_OVER),
                Write.of(
                                "jobs.cleanup/2",
                                lab -> {
                                    UUID id = lab.failedJob();
                                    lab.sql(
                                            "update evalstore.job_finished set completed_at = now() - interval '9 days'");
                                    return id;
                                },
                                (r, x) -> r.jobs().cleanup(DAY, List.of(JobStatus.FAILED)))
                        .which(PASSES_OVER),
                Write.of(
                        "limits.set/1",
                        lab -> 0,
                        (r, x) -> done(() -> r.jobs().limits().set(JobLimit.queue("q")))),
                Write.of(
                        "limits.pause/2",
                        lab -> 0,
                        (r, x) -> done(() -> r.jobs().limits().pause(QUEUE, "q"))),
                Write.of(
                        "limits.resume/2",
                        lab -> done(() -> lab.db().jobs().limits().pause(QUEUE, "q")),
                        (r, x) -> done(() -> r.jobs().limits().resume(QUEUE, "q"))),
                Write.of(
                        "limits.remove/2",
                        lab -> done(() -> lab.db().jobs().limits().pause(QUEUE, "q")),
                        (r, x) -> r.jobs().limits().remove(QUEUE, "q")),
                Write.of(
                        "limits.keep/3",
                        lab -> 0,
                        (r, x) -> done(() -> r.jobs().limits().keep("q", false, true))),
                Write.of(
                        "schedules.set/1",
                        lab -> 0,
                        (r, x) -> r.jobs().schedules().set(Schedule.every("s", DAY, newJob()))),
                Write.of(
                        "schedules.pause/1",
                        Writes::scheduled,
                        (r, x) -> r.jobs().schedules().pause("s")),
                Write.of(
                        "schedules.resume/1",
                        lab -> {
                            scheduled(lab);
                            return lab.db().jobs().schedules().pause("s");
                        },
                        (r, x) -> r.jobs().schedules().resume("s")),
                Write.of(
                        "schedules.remove/1",
                        Writes::scheduled,
                        (r, x) -> r.jobs().schedules().remove("s")),
                Write.of(
                                "schedules.enqueueDue/0",
                                lab -> {
                                    scheduled(lab);
                                    lab.sql("update evalstore.job_schedules set next_at = now() - interval '3 hours'");
                                    return 0;
                                },
                                (r, x) -> r.jobs().schedules().enqueueDue())
                        .which(PASSES_OVER));
    }

    private static Schedule scheduled(Lab lab) {
        return lab.db().jobs().schedules().set(Schedule.every("s", DAY, newJob()));
    }

    private static List<Write<?>> workers() {
        return List.of(
                Write.of("workers.register/1", lab -> 0, (r, x) -> r.workers().register(NewWorker.of("w")))
                        .which(ADDS),
                Write.of(
                                "workers.heartbeat/4",
                                Lab::worker,
                                (r, worker) -> r.workers().heartbeat(worker, 1, 2, 3))
                        .which(ADDS),
                Write.of(
                        "workers.drain/1",
                        Lab::worker,
                        (r, worker) -> r.workers().drain(worker.id())),
                Write.of(
                                "workers.removeStale/1",
                                Lab::busy,
                                (r, busy) -> r.workers().removeStale(HOUR))
                        .which(PASSES_OVER),
                Write.of(
                                "workers.deregister/1",
                                Lab::busy,
                                (r, busy) -> r.workers().deregister(busy.worker()))
                        .which(PASSES_OVER),
                Write.of(
                        "workers.cleanup/1",
                        lab -> {
                            lab.worker();
                            lab.sql(
                                    "update evalstore.workers set gone_at = now() - interval '1 day', status = 'offline'");
                            return 0;
                        },
                        (r, x) -> r.workers().cleanup(HOUR)));
    }

    private static List<Write<?>> matrix() {
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
                        (r, m) -> done(() -> r.configs().complete(m.lease(), Lab.result()))),
                Write.of(
                        "configs.completeAll/1",
                        Lab::measuring,
                        (r, m) -> r.configs().completeAll(List.of(new ConfigCompletion(m.lease(), Lab.result())))),
                Write.of(
                        "configs.fail/2",
                        Lab::measuring,
                        (r, m) -> done(() -> r.configs().fail(m.lease(), "no"))),
                Write.of(
                        "configs.extend/2",
                        lab -> {
                            Lab.Measuring m = lab.measuring();
                            lab.sql("update evalstore.config_leases set deadline = now() + interval '1 hour'");
                            return m;
                        },
                        (r, m) -> done(() -> r.configs().extend(m.lease(), DAY))),
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

    private static List<Write<?>> accounts() {
        return List.of(
                Write.of("users.create/1", lab -> 0, (r, x) -> r.users().create(Lab.newUser())),
                Write.of(
                        "users.update/2",
                        Lab::user,
                        (r, user) -> r.users().update(user.id(), UpdateUser.NOTHING.withRole(UserRole.ADMIN))),
                Write.of(
                        "users.updateLastLogin/1",
                        Lab::user,
                        (r, user) -> r.users().updateLastLogin(user.id())),
                Write.of(
                        "users.setPassword/2",
                        Lab::user,
                        (r, user) -> r.users().setPassword(user.id(), "another of hers")),
                Write.of(
                        "users.authenticate/2",
                        Lab::user,
                        (r, user) -> r.users().authenticate("anna", "a password of hers")),
                Write.of("users.softDelete/1", Lab::user, (r, user) -> r.users().softDelete(user.id())),
                Write.of("users.anonymize/1", Lab::user, (r, user) -> r.users().anonymize(user.id())),
                Write.of(
                        "users.delete/1",
                        Lab::key,
                        (r, key) -> r.users().delete(key.key().userId())),
                Write.of(
                                "apiKeys.create/1",
                                Lab::user,
                                (r, user) -> r.apiKeys().create(NewApiKey.of(user.id(), "k", "read")))
                        .which(ADDS),
                Write.of("apiKeys.verify/1", Lab::key, (r, key) -> r.apiKeys().verify(key.secret()))
                        .which(NOTES, PASSES_OVER),
                Write.of("apiKeys.verify/2", Lab::key, (r, key) -> r.apiKeys().verify(key.secret(), "read"))
                        .which(NOTES, PASSES_OVER),
                Write.of(
                        "apiKeys.setActive/2",
                        Lab::key,
                        (r, key) -> r.apiKeys().setActive(key.key().id(), false)),
                Write.of(
                        "apiKeys.revoke/1",
                        Lab::key,
                        (r, key) -> r.apiKeys().revoke(key.key().id())),
                Write.of(
                                "apiKeys.rotate/3",
                                Lab::key,
                                (r, key) -> r.apiKeys().rotate(key.key().id(), DAY, null))
                        .which(ADDS),
                Write.of(
                        "apiKeys.delete/1",
                        Lab::key,
                        (r, key) -> r.apiKeys().delete(key.key().id())));
    }

    private static List<Write<?>> trail() {
        return List.of(
                Write.of("audit.record/1", lab -> 0, (r, x) -> r.audit().record(NewAuditEntry.of("a", "e", "1")))
                        .which(ADDS),
                Write.of(
                                "audit.recordAll/1",
                                lab -> 0,
                                (r, x) -> r.audit().recordAll(Collections.nCopies(20, NewAuditEntry.of("a", "e", "1"))))
                        .which(ADDS),
                Write.of(
                                "monitoring.append/1",
                                lab -> 0,
                                (r, x) -> r.monitoring().append(NewMonitoringEvent.of("t", "s")))
                        .which(ADDS),
                Write.of(
                                "monitoring.append/1",
                                lab -> 0,
                                (r, x) -> r.monitoring()
                                        .append(NewMonitoringEvent.of("t", "s").occurredAt(LONG_AGO)))
                        .like("of a month without a partition")
                        .which(ADDS, IN_PIECES),
                Write.of(
                                "monitoring.appendAll/1",
                                lab -> 0,
                                (r, x) -> r.monitoring()
                                        .appendAll(Collections.nCopies(20, NewMonitoringEvent.of("t", "s"))))
                        .which(ADDS),
                Write.of(
                                "monitoring.cleanup/1",
                                lab -> lab.db()
                                        .monitoring()
                                        .append(NewMonitoringEvent.of("t", "s").occurredAt(LONG_AGO)),
                                (r, x) -> r.monitoring().cleanup(Duration.ofDays(4_000)))
                        .which(IN_PIECES));
    }

    private static List<Write<?>> state() {
        return List.of(
                Write.of("state.put/2", Lab::entry, (r, x) -> r.state().put(KEY, VALUE)),
                Write.of(
                        "state.put/3",
                        Lab::entry,
                        (r, x) -> r.state()
                                .put(KEY, VALUE, PutOptions.expiringAfter(DAY).metadata(SOME))),
                Write.of("state.put/3", Lab::entry, (r, x) -> r.state().put(VALUE, VALUE, PutOptions.NONE.ifAbsent()))
                        .like("if absent"),
                Write.of(
                        "state.compareAndSet/3",
                        lab -> version(lab),
                        (r, version) -> r.state().compareAndSet(KEY, version, VALUE)),
                Write.of(
                                "state.compareAndSet/3",
                                Lab::entry,
                                (r, x) -> r.state().compareAndSet(VALUE, 0, VALUE))
                        .like("of nothing"),
                Write.of(
                                "state.increment/2",
                                lab -> lab.db().state().increment(KEY, 5),
                                (r, x) -> r.state().increment(KEY, 1))
                        .which(ADDS),
                Write.of(
                                "state.putAll/1",
                                Lab::entry,
                                (r, x) -> done(() -> r.state().putAll(entries(20, 10))))
                        .like("in one statement"),
                Write.of(
                                "state.putAll/1",
                                Lab::entry,
                                (r, x) -> done(() -> r.state().putAll(entries(2_500, 10))))
                        .like("in several"),
                Write.of("state.delete/1", Lab::checkpoint, (r, x) -> r.state().delete(KEY)),
                Write.of(
                        "state.compareAndDelete/2",
                        lab -> version(lab),
                        (r, version) -> r.state().compareAndDelete(KEY, version)),
                Write.of("state.deleteAll/1", Lab::entry, (r, x) -> r.state().deleteAll(List.of(KEY, VALUE))),
                Write.of("state.clear/0", Lab::entry, (r, x) -> r.state().clear()),
                Write.of(
                        "state.touch/1",
                        lab -> {
                            lab.db().state().put(KEY, VALUE, PutOptions.expiringAfter(DAY));
                            lab.sql(
                                    "update evalstore.state_entries set expires_at = now() + interval '1 hour', updated_at = now() - interval '23 hours'");
                            return 0;
                        },
                        (r, x) -> r.state().touch(KEY)),
                Write.of("state.expire/2", Lab::entry, (r, x) -> r.state().expire(KEY, DAY)),
                Write.of(
                        "state.persist/1",
                        lab -> lab.db().state().put(KEY, VALUE, PutOptions.expiringAfter(DAY)),
                        (r, x) -> r.state().persist(KEY)),
                Write.of(
                                "state.cleanupExpired/0",
                                lab -> {
                                    lab.db().state().put(KEY, VALUE, PutOptions.expiringAfter(DAY));
                                    lab.sql(
                                            "update evalstore.state_entries set expires_at = now() - interval '1 day', expiry_minute = expiry_minute - 2880");
                                    return 0;
                                },
                                (r, x) -> r.state().cleanupExpired())
                        .which(PASSES_OVER),
                Write.of(
                                "state.createCheckpoint/2",
                                Lab::entry,
                                (r, x) -> r.state().createCheckpoint("l", SOME))
                        .which(ADDS),
                Write.of(
                                "state.createCheckpoint/0",
                                Lab::entry,
                                (r, x) -> r.state().createCheckpoint())
                        .which(ADDS),
                Write.of(
                        "state.measureCheckpoint/1",
                        Lab::checkpoint,
                        (r, id) -> r.state().measureCheckpoint(id)),
                Write.of(
                        "state.restoreCheckpoint/1",
                        Lab::checkpoint,
                        (r, id) -> r.state().restoreCheckpoint(id)),
                Write.of(
                        "state.deleteCheckpoint/1",
                        Lab::checkpoint,
                        (r, id) -> r.state().deleteCheckpoint(id)),
                Write.of(
                        "state.retainCheckpoints/2",
                        Lab::checkpoint,
                        (r, id) -> r.state().retainCheckpoints(0, null)),
                Write.of(
                                "state.cleanupHistory/0",
                                lab -> lab.db().state().deleteCheckpoint(lab.checkpoint()),
                                (r, x) -> r.state().cleanupHistory())
                        .which(PASSES_OVER),
                Write.of(
                        "state.compactChanges/1",
                        lab -> {
                            lab.db()
                                    .state("fed", dev.evalstore.state.StateOptions.DEFAULT.watched(true))
                                    .put(KEY, VALUE);
                            lab.sql("update evalstore.state_changes set created_at = now() - interval '2 days'");
                            return 0;
                        },
                        (r, x) -> r.state("fed", dev.evalstore.state.StateOptions.DEFAULT.watched(true))
                                .compactChanges(DAY)),
                Write.of(
                        "state.importFrom/1",
                        Writes::exported,
                        (r, bytes) -> r.state().importFrom(new ByteArrayInputStream(bytes))));
    }

    private static long version(Lab lab) {
        return lab.entry().getEntry(KEY).map(StateEntry::version).orElseThrow();
    }

    private static List<NewStateEntry> entries(int count, int size) {
        return IntStream.range(0, count)
                .mapToObj(i -> NewStateEntry.of(bytes("k" + i), new byte[size]))
                .toList();
    }

    private static byte[] exported(Lab lab) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            lab.entry().export(null, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lab.db().state().clear();
        return out.toByteArray();
    }

    private static List<Write<?>> locks() {
        return List.of(
                Write.of("locks.tryAcquire/3", lab -> 0, (r, x) -> r.locks().tryAcquire("l", "h", HOUR)),
                Write.of("locks.acquire/4", lab -> 0, (r, x) -> r.locks().acquire("l", "h", HOUR, Duration.ZERO))
                        .which(ALONE),
                Write.of("locks.extend/2", Writes::held, (r, lock) -> r.locks().extend(lock, DAY)),
                Write.of("locks.release/1", Writes::held, (r, lock) -> r.locks().release(lock)),
                Write.of(
                        "locks.cleanup/1",
                        lab -> {
                            held(lab);
                            lab.sql(
                                    "update evalstore.state_locks set acquired_at = now() - interval '3 days', expires_at = now() - interval '2 days'");
                            return 0;
                        },
                        (r, x) -> r.locks().cleanup(DAY)));
    }

    private static Lock held(Lab lab) {
        return lab.db().locks().tryAcquire("l", "h", HOUR).orElseThrow();
    }
}
