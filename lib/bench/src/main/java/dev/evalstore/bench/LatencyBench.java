package dev.evalstore.bench;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * {@code latency}: from a job's creation to the start of its handler in an otherwise idle runner, {@code jobs} a round, by polling
 * with the runner's own intervals and by notification.
 */
final class LatencyBench {
    private final Lab lab;
    private final Map<String, List<Double>> p99 = new LinkedHashMap<>();

    private LatencyBench(Lab lab) {
        this.lab = lab;
    }

    static void run(Lab lab) throws Exception {
        new LatencyBench(lab).run();
    }

    private void run() throws Exception {
        int jobs = lab.settings().number("jobs", 20);
        lab.report().progress("latency.start, ms, median of a round");
        Map<String, Double> p50 = new Rounds(lab)
                .side("polling", () -> measure("polling", jobs, false))
                .side("notification", () -> measure("notification", jobs, true))
                .medians();
        Map<String, Double> worst = new LinkedHashMap<>();
        p99.forEach((side, all) -> worst.put(
                side,
                Rounds.median(
                        all.stream().skip(1).mapToDouble(Double::doubleValue).toArray())));
        Map<String, Object> params = Map.of("jobs", jobs, "rounds", lab.rounds());
        lab.report().values("latency.start.p50", p50, "ms", params);
        lab.report().values("latency.start.p99", worst, "ms", params);
        lab.report().ratio("latency.start.p50", p50, "notification", "polling");
    }

    private double measure(String side, int jobs, boolean notified) throws Exception {
        BlockingQueue<Long> started = new LinkedBlockingQueue<>();
        Latencies latencies = new Latencies();
        Random pauses = new Random(1);
        JobRunner.Builder builder = JobRunner.on(lab.db())
                .worker("latency")
                .queue("latency")
                .handle("noop", Json.class, context -> {
                    started.add(System.nanoTime());
                    return null;
                });
        if (notified) {
            builder.notifications(DatabaseConfig.builder(lab.server().url()).build());
        }
        JobRunner runner = builder.start();
        try {
            for (int i = 0; i < jobs; i++) {
                Thread.sleep(Duration.ofMillis(50 + pauses.nextInt(400)).toMillis());
                long before = System.nanoTime();
                lab.db().jobs().create(NewJob.of("noop", Json.EMPTY).queue("latency"));
                latencies.add(started.take() - before);
            }
        } finally {
            runner.close();
        }
        p99.computeIfAbsent(side, key -> new ArrayList<>()).add(latencies.millis(0.99));
        return latencies.millis(0.5);
    }
}
