package dev.evalstore.matrix;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A process of workers, for tests that run several and kill some. {@code claim} claims until nothing is left and prints what it got;
 * {@code drain} also works on it for a while and completes it, until it is killed or all has ended.
 */
final class MatrixDrainer {
    private static final String NAME = "drainer-" + ProcessHandle.current().pid();
    static final int START = 4_711;

    private static final Duration LEASE = Duration.ofMinutes(10);

    private static final int WORK_MILLIS = 300;

    private final Database db;
    private final int batch;

    private MatrixDrainer(Database db, int batch) {
        this.db = db;
        this.batch = batch;
    }

    /** Arguments: {@code claim} or {@code drain}, URL, user, password, threads, batch, pool size. */
    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[4]);
        DatabaseConfig config = DatabaseConfig.builder()
                .url(arguments[1])
                .user(arguments[2])
                .password(arguments[3])
                .poolSize(Integer.parseInt(arguments[6]))
                .connectTimeout(Duration.ofSeconds(60))
                .build();
        try (Database db = Database.open(config)) {
            MatrixDrainer drainer = new MatrixDrainer(db, Integer.parseInt(arguments[5]));
            ExecutorService executor = Executors.newFixedThreadPool(threads);
            Callable<Integer> task = arguments[0].equals("claim") ? drainer::claimAll : drainer::drain;
            System.out.println("ready");
            // The parent holds this lock until all of its children are here.
            db.useTransaction(tx -> {
                try (var statement = tx.connection().createStatement()) {
                    statement.execute("select pg_advisory_xact_lock_shared(" + START + ")");
                }
            });
            List<Future<Integer>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                done.add(executor.submit(task));
            }
            int sum = 0;
            for (Future<Integer> one : done) {
                sum += one.get();
            }
            executor.shutdown();
            System.out.println("done " + sum);
        }
    }

    /** One line a claim, so that the parent can hold them against each other. */
    private int claimAll() {
        Worker worker = db.workers().register(NewWorker.of("claimer"));
        int claimed = 0;
        for (List<ClaimedConfig> some = claim(worker); !some.isEmpty(); some = claim(worker)) {
            StringBuilder line = new StringBuilder("got");
            some.forEach(one -> line.append(' ')
                    .append(one.config().seq())
                    .append(':')
                    .append(one.config().priorityRank()));
            System.out.println(line);
            claimed += some.size();
        }
        return claimed;
    }

    private int drain() throws InterruptedException {
        Worker worker = db.workers().register(NewWorker.of(NAME).timeToLive(Duration.ofSeconds(2)));
        int completed = 0;
        while (true) {
            try {
                db.workers().heartbeat(worker, 0, 0, 0);
                List<ClaimedConfig> some = claim(worker);
                if (some.isEmpty()) {
                    db.matrix().configs().requeueExpired(1_000);
                    if (db.matrix().configs().count(ConfigFilter.ALL.status(ConfigStatus.PENDING)) == 0
                            && db.matrix().configs().count(ConfigFilter.ALL.status(ConfigStatus.RUNNING)) == 0) {
                        return completed;
                    }
                    Thread.sleep(50);
                    continue;
                }
                List<ConfigCompletion> completions = some.stream()
                        .map(one -> new ConfigCompletion(
                                one.lease(),
                                MatrixFixture.result(
                                        one.config().seq() + 1, one.lease().attempt())))
                        .toList();
                Thread.sleep(WORK_MILLIS);
                completed += completions.size()
                        - db.matrix().configs().completeAll(completions).size();
            } catch (WorkerGoneException e) {
                worker = db.workers().register(NewWorker.of(NAME).timeToLive(Duration.ofSeconds(2)));
            }
        }
    }

    private List<ClaimedConfig> claim(Worker worker) {
        return db.matrix().configs().claim(worker, ConfigScope.ALL, batch, LEASE);
    }
}
