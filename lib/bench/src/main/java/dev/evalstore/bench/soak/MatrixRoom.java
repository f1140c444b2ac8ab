package dev.evalstore.bench.soak;

import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.matrix.ClaimedConfig;
import dev.evalstore.matrix.ConfigCompletion;
import dev.evalstore.matrix.ConfigFilter;
import dev.evalstore.matrix.ConfigScope;
import dev.evalstore.matrix.ConfigStatus;
import dev.evalstore.matrix.MatrixSpec;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.matrix.Percentiles;
import dev.evalstore.matrix.PopulateResult;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Populates the matrix round after round and works it off: completes, fails, gives back, forgets, and now and then leaves and
 * registers anew. Each result says under which token it was measured.
 */
final class MatrixRoom extends Room {
    private static final Duration LEASE = Duration.ofSeconds(8);
    private static final int ENOUGH_PENDING = 20;

    private final MatrixSpec spec;
    private volatile Worker worker;
    private volatile boolean over;

    MatrixRoom(Site site) throws InterruptedException {
        super(site, Stage.MATRIX, "");
        this.spec = Stage.matrix(db);
        this.worker = Stage.untilDone(this::register);
        Thread heart = new Thread(this::beat, "heart");
        heart.setDaemon(true);
        heart.start();
    }

    private Worker register() {
        return db.workers().register(NewWorker.of(site.client()).timeToLive(Duration.ofSeconds(3)));
    }

    /** One row beats for all that this process owns. */
    private void beat() {
        while (!over) {
            try {
                db.workers().heartbeat(worker, 0, 0, 0);
            } catch (WorkerGoneException e) {
                // The other thread registers anew when its claim is refused.
            } catch (RuntimeException e) {
                journal.failure(Stage.MATRIX, "heartbeat", e);
            }
            pause(500, 900);
        }
    }

    @Override
    boolean isOver() {
        return site.isFinishing();
    }

    @Override
    void leave() {
        over = true;
        db.workers().deregister(worker);
    }

    @Override
    void step() {
        switch (random.nextInt(12)) {
            case 0 -> populate();
            case 1 -> {
                db.matrix().configs().requeueExpired(1_000);
                journal.done(Stage.MATRIX, "requeueExpired");
            }
            case 2 -> {
                if (random.nextInt(20) == 0) {
                    moveOut();
                }
            }
            default -> work();
        }
        pause(10, 60);
    }

    /** Rounds are sequence lengths: both processes make the same ones, and each configuration is made once. */
    private void populate() {
        if (site.isDraining()
                || db.matrix().configs().count(ConfigFilter.ALL.status(ConfigStatus.PENDING)) > ENOUGH_PENDING) {
            return;
        }
        int round = (int) (db.matrix().configs().count(ConfigFilter.ALL) / Stage.ROUND) + 1 + random.nextInt(2);
        MatrixSpec one = new MatrixSpec(
                spec.modelVersionId(),
                spec.hardwareConfigIds(),
                spec.frameworkIds(),
                spec.workloadTypes(),
                spec.batchSizes(),
                List.of(round),
                random.nextInt(100),
                1_000);
        journal.write(
                Stage.MATRIX,
                "populate",
                site.name(),
                () -> db.matrix().configs().populate(one),
                (PopulateResult made) -> Integer.toString(round));
    }

    private void moveOut() {
        if (random.nextBoolean()) {
            db.matrix().configs().releaseHeldBy(worker);
        }
        db.workers().deregister(worker);
        worker = register();
        journal.done(Stage.MATRIX, "registerAnew");
    }

    private void work() {
        List<ClaimedConfig> claimed;
        try {
            claimed = db.matrix().configs().claim(worker, ConfigScope.ALL, 1 + random.nextInt(5), LEASE);
        } catch (WorkerGoneException e) {
            worker = register();
            return;
        }
        if (claimed.isEmpty()) {
            pause(50, 100);
            return;
        }
        pause(5, 80);
        if (random.nextInt(4) == 0) {
            completeAll(claimed);
            return;
        }
        for (ClaimedConfig one : claimed) {
            try {
                end(one.lease());
            } catch (LeaseLostException e) {
                // Another's by now; the journal has it.
            }
        }
    }

    private void end(Lease lease) {
        String name = name(lease);
        switch (random.nextInt(12)) {
            case 0 ->
                journal.write(Stage.MATRIX, "fail", name, () -> {
                    db.matrix().configs().fail(lease, "on purpose");
                    return true;
                });
            case 1 -> db.matrix().configs().releaseAll(List.of(lease));
            case 2 -> {
                // Forgotten: it comes back when its time is up.
            }
            case 3 -> {
                db.matrix().configs().extend(lease, LEASE);
                complete(lease, name);
            }
            default -> complete(lease, name);
        }
    }

    private void complete(Lease lease, String name) {
        journal.write(Stage.MATRIX, "complete", name, () -> {
            db.matrix().configs().complete(lease, result(lease));
            return true;
        });
    }

    /** One statement for all; the journal names each. */
    private void completeAll(List<ClaimedConfig> claimed) {
        List<ConfigCompletion> all = new ArrayList<>();
        claimed.forEach(one -> all.add(new ConfigCompletion(one.lease(), result(one.lease()))));
        String names =
                String.join(",", claimed.stream().map(one -> name(one.lease())).toList());
        journal.write(
                Stage.MATRIX, "completeAll", names, () -> db.matrix().configs().completeAll(all), lost -> {
                    Set<String> gone = new HashSet<>();
                    lost.forEach(lease -> gone.add(name(lease)));
                    return String.join(",", gone);
                });
    }

    static String name(Lease lease) {
        return lease.id() + ":" + lease.token();
    }

    private static NewBenchmarkResult result(Lease lease) {
        return NewBenchmarkResult.of(new Percentiles(1, 2, 3), null, 100.0, null)
                .detailedMetrics(Json.of(Map.of("token", lease.token())));
    }
}
