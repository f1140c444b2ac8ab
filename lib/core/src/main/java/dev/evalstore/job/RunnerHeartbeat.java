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

/** Beats for a runner's registration, and knows whether that still counts and may be given jobs. */
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

    /** @param onChange told when there is something new for the claimer to do */
    RunnerHeartbeat(Settings settings, RunnerSlots slots, Runnable onChange) {
        this.settings = settings;
        this.db = settings.db();
        this.slots = slots;
        this.onChange = onChange;
    }

    /** The registration, be it gone by now. */
    Worker worker() {
        return Objects.requireNonNull(worker);
    }

    /** Whether the registration was declared gone, and nothing that was claimed under it counts any more. */
    boolean isGone() {
        return gone;
    }

    /** Whether somebody asked the worker to take nothing more. */
    boolean isDraining() {
        return draining;
    }

    /** Registers, the first time or anew. Called by one thread at a time: what that claims before is lost, and after is not. */
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
     * A registration was declared gone: of what runs under it nothing counts any more, and its handlers are told. Whoever learns it
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

    /** Beats three times in a life. */
    @Override
    public void run() {
        long every = settings.worker().timeToLive().toNanos() / 3;
        long next = System.nanoTime() + every;
        while (!ended) {
            if (rest(next - System.nanoTime())) {
                return;
            }
            next = System.nanoTime() + every;
            if (!gone) {
                beat(worker());
            }
        }
    }

    /** True when the end has come. */
    private boolean rest(long nanos) {
        try {
            return end.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return ended;
        }
    }

    private void beat(Worker beating) {
        RunnerSlots.Ended counts = slots.ended();
        try {
            HeartbeatReply beat = db.workers().heartbeat(beating, slots.running(), counts.completed(), counts.failed());
            slots.cancel(beat.cancelled());
            told(beating, beat.draining());
        } catch (WorkerGoneException e) {
            lose(beating, e.getMessage());
        } catch (RuntimeException | Error e) {
            slots.untold(counts);
            LOG.warn("a heartbeat failed: {}", e.toString());
        }
    }

    private void told(Worker asked, boolean yes) {
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

    /** Has the registration given nothing more. */
    void drain() {
        Worker draining = worker;
        if (draining != null) {
            db.workers().drain(draining.id());
        }
    }

    /** Beats no more, and stays with the registration that there is. */
    void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
        end.release();
    }

    /** Takes the registration out, and gives back what it holds. */
    void leave() {
        Worker leaving = worker;
        if (leaving != null) {
            db.workers().deregister(leaving);
        }
    }
}
