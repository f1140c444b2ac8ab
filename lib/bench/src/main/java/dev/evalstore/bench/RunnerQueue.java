package dev.evalstore.bench;

import dev.evalstore.Json;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import java.sql.SQLException;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;

/** The library's queue as a service uses it: a runner that hands one job at a time to each of its threads. */
final class RunnerQueue implements Queue {
    private static final String NAME = "runner";

    private final Lab lab;
    private final int threads;

    RunnerQueue(Lab lab, int threads) {
        this.lab = lab;
        this.threads = threads;
    }

    @Override
    public void clear() throws SQLException {
        lab.execute(EvalstoreQueue.TABLES);
    }

    @Override
    public void enqueue(int jobs) {
        lab.db()
                .jobs()
                .createAll(
                        Collections.nCopies(jobs, NewJob.of("noop", Json.EMPTY).queue(NAME)));
    }

    @Override
    public void drain(int jobs) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(jobs);
        JobRunner runner = JobRunner.on(lab.db())
                .worker("bench-runner")
                .queue(NAME)
                .concurrency(threads)
                .handle("noop", Json.class, context -> {
                    done.countDown();
                    return null;
                })
                .start();
        try {
            done.await();
        } finally {
            // Waits until the last outcomes are stored, which belongs to the work.
            runner.close();
        }
    }

    @Override
    public void close() {}
}
