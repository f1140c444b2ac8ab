package dev.evalstore.reliability;

import static dev.evalstore.reliability.Lab.SOME;
import static dev.evalstore.reliability.Lab.newJob;
import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.job.Completion;
import dev.evalstore.job.Failure;
import dev.evalstore.job.JobLimit;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.QueueKeeps;
import dev.evalstore.job.Schedule;
import dev.evalstore.worker.NewWorker;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Of jobs and workers. */
final class JobWrites {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final JobLimit.Scope QUEUE = JobLimit.Scope.QUEUE;

    private JobWrites() {}

    static List<Write<?>> jobs() {
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
                        "jobs.createAllUnique/1",
                        lab -> 0,
                        (r, x) -> r.jobs()
                                .createAllUnique(IntStream.range(0, 20)
                                        .mapToObj(i -> newJob().uniqueKey("u" + i))
                                        .toList())),
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
                                "jobs.next/3",
                                lab -> {
                                    Lab.Busy busy = lab.busy();
                                    lab.ready(3);
                                    return busy;
                                },
                                (r, busy) ->
                                        r.jobs().next(busy.worker(), List.of(Completion.of(busy.lease(), SOME)), 2))
                        .which(ADDS),
                Write.of(
                                "jobs.next/3",
                                lab -> {
                                    Lab.Busy busy = lab.busy();
                                    lab.ready(3);
                                    return busy;
                                },
                                (r, busy) -> r.jobs().next(busy.worker(), List.of(Failure.of(busy.lease(), "no")), 3))
                        .like("that looks twice")
                        .after((db, busy) -> db.jobs().claim(busy.worker(), 1))
                        .which(ADDS, PASSES_OVER),
                Write.of(
                        "jobs.complete/2",
                        Lab::busy,
                        (r, busy) -> Writes.done(() -> r.jobs().complete(busy.lease(), SOME))),
                Write.of(
                        "jobs.completeAll/1",
                        Lab::busy,
                        (r, busy) -> r.jobs().completeAll(List.of(Completion.of(busy.lease(), SOME)))),
                Write.of(
                        "jobs.fail/2",
                        Lab::busy,
                        (r, busy) -> Writes.done(() -> r.jobs().fail(busy.lease(), "no"))),
                Write.of(
                        "jobs.fail/1",
                        Lab::busy,
                        (r, busy) -> Writes.done(() ->
                                r.jobs().fail(Failure.of(busy.lease(), "no").permanently()))),
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
                        (r, busy) -> Writes.done(() -> r.jobs().snooze(busy.lease(), DAY))),
                Write.of(
                        "jobs.release/1",
                        Lab::busy,
                        (r, busy) -> Writes.done(() -> r.jobs().release(busy.lease()))),
                Write.of("jobs.releaseAll/1", Lab::busy, (r, busy) -> r.jobs().releaseAll(List.of(busy.lease()))),
                Write.of(
                                "jobs.releaseHeldBy/1",
                                Lab::busy,
                                (r, busy) -> r.jobs().releaseHeldBy(busy.worker()))
                        .which(PASSES_OVER),
                Write.of(
                        "jobs.extend/2",
                        Lab::busy,
                        (r, busy) -> Writes.done(() -> r.jobs().extend(busy.lease(), DAY))),
                Write.of(
                        "jobs.saveProgress/2",
                        Lab::busy,
                        (r, busy) -> Writes.done(() -> r.jobs().saveProgress(busy.lease(), SOME))),
                Write.of("jobs.cancel/1", Lab::job, (r, id) -> r.jobs().cancel(id)),
                Write.of(
                                "jobs.cancel/1",
                                lab -> lab.busy().lease().id(),
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
                                "jobs.requeueExpired/1",
                                lab -> {
                                    Lab.Busy busy = lab.busy();
                                    lab.sql("update evalstore.workers set time_to_live_seconds = 60");
                                    return busy;
                                },
                                (r, x) -> r.jobs().requeueExpired(10))
                        .like("of a silent worker")
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
                        (r, x) -> Writes.done(() -> r.jobs().limits().set(JobLimit.queue("q")))),
                Write.of(
                        "limits.pause/2",
                        lab -> 0,
                        (r, x) -> Writes.done(() -> r.jobs().limits().pause(QUEUE, "q"))),
                Write.of(
                        "limits.resume/2",
                        lab -> Writes.done(() -> lab.db().jobs().limits().pause(QUEUE, "q")),
                        (r, x) -> Writes.done(() -> r.jobs().limits().resume(QUEUE, "q"))),
                Write.of(
                        "limits.remove/2",
                        lab -> Writes.done(() -> lab.db().jobs().limits().pause(QUEUE, "q")),
                        (r, x) -> r.jobs().limits().remove(QUEUE, "q")),
                Write.of(
                        "limits.keep/2",
                        lab -> 0,
                        (r, x) ->
                                Writes.done(() -> r.jobs().limits().keep("q", QueueKeeps.EVERYTHING.withoutHistory()))),
                Write.of(
                        "schedules.set/1",
                        lab -> 0,
                        (r, x) -> r.jobs().schedules().set(Schedule.every("s", DAY, newJob()))),
                Write.of(
                        "schedules.pause/1",
                        JobWrites::scheduled,
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
                        JobWrites::scheduled,
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

    static List<Write<?>> workers() {
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
}
