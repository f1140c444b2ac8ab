package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** A worker in a process of its own: {@code url user password mode}. */
public final class JobWorkerMain {
    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(2);

    private JobWorkerMain() {}

    /** The arguments of a child for the database of a configuration. */
    static String[] arguments(DatabaseConfig config, String mode) {
        return new String[] {config.url(), String.valueOf(config.user()), String.valueOf(config.password()), mode};
    }

    public static void main(String[] args) throws Exception {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(args[0])
                .user(args[1])
                .password(args[2])
                .poolSize(6)
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        try (Database db = open(config)) {
            switch (args[3]) {
                case "claim-all" -> {
                    System.out.println("READY");
                    while (db.jobs().stats().total() == 0) {
                        pause(5);
                    }
                    System.out.println("CLAIMED " + claimAll(db));
                }
                case "drain" -> System.out.println("DRAINED " + drain(db));
                case "hold" -> hold(db);
                case "effects" -> {
                    effects(db);
                    Thread.currentThread().join();
                }
                case "tick" -> tick(db);
                default -> throw new IllegalArgumentException(args[3]);
            }
        }
    }

    /** Sets a schedule of each policy as every process does at its start, and works until it is killed. */
    private static void tick(Database db) throws InterruptedException {
        JobRunner.Builder builder = JobRunner.on(db);
        for (Schedule.Missed policy : Schedule.Missed.values()) {
            db.jobs()
                    .schedules()
                    .set(Schedule.cron(policy.name(), "0 0 1 1 *", NewJob.of(policy.name(), Json.of("tick")))
                            .missed(policy));
            builder = builder.handle(policy.name(), Json.class, c -> null);
        }
        try (JobRunner runner = builder.start()) {
            System.out.println("READY " + runner.worker().generation());
            Thread.currentThread().join();
        }
    }

    /** Opens it, also when the first connection is ended while it is made. */
    private static Database open(DatabaseConfig config) {
        while (true) {
            try {
                return Database.open(config);
            } catch (TransientDatabaseException e) {
                pause(50);
            }
        }
    }

    /** Claims until nothing is left; gives the numbers of the jobs, or what was wrong with a claim. */
    static String claimAll(Database db) {
        Worker worker = db.workers().register(NewWorker.of("claimer"));
        Random random = new Random(worker.generation());
        StringBuilder seqs = new StringBuilder();
        int empty = 0;
        while (empty < 3) {
            int limit = 1 + random.nextInt(50);
            List<ClaimedJob> claimed = db.jobs().claim(worker, limit);
            empty = claimed.isEmpty() ? empty + 1 : 0;
            if (claimed.size() > limit) {
                return "! " + claimed.size() + " instead of " + limit;
            }
            List<ClaimedJob> sorted = new ArrayList<>(claimed);
            sorted.sort(Comparator.comparingInt((ClaimedJob c) -> -c.job().priority())
                    .thenComparingLong(c -> c.job().seq()));
            if (!sorted.equals(claimed)) {
                return "! out of order";
            }
            claimed.forEach(c -> seqs.append(c.job().seq()).append(' '));
        }
        return seqs.toString().trim();
    }

