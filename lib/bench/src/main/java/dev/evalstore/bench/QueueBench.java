package dev.evalstore.bench;

import dev.evalstore.Json;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.QueueKeeps;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * {@code queue}: {@code jobs} no-op jobs enqueued and drained by the library, with history and without (and without keeping
 * completed jobs, as db-scheduler keeps none), by db-scheduler and by JobRunr ({@code jobrunr} jobs, since it takes long; 0 leaves
 * it out). {@code threads} and {@code batch} are the library's, {@code dbthreads} db-scheduler's. Then {@code single} jobs one at a
 * time on eight threads: completed and claimed in one call for one worker, claimed and completed singly for one worker and for a
 * worker a thread, and by db-scheduler that fetches singly; {@code runner} jobs by the library's runner and by db-scheduler at its
 * best. Then {@code creates} single creates beside the same statements by hand, and the heartbeats of 200 workers
 * that hold {@code flight} jobs.
 */
final class QueueBench {
    private static final int ONE_BY_ONE = 8;
    private static final int WORKERS = 200;

    private final Lab lab;
    private final Map<String, List<Round>> rounds = new LinkedHashMap<>();

    /** What one round of a side came to: jobs a second, bytes a job, milliseconds a claim. */
    private record Round(double enqueue, double drain, double enqueueWal, double drainWal, double p50, double p99) {}

    private QueueBench(Lab lab) {
        this.lab = lab;
    }

    static void run(Lab lab) throws Exception {
        QueueBench bench = new QueueBench(lab);
        lab.db().jobs().limits().keep("light", QueueKeeps.NOTHING);
        bench.drain();
        bench.oneAtATime();
        bench.creates();
        bench.heartbeats();
    }

    private void drain() throws Exception {
        int jobs = lab.settings().number("jobs", 50_000);
        int few = lab.settings().number("jobrunr", 2_000);
        int threads = lab.settings().number("threads", 4);
        int batch = lab.settings().number("batch", 500);
        int dbThreads = lab.settings().number("dbthreads", 20);
        Rounds sides = new Rounds(lab);
        try (Queue evalstore = new EvalstoreQueue(lab, "bench", threads, batch);
                Queue light = new EvalstoreQueue(lab, "light", threads, batch);
                Queue dbScheduler = new DbSchedulerQueue(lab, dbThreads, true);
                Queue jobRunr = new JobRunrQueue(lab, dbThreads)) {
            side(sides, "evalstore", evalstore, jobs);
            side(sides, "evalstore-nohistory", light, jobs);
            side(sides, "db-scheduler", dbScheduler, jobs);
            if (few > 0) {
                side(sides, "jobrunr", jobRunr, few);
            }
            lab.report().progress("queue.drain, jobs a second");
            sides.medians();
        }
        Map<String, Object> params =
                Map.of("jobs", jobs, "jobrunr_jobs", few, "threads", threads, "batch", batch, "dbthreads", dbThreads);
        Map<String, Double> enqueue = values("queue.enqueue", Round::enqueue, "jobs/s", params);
        Map<String, Double> drain = values("queue.drain", Round::drain, "jobs/s", params);
        values("queue.enqueue.wal", Round::enqueueWal, "bytes/job", params);
        values("queue.drain.wal", Round::drainWal, "bytes/job", params);
        values("queue.claim.p50", Round::p50, "ms", params);
        values("queue.claim.p99", Round::p99, "ms", params);
        ratios("queue.enqueue", enqueue);
        ratios("queue.drain", drain);
    }

    private void oneAtATime() throws Exception {
        int jobs = lab.settings().number("single", 4_000);
        rounds.clear();
        Rounds sides = new Rounds(lab);
        int many = lab.settings().number("runner", 20_000);
        try (Queue next = EvalstoreQueue.byNext(lab, "bench", ONE_BY_ONE, 1);
                Queue singly = EvalstoreQueue.ofOneWorker(lab, "bench", ONE_BY_ONE, 1);
                Queue strangers = new EvalstoreQueue(lab, "bench", ONE_BY_ONE, 1);
                Queue runner = new RunnerQueue(lab, ONE_BY_ONE);
                Queue dbScheduler = new DbSchedulerQueue(lab, ONE_BY_ONE, true);
                Queue fetch = new DbSchedulerQueue(lab, ONE_BY_ONE, false)) {
            side(sides, "evalstore", next, jobs);
            side(sides, "evalstore-singly", singly, jobs);
            side(sides, "evalstore-runner", runner, many);
            side(sides, "evalstore-workers", strangers, jobs);
            side(sides, "db-scheduler", dbScheduler, many);
            side(sides, "db-scheduler-fetch", fetch, jobs);
            lab.report().progress("queue.one, jobs a second");
            sides.medians();
        }
        Map<String, Double> drain =
                values("queue.one", Round::drain, "jobs/s", Map.of("jobs", jobs, "many", many, "threads", ONE_BY_ONE));
        lab.report().ratio("queue.one", drain, "evalstore-runner", "db-scheduler");
        lab.report().ratio("queue.one", drain, "evalstore", "db-scheduler");
        lab.report().ratio("queue.one", drain, "evalstore", "db-scheduler-fetch");
        lab.report().ratio("queue.one", drain, "evalstore-singly", "db-scheduler-fetch");
    }

