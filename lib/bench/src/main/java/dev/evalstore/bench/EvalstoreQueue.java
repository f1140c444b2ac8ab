package dev.evalstore.bench;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.Completion;
import dev.evalstore.job.NewJob;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The library's own queue: workers that claim a batch, complete it, and claim the next. */
final class EvalstoreQueue implements Queue {
    static final String TABLES = "truncate evalstore.jobs, evalstore.job_ready, evalstore.job_scheduled,"
            + " evalstore.job_leases, evalstore.job_finished, evalstore.job_unique, evalstore.job_attempts";

    private final Lab lab;
    private final Database db;
    private final String queue;
    private final int threads;
    private final int batch;
    private final boolean ofOneWorker;
    private final Latencies claims = new Latencies();

    EvalstoreQueue(Lab lab, String queue, int threads, int batch) {
        this(lab, queue, threads, batch, false);
    }

    /** All threads work for one worker, as those of a service do. */
    static EvalstoreQueue ofOneWorker(Lab lab, String queue, int threads, int batch) {
        return new EvalstoreQueue(lab, queue, threads, batch, true);
    }

    private EvalstoreQueue(Lab lab, String queue, int threads, int batch, boolean ofOneWorker) {
        this.ofOneWorker = ofOneWorker;
        this.lab = lab;
        this.db = lab.db();
        this.queue = queue;
        this.threads = threads;
        this.batch = batch;
    }

    /** How long claims took since the last {@link #clear}. */
    Latencies claims() {
        return claims;
    }

    @Override
    public void clear() throws SQLException {
        lab.execute(TABLES);
        claims.clear();
    }

    @Override
    public void enqueue(int jobs) {
        db.jobs()
                .createAll(
                        Collections.nCopies(jobs, NewJob.of("noop", Json.EMPTY).queue(queue)));
    }

    @Override
    public void drain(int jobs) throws Exception {
        AtomicInteger left = new AtomicInteger(jobs);
        Worker common = worker("all");
        Crowd.run(threads, thread -> {
            Worker worker = ofOneWorker ? common : worker(Integer.toString(thread));
            while (left.get() > 0) {
                List<ClaimedJob> claimed = claims.time(() -> db.jobs().claim(worker, batch));
                if (claimed.isEmpty()) {
                    // What is left is in the other workers' hands.
                    break;
                }
                if (!db.jobs().completeAll(completions(claimed)).isEmpty()) {
                    throw new IllegalStateException("a lease was lost");
                }
                left.addAndGet(-claimed.size());
            }
            if (!ofOneWorker) {
                db.workers().deregister(worker);
            }
        });
        db.workers().deregister(common);
        if (left.get() != 0) {
            throw new IllegalStateException(left + " jobs are left");
        }
    }

    private Worker worker(String name) {
        return db.workers().register(NewWorker.of("bench-" + name).queues(queue));
    }

    private static List<Completion> completions(List<ClaimedJob> claimed) {
        return claimed.stream().map(one -> Completion.of(one.lease(), null)).toList();
    }

    @Override
    public void close() {}
}
