package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.worker.HeartbeatReply;
import dev.evalstore.worker.Worker;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends heartbeats for a runner's registration, and knows whether that is still alive and may claim. */
final class RunnerHeartbeat implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    private final Settings settings;
    private final Database db;
    private final RunnerSlots slots;
    private final Runnable onChange;
    private final Semaphore end = new Semaphore(0);
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Worker worker;
    private volatile boolean gone;
    private volatile boolean draining;
    private volatile boolean ended;

    /** @param onChange called when there is something new for the claimer to do */
    RunnerHeartbeat(Settings settings, RunnerSlots slots, Runnable onChange) {
        this.settings = settings;
        this.db = settings.db();
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
     * The registration was declared dead: its handlers are told to stop, and their results do not count. A thread that learns it
     * late, when there is another registration, does no harm to that.
     */
    void lose(Worker failed, @Nullable String why) {
        lock.lock();
        try {
            if (ended || gone || failed.generation() != worker().generation()) {
                return;
            }
            LOG.warn("{} has lost its jobs: {}", failed.workerId(), why);
            gone = true;
            slots.abandonAll();
        } finally {
            lock.unlock();
        }
        onChange.run();
    }

    /** Sends a heartbeat three times in a time to live. */
    @Override
    public void run() {
        long every = settings.worker().timeToLive().toNanos() / 3;
        long next = System.nanoTime() + every;
        while (!ended) {
            if (awaitEnd(next - System.nanoTime())) {
                return;
            }
            next = System.nanoTime() + every;
            if (!gone) {
                send(worker());
            }
        }
    }

    /** True when the end has come. */
    private boolean awaitEnd(long nanos) {
        try {
            return end.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return ended;
        }
    }

    private void send(Worker alive) {
        RunnerSlots.Counts counts = slots.takeCounts();
        try {
            HeartbeatReply reply = db.workers().heartbeat(alive, slots.running(), counts.completed(), counts.failed());
            slots.cancel(reply.cancelled());
            drain(alive, reply.draining());
        } catch (WorkerGoneException e) {
            lose(alive, e.getMessage());
        } catch (RuntimeException | Error e) {
            slots.restoreCounts(counts);
            LOG.warn("a heartbeat failed: {}", e.toString());
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

    /** Asks the own registration to drain: claims give it nothing more. */
    void drain() {
        Worker own = worker;
        if (own != null) {
            db.workers().drain(own.id());
        }
    }

    /** Sends no more heartbeats, and stays with the present registration. */
    void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
        end.release();
    }

    /** Takes the registration out, and releases what it holds. */
    void leave() {
        Worker leaving = worker;
        if (leaving != null) {
            db.workers().deregister(leaving);
        }
    }
}