    private void creates() throws Exception {
        int creates = lab.settings().number("creates", 500);
        NewJob job = NewJob.of("noop", Json.EMPTY).queue("bench");
        try (RawCreate raw = new RawCreate(lab, job)) {
            lab.report().progress("queue.create, us a call");
            Map<String, Double> micros = new Calls(lab, creates)
                    .side("evalstore", () -> lab.db().jobs().create(job))
                    .side("raw", raw::create)
                    .medianMicros();
            lab.report().values("queue.create", micros, "us", Map.of("calls", creates));
            lab.report().ratio("queue.create", micros, "evalstore", "raw");
        }
    }

    private void heartbeats() throws Exception {
        int flight = lab.settings().number("flight", 20_000);
        try (Queue evalstore = new EvalstoreQueue(lab, "bench", 1, 100)) {
            evalstore.clear();
            evalstore.enqueue(flight);
        }
        List<Worker> workers = new ArrayList<>();
        int each = Math.max(1, flight / WORKERS);
        for (int i = 0; i < WORKERS; i++) {
            Worker worker =
                    lab.db().workers().register(NewWorker.of("beat-" + i).queues("bench"));
            workers.add(worker);
            lab.db().jobs().claim(worker, Math.min(1_000, each));
        }
        lab.report().progress("queue.beat, bytes of WAL for a heartbeat of each of " + WORKERS + " workers");
        Map<String, Double> wal = new Rounds(lab)
                .side("evalstore", () -> {
                    lab.execute("checkpoint");
                    beat(workers, each);
                    long before = lab.wal();
                    beat(workers, each);
                    return lab.wal() - before;
                })
                .medians();
        lab.report().values("queue.beat.wal", wal, "bytes", Map.of("flight", flight, "workers", WORKERS));
        workers.forEach(lab.db().workers()::deregister);
    }

    private void beat(List<Worker> workers, int running) {
        workers.forEach(worker -> lab.db().workers().heartbeat(worker, running, 0, 0));
    }

    private void side(Rounds sides, String name, Queue queue, int jobs) {
        rounds.put(name, new ArrayList<>());
        sides.side(name, () -> {
            queue.clear();
            lab.execute("checkpoint");
            long walBefore = lab.wal();
            long start = System.nanoTime();
            queue.enqueue(jobs);
            double enqueue = jobs / ((System.nanoTime() - start) / 1e9);
            long walBetween = lab.wal();
            start = System.nanoTime();
            queue.drain(jobs);
            double drain = jobs / ((System.nanoTime() - start) / 1e9);
            Latencies claims = queue instanceof EvalstoreQueue own ? own.claims() : new Latencies();
            rounds.get(name)
                    .add(new Round(
                            enqueue,
                            drain,
                            (double) (walBetween - walBefore) / jobs,
                            (double) (lab.wal() - walBetween) / jobs,
                            claims.millis(0.5),
                            claims.millis(0.99)));
            return drain;
        });
    }

    /** The medians of all rounds but the warm-up, printed; sides that do not have the figure are left out. */
    private Map<String, Double> values(
            String bench, ToDoubleFunction<Round> figure, String unit, Map<String, Object> params) {
        Map<String, Double> medians = new LinkedHashMap<>();
        rounds.forEach((name, all) -> {
            double median =
                    Rounds.median(all.stream().skip(1).mapToDouble(figure).toArray());
            if (median > 0) {
                medians.put(name, median);
            }
        });
        lab.report().values(bench, medians, unit, params);
        return medians;
    }

    private void ratios(String bench, Map<String, Double> rates) {
        lab.report().ratio(bench, rates, "evalstore", "db-scheduler");
        if (rates.containsKey("jobrunr")) {
            lab.report().ratio(bench, rates, "evalstore", "jobrunr");
        }
        lab.report().ratio(bench, rates, "evalstore-nohistory", "db-scheduler");
    }
}
