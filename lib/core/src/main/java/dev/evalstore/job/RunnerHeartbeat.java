package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.Lease;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.ErrorText;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.worker.HeartbeatReply;
import dev.evalstore.worker.Worker;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends heartbeats for a runner's registration, and knows whether that is still alive and may claim. At the end the thread takes the
 * registration out. It does so on a connection of its own: handlers may hold every connection of the pool for longer than the
 * worker's time to live.
 */
final class RunnerHeartbeat implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    private final Settings settings;
    private final Database db;
    private final RunnerSlots slots;
    private final Runnable onChange;
    private final Semaphore news = new Semaphore(0);
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Database own;
    private volatile @Nullable Worker worker;
    private volatile boolean gone;
    private volatile boolean draining;
    private volatile boolean toDrain;
    private volatile boolean ended;

    /** @param onChange called when there is something new for the claimer to do */
    RunnerHeartbeat(Settings settings, RunnerSlots slots, Runnable onChange) {
        this.settings = settings;
        // A runner may be started inside a transaction of the host, and lives on.
        this.db = settings.db().apart();
        this.slots = slots;
        this.onChange = onChange;
    }

    /** The registration, which may be dead by now. */
    Worker worker() {
        return Objects.requireNonNull(worker);
    }

    /** Whether the registration was declared dead, and none of its jobs counts any more. */
    boolean isGone() {
        return gone;
    }

    /** Whether the worker was asked to drain. */
    boolean isDraining() {
        return draining;
    }

    /** Registers, and takes the connection. Where the pool has none left for the runner's other work, that shows here. */
    void start() {
        register();
        try {
            own = db.reserveConnection();
            own().workers().find(worker().id());
            db.workers().find(worker().id());
        } catch (Throwable e) {
            quietly("leaving", () -> own().workers().deregister(worker()));
            throw e;
        }
    }

    /** Registers, the first time or again. Called by one thread at a time. Jobs claimed under the previous registration are lost. */
    void register() {
        Worker next = db.workers().register(settings.worker());
        boolean late;
        lock.lock();
        try {
            late = ended;
            if (!late) {
                worker = next;
                draining = false;
                gone = false;
            }
        } finally {
            lock.unlock();
        }
        if (late) {
            db.workers().deregister(next);
        }
    }

    /**
     * The registration was declared dead: its handlers are cancelled, and their results do not count. A thread that calls this late,
     * when there is another registration, does not harm the new one.
     */
    void lose(Worker failed, @Nullable String why) {
        List<Lease> lost;
        lock.lock();
        try {
            if (ended || gone || failed.generation() != worker().generation()) {
                return;
            }
            LOG.warn("{} has lost its jobs: {}", failed.workerId(), why);
            gone = true;
            lost = slots.abandonAll();
        } finally {
            lock.unlock();
        }
        onChange.run();
        lost.forEach(settings.listener()::lost);
    }

    /** Sends a heartbeat three times in a time to live. */
    @Override
    public void run() {
        long every = settings.worker().timeToLive().toNanos() / 3;
        long next = System.nanoTime() + every;
        while (!ended) {
            awaitNews(next - System.nanoTime());
            if (toDrain) {
                toDrain = false;
                quietly("draining", () -> own().workers().drain(worker().id()));
            }
            if (next - System.nanoTime() <= 0 && !ended) {
                next = System.nanoTime() + every;
                if (!gone) {
                    send(worker());
                }
            }
        }
        quietly("leaving", () -> own().workers().deregister(worker()));
    }

    /** Returns early when there is something else to do. */
    private void awaitNews(long nanos) {
        try {
            news.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // The loop looks whether this is the end.
        }
    }

    /** At the end of a runner the database may be away, and the registration gone. */
    private static void quietly(String what, Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            LOG.debug("{} failed: {}", what, ErrorText.of(e));
        }
    }

    private Database own() {
        Database reserved = own;
        return reserved == null ? db : reserved;
    }

    private void send(Worker alive) {
        RunnerSlots.Counts counts = slots.takeCounts();
        try {
            HeartbeatReply reply =
                    own().workers().heartbeat(alive, slots.running(), counts.completed(), counts.failed());
            slots.cancel(reply.cancelled());
            drain(alive, reply.draining());
        } catch (WorkerGoneException e) {
            lose(alive, e.getMessage());
        } catch (Throwable e) {
            slots.restoreCounts(counts);
            LOG.warn("a heartbeat failed: {}", ErrorText.of(e));
        }
    }

    private void drain(Worker asked, boolean yes) {
        lock.lock();
        try {
            if (draining == yes || asked.generation() != worker().generation()) {
                return;
            }
            LOG.info("{} {}", asked.workerId(), yes ? "was asked to drain" : "need not drain any more");
            draining = yes;
        } finally {
            lock.unlock();
        }
        onChange.run();
    }

    /** Asks the own registration to drain, soon: claims give it nothing more. */
    void drain() {
        toDrain = true;
        news.release();
    }

    /** Sends no more heartbeats, and takes the registration out, soon: what it holds is released. */
    void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
        news.release();
    }

    /** Closes the connection, whatever it is doing. */
    void close() {
        Database closing = own;
        if (closing != null) {
            closing.close();
        }
    }
}
