package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.catalog.HardwareConfig;
import dev.evalstore.matrix.BenchmarkConfig;
import dev.evalstore.matrix.ClaimedConfig;
import dev.evalstore.matrix.ConfigCompletion;
import dev.evalstore.matrix.ConfigFilter;
import dev.evalstore.matrix.ConfigScope;
import dev.evalstore.matrix.ConfigStatus;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/** A process of {@link MatrixDrain}: threads that claim configurations, pretend to run them, and complete them, until none is left. */
final class MatrixWorker {
    static final Duration TIME_TO_LIVE = Duration.ofSeconds(3);

    private static final int BATCH = 4;
    private static final Duration LEASE = Duration.ofMinutes(5);

    private final Database db;
    private final Map<UUID, HardwareConfig> machines = new ConcurrentHashMap<>();
    private volatile Worker worker;

    private MatrixWorker(Database db) {
        this.db = db;
        this.worker = register();
    }

    /** Arguments: the server's URL, the schema, and how many threads. */
    public static void main(String[] args) throws Exception {
        Usage.require(args.length == 3 && Usage.isCount(args[2]), "MatrixWorker <url> <schema> <threads>");
        DatabaseConfig.Builder config =
                DatabaseConfig.builder().url(args[0]).schema(args[1]).poolSize(8);
        int threads = Integer.parseInt(args[2]);
        try (Database db = Database.open(config.build())) {
            new MatrixWorker(db).run(threads);
        }
    }

    private Worker register() {
        return db.workers()
                .register(NewWorker.of("pid-" + ProcessHandle.current().pid()).timeToLive(TIME_TO_LIVE));
    }

    private void run(int threads) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            running.add(executor.submit(() -> {
                while (hasMore()) {
                    step();
                }
                return true;
            }));
        }
        executor.shutdown();
        // One row beats for all that the threads own.
        while (!executor.awaitTermination(TIME_TO_LIVE.toMillis() / 4, java.util.concurrent.TimeUnit.MILLISECONDS)) {
            beat();
        }
        for (Future<?> one : running) {
            one.get();
        }
        db.workers().deregister(worker);
    }

    private void beat() {
        try {
            db.workers().heartbeat(worker, 0, 0, 0);
        } catch (WorkerGoneException e) {
            worker = register();
        }
    }

    private boolean hasMore() {
        ConfigFilter all = ConfigFilter.ALL;
        return db.matrix().configs().count(all.status(ConfigStatus.PENDING)) > 0
                || db.matrix().configs().count(all.status(ConfigStatus.RUNNING)) > 0;
    }

    private void step() throws InterruptedException {
        List<ClaimedConfig> claimed;
        try {
            claimed = db.matrix().configs().claim(worker, ConfigScope.ALL, BATCH, LEASE);
        } catch (WorkerGoneException e) {
            // The next heartbeat registers anew.
            claimed = List.of();
        }
        if (claimed.isEmpty()) {
            Thread.sleep(50);
            return;
        }
        List<ConfigCompletion> done = new ArrayList<>();
        for (ClaimedConfig one : claimed) {
            done.add(new ConfigCompletion(one.lease(), benchmark(one.config())));
        }
        List<?> lost = db.matrix().configs().completeAll(done);
        if (!lost.isEmpty()) {
            System.out.println(lost.size() + " results came too late and were not stored");
        }
    }

    /** A real one would load the model and send requests for some minutes. */
    private dev.evalstore.matrix.NewBenchmarkResult benchmark(BenchmarkConfig config) throws InterruptedException {
        HardwareConfig machine =
                machines.computeIfAbsent(config.hardwareConfigId(), db.catalog().hardware()::get);
        Thread.sleep(ThreadLocalRandom.current().nextInt(10, 90));
        Json specs = Objects.requireNonNull(machine.specs());
        return MatrixCatalog.measure(specs, machine.gpuCount(), config.batchSize(), config.sequenceLength());
    }
}
