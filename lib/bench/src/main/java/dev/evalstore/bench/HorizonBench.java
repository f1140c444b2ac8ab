package dev.evalstore.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Json;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.Completion;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code horizon}: {@code rate} jobs a second come in and are worked off for {@code seconds}, and then as long again while an idle
 * transaction holds its snapshot, so that no dead row may go. The claims' median is that of the last sixth of each time.
 */
final class HorizonBench {
    private static final int BATCH = 50;
    private static final long TICK_MILLIS = 50;
    private static final int WINDOWS = 6;

    private final Lab lab;

    private HorizonBench(Lab lab) {
        this.lab = lab;
    }

    static void run(Lab lab) throws Exception {
        new HorizonBench(lab).run();
    }

    private void run() throws Exception {
        int seconds = lab.settings().number("seconds", 60);
        int rate = lab.settings().number("rate", 4_000);
        // Accepted so that all subcommands can be run alike; this one measures over time, in six windows.
        lab.rounds();
        try (Queue queue = new EvalstoreQueue(lab, "bench", 1, BATCH)) {
            queue.clear();
        }
        Map<String, Double> p50 = new LinkedHashMap<>();
        Map<String, Double> backlog = new LinkedHashMap<>();
        phase("warm-up", Math.max(1, seconds / 6), rate, p50, backlog);
        phase("free", seconds, rate, p50, backlog);
        try (HikariDataSource one = lab.newPool(1);
                Connection idle = one.getConnection();
                Statement statement = idle.createStatement()) {
            statement.execute("begin isolation level repeatable read");
            statement.execute("select count(*) from evalstore.job_lanes");
            phase("held", seconds, rate, p50, backlog);
            statement.execute("rollback");
        }
        p50.remove("warm-up");
        backlog.remove("warm-up");
        Map<String, Object> params = Map.of("seconds", seconds, "rate", rate, "batch", BATCH);
        lab.report().values("horizon.claim", p50, "ms", params);
        lab.report().values("horizon.backlog", backlog, "jobs", params);
        lab.report().ratio("horizon.claim", p50, "held", "free");
    }

    private void phase(String name, int seconds, int rate, Map<String, Double> p50, Map<String, Double> backlog)
            throws Exception {
        Latencies[] windows = new Latencies[WINDOWS];
        for (int i = 0; i < WINDOWS; i++) {
            windows[i] = new Latencies();
        }
        long start = System.nanoTime();
        long length = TimeUnit.SECONDS.toNanos(seconds);
        Crowd.run(3, number -> {
            if (number == 0) {
                produce(start, length, rate);
            } else {
                consume(start, length, windows);
            }
        });
        backlog.put(name, (double) lab.db().jobs().count(JobFilter.ALL.status(JobStatus.PENDING)));
        p50.put(name, windows[WINDOWS - 1].millis(0.5));
        StringBuilder line = new StringBuilder(name + ", ms a claim:");
        for (Latencies window : windows) {
            line.append(String.format(Locale.ROOT, " %.2f", window.millis(0.5)));
        }
        lab.report().progress(line + ", left " + backlog.get(name));
    }

    private void produce(long start, long length, int rate) throws InterruptedException {
        NewJob job = NewJob.of("noop", Json.EMPTY).queue("bench");
        long sent = 0;
        for (long now = 0; now < length; now = System.nanoTime() - start) {
            int due = (int) (now / 1e9 * rate - sent);
            if (due > 0) {
                lab.db().jobs().createAll(Collections.nCopies(Math.min(due, 4_000), job));
                sent += Math.min(due, 4_000);
            }
            Thread.sleep(TICK_MILLIS);
        }
    }

    private void consume(long start, long length, Latencies[] windows) throws Exception {
        Worker worker = lab.db().workers().register(NewWorker.of("horizon").queues("bench"));
        for (long now = 0; now < length; now = System.nanoTime() - start) {
            Latencies window = windows[(int) Math.min(WINDOWS - 1, now * WINDOWS / length)];
            long before = System.nanoTime();
            List<ClaimedJob> claimed = lab.db().jobs().claim(worker, BATCH);
            if (claimed.isEmpty()) {
                Thread.sleep(2);
                continue;
            }
            window.add(System.nanoTime() - before);
            lab.db()
                    .jobs()
                    .completeAll(claimed.stream()
                            .map(one -> Completion.of(one.lease(), null))
                            .toList());
        }
        lab.db().workers().deregister(worker);
    }
}
