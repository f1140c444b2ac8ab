package dev.evalstore.bench;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.Completion;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.NextJobs;
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
    private final Way way;
    private final Latencies claims = new Latencies();

    /** How the threads work. */
    private enum Way {
        /** Each for a worker of its own. */
        APART,
        /** All for one worker, as those of a service do. */
        OF_ONE_WORKER,
        /** So too, and each call completes what the one before claimed. */
        BY_NEXT
    }

    EvalstoreQueue(Lab lab, String queue, int threads, int batch) {
        this(lab, queue, threads, batch, Way.APART);
    }

    /** All threads work for one worker. */
    static EvalstoreQueue ofOneWorker(Lab lab, String queue, int threads, int batch) {
        return new EvalstoreQueue(lab, queue, threads, batch, Way.OF_ONE_WORKER);
    }

    /** All threads work for one worker, which completes jobs and claims the next in one commit. */
    static EvalstoreQueue byNext(Lab lab, String queue, int threads, int batch) {
        return new EvalstoreQueue(lab, queue, threads, batch, Way.BY_NEXT);
    }

    private EvalstoreQueue(Lab lab, String queue, int threads, int batch, Way way) {
        this.lab = lab;
        this.db = lab.db();
        this.queue = queue;
        this.threads = threads;
        this.batch = batch;
        this.way = way;
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
            Worker worker = way == Way.APART ? worker(Integer.toString(thread)) : common;
            if (way == Way.BY_NEXT) {
                goOn(worker, left);
            } else {
                claimAndComplete(worker, left);
            }
            if (way == Way.APART) {
                db.workers().deregister(worker);
            }
        });
        db.workers().deregister(common);
        if (left.get() != 0) {
            throw new IllegalStateException(left + " jobs are left");
        }
    }

    private void claimAndComplete(Worker worker, AtomicInteger left) throws Exception {
        while (left.get() > 0) {
            List<ClaimedJob> claimed = claims.time(() -> db.jobs().claim(worker, batch));
            if (claimed.isEmpty()) {
                // What is left is in the other workers' hands.
                break;
            }
            requireNone(db.jobs().completeAll(completions(claimed)));
            left.addAndGet(-claimed.size());
        }
    }

    private void goOn(Worker worker, AtomicInteger left) throws Exception {
        List<ClaimedJob> claimed = claims.time(() -> db.jobs().claim(worker, batch));
        while (!claimed.isEmpty()) {
            List<Completion> ended = completions(claimed);
            NextJobs next = claims.time(() -> db.jobs().next(worker, ended, batch));
            requireNone(next.lost());
            left.addAndGet(-ended.size());
            claimed = next.claimed();
        }
    }

    private static void requireNone(List<Lease> lost) {
        if (!lost.isEmpty()) {
            throw new IllegalStateException("a lease was lost");
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
