package dev.evalstore.bench.soak;

import dev.evalstore.PoolStats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A process of the soak: its rooms, a thread each, until it finishes or is killed. */
final class SoakClient {
    /** What a client's rooms are. */
    enum Kind {
        WORKER,
        MATRIX,
        STATE,
        OFFICE
    }

    private SoakClient() {}

    /** Arguments: the kind, the client's name and life, the folder, the seed, the server's URL. */
    public static void main(String[] args) throws InterruptedException {
        Path folder = Path.of(args[2]);
        try (Site site = Site.open(folder, args[1], Long.parseLong(args[3]), args[4])) {
            Thread.setDefaultUncaughtExceptionHandler(
                    (thread, e) -> site.journal().failure("client", thread.getName(), e));
            List<Thread> threads = new ArrayList<>();
            List<Room> rooms = rooms(Kind.valueOf(args[0]), site, folder);
            site.opened(rooms.size());
            for (Room room : rooms) {
                Thread thread = new Thread(room, room.getClass().getSimpleName());
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            while (!site.isFinishing()) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            checkPool(site);
            site.journal().done("client", "left");
        }
        // Whatever thread is left must not keep the process.
        System.exit(0);
    }

    private static List<Room> rooms(Kind kind, Site site, Path folder) throws InterruptedException {
        return switch (kind) {
            case WORKER ->
                List.of(new JobWorker(site), new EventWorker(site), new LockRoom(site), new LeaderRoom(site));
            case MATRIX -> List.of(new MatrixRoom(site));
            case STATE ->
                List.of(
                        new Transfers(site, 1),
                        new Transfers(site, 2),
                        new Checkpointer(site),
                        new Exports(site),
                        new Ledger(site, 1),
                        new Ledger(site, 2),
                        new EventRoom(site),
                        new Follower(site, folder));
            case OFFICE ->
                List.of(
                        new JobProducer(site),
                        new JobDesk(site),
                        new EvaluationRoom(site),
                        new AuditRoom(site),
                        new EventRoom(site),
                        new LockRoom(site),
                        new LeaderRoom(site),
                        new MaintenanceRoom(site));
        };
    }

    /** Everything is over, so every connection has been given back. */
    private static void checkPool(Site site) {
        PoolStats pool = Objects.requireNonNull(site.db().health().pool());
        if (pool.active() + pool.waiting() > 0) {
            site.journal().line(Journal.Status.SURPRISE, "client", "pool", "-", "not idle at the end: " + pool);
        }
    }
}