    /** Claims and completes until all is finished, by three threads; gives how many were completed. */
    static int drain(Database db) throws Exception {
        Worker worker = db.workers().register(NewWorker.of("drainer").tags("x"));
        ExecutorService executor = Executors.newFixedThreadPool(3);
        List<java.util.concurrent.Future<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Random random = new Random(worker.generation() * 10 + i);
            boolean byNext = i == 0;
            counts.add(executor.submit(() -> {
                int done = 0;
                if (byNext) {
                    return drainByNext(db, worker, random);
                }
                while (db.jobs().stats().total()
                        > db.jobs().stats().of("default").completed()) {
                    List<ClaimedJob> claimed = db.jobs().claim(worker, 1 + random.nextInt(4));
                    for (ClaimedJob one : claimed) {
                        Thread.sleep(random.nextInt(4));
                        db.jobs().complete(one.lease(), null);
                        done++;
                    }
                }
                return done;
            }));
        }
        int done = 0;
        for (var count : counts) {
            done += count.get();
        }
        executor.shutdown();
        return done;
    }

    private static int drainByNext(Database db, Worker worker, Random random) throws InterruptedException {
        int done = 0;
        List<Completion> ended = List.of();
        while (db.jobs().stats().total() > db.jobs().stats().of("default").completed()) {
            NextJobs next = db.jobs().next(worker, ended, 1 + random.nextInt(4));
            if (!next.lost().isEmpty()) {
                throw new IllegalStateException("a lease was lost");
            }
            done += ended.size();
            Thread.sleep(random.nextInt(4));
            ended = next.claimed().stream()
                    .map(one -> Completion.of(one.lease(), null))
                    .toList();
        }
        return done;
    }

    /** Claims, is stopped for longer than it may live, and then tries everything. */
    private static void hold(Database db) throws InterruptedException {
        Worker worker = db.workers().register(NewWorker.of("held").timeToLive(TIME_TO_LIVE));
        Lease lease = db.jobs().claim(worker, 10).get(0).lease();
        System.out.println("HOLDING " + worker.generation());
        while (alive(db, worker)) {
            Thread.sleep(50);
        }
        System.out.println("COMPLETE " + refused(() -> db.jobs().complete(lease, Json.of("zombie"))));
        System.out.println("FAIL " + refused(() -> db.jobs().fail(lease, "zombie")));
        System.out.println("EXTEND " + refused(() -> db.jobs().extend(lease, Duration.ofHours(1))));
        System.out.println("PROGRESS " + refused(() -> db.jobs().saveProgress(lease, Json.of("zombie"))));
        System.out.println("SNOOZE " + refused(() -> db.jobs().snooze(lease, Duration.ofHours(1))));
        System.out.println("RELEASE " + refused(() -> db.jobs().release(lease)));
        System.out.println("STORE " + refused(() -> complete(db, worker, lease)));
        System.out.println("CLAIM " + refused(() -> db.jobs().claim(worker, 1)));
        Worker anew = db.workers().register(NewWorker.of("held").timeToLive(TIME_TO_LIVE));
        complete(db, anew, db.jobs().claim(anew, 1).get(0).lease());
        System.out.println("ANEW " + anew.generation());
    }

    private static boolean alive(Database db, Worker worker) {
        try {
            db.workers().heartbeat(worker, 1, 0, 0);
            return true;
        } catch (WorkerGoneException e) {
            System.out.println("GONE");
            return false;
        }
    }

    private static String refused(Runnable verb) {
        try {
            verb.run();
            return "accepted";
        } catch (LeaseLostException | WorkerGoneException e) {
            return "refused";
        }
    }

    /** The job's effect and its completion in one commit. */
    private static void complete(Database db, Worker worker, Lease lease) {
        try {
            db.useTransaction(tx -> {
                try (PreparedStatement insert = tx.connection()
                        .prepareStatement("insert into public.effects (seq, token, worker) values (?, ?, ?)")) {
                    insert.setLong(1, lease.seq());
                    insert.setLong(2, lease.token());
                    insert.setLong(3, worker.generation());
                    insert.executeUpdate();
                }
                tx.jobs().complete(lease, null);
            });
        } catch (SQLException e) {
            throw new DatabaseException("effect", e.getSQLState(), e);
        }
    }

    /** Works by two workers until it is killed, whatever happens to its connections, its server and its registrations. */
    private static void effects(Database db) {
        List<Thread> threads = List.of(new Thread(() -> register(db)), new Thread(() -> register(db)));
        threads.forEach(Thread::start);
    }

    private static void register(Database db) {
        while (true) {
            try {
                Worker worker = db.workers().register(NewWorker.of("effects").timeToLive(TIME_TO_LIVE));
                System.out.println("WORKING " + worker.generation());
                AtomicBoolean gone = new AtomicBoolean();
                Thread heartbeats = new Thread(() -> sendHeartbeats(db, worker, gone));
                heartbeats.start();
                work(db, worker, gone);
            } catch (DatabaseException e) {
                pause(50);
            }
        }
    }

    private static void sendHeartbeats(Database db, Worker worker, AtomicBoolean gone) {
        while (!gone.get()) {
            try {
                db.workers().heartbeat(worker, 0, 0, 0);
                db.jobs().requeueExpired(1_000);
            } catch (WorkerGoneException e) {
                gone.set(true);
            } catch (DatabaseException e) {
                // Beats again.
            }
            pause(200);
        }
    }

    private static void work(Database db, Worker worker, AtomicBoolean gone) {
        boolean certain = true;
        while (!gone.get()) {
            try {
                // After a failure there may be jobs that it owns and does not know of, or has not completed.
                List<ClaimedJob> mine =
                        certain ? db.jobs().claim(worker, 10) : db.jobs().held(worker);
                for (ClaimedJob one : mine) {
                    try {
                        complete(db, worker, one.lease());
                    } catch (LeaseLostException e) {
                        // Another's by now, or completed before the answer was lost.
                    }
                }
                certain = true;
                if (mine.isEmpty()) {
                    pause(20);
                }
            } catch (WorkerGoneException e) {
                gone.set(true);
            } catch (DatabaseException e) {
                certain = false;
                pause(20);
            }
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
