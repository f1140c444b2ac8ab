package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.NotificationListener;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.worker.Worker;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runner at work. It has five threads, and none waits for another: the claimer fills free slots, the heartbeat reports, the watch
 * enforces timeouts, the rescuer requeues expired leases and enqueues what is scheduled, and the outcome buffer stores outcomes.
 * Handlers run on the executor's threads.
 */
final class RunnerLoop {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final long RESCUE_EVERY = TimeUnit.SECONDS.toMillis(2);
    private static final long WATCH_EVERY = 100;

    private final Settings settings;
    private final Database db;
    private final OutcomeBuffer outcomes;
    private final RunnerSlots slots;
    private final RunnerHeartbeat heartbeat;
    private final RunnerClaimer claimer;
    private final RunnerThreads threads;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Semaphore wake = new Semaphore(0);
    private @Nullable NotificationListener listener;
    private @Nullable Thread storing;
    private volatile boolean stopping;
    private volatile boolean ended;

    private RunnerLoop(Settings settings) {
        this.settings = settings;
        this.db = settings.db();
        this.outcomes = new OutcomeBuffer(
                db, Math.max(2 * RunnerSlots.MAX_CLAIMED, 2 * settings.concurrency()), this::takeAlong);
        this.slots = new RunnerSlots(settings, outcomes, this::wake);
        this.heartbeat = new RunnerHeartbeat(settings, slots, this::wake);
        this.claimer = new RunnerClaimer(settings, heartbeat, slots, outcomes, wake);
        this.threads = new RunnerThreads(settings.worker().workerId());
    }

    /** Starts a runner; where that fails, nothing is left behind. */
    static RunnerLoop start(Settings settings) {
        RunnerLoop loop = new RunnerLoop(settings);
        try {
            loop.begin();
            return loop;
        } catch (Throwable e) {
            loop.close();
            throw e;
        }
    }

    private void begin() {
        heartbeat.register();
        if (settings.notifications() != null) {
            listener = NotificationListener.start(
                    Pools.hikari(settings.notifications()),
                    Wakeups.channel(settings.db().schema()),
                    this::wake);
        }
        storing = threads.start("outcomes", outcomes);
        threads.start("heartbeat", heartbeat);
        threads.start("watch", this::watch);
        threads.start("rescuer", this::rescue);
        threads.start("claimer", claimer);
    }

    private boolean takeAlong(List<Outcome> some) {
        return claimer.takeAlong(some);
    }

    Worker worker() {
        return heartbeat.worker();
    }

    int running() {
        return slots.running();
    }

    private void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    private void watch() {
        while (!ended) {
            RunnerThreads.sleep(WATCH_EVERY);
            slots.watch(System.nanoTime());
        }
    }

    private void rescue() {
        while (!stopping) {
            quietly("requeueing expired leases", () -> {
                while (db.jobs().requeueExpired(RunnerSlots.MAX_CLAIMED) == RunnerSlots.MAX_CLAIMED && !stopping) {
                    LOG.debug("many leases have expired");
                }
            });
            quietly("enqueueing what is scheduled", () -> db.jobs().schedules().enqueueDue());
            RunnerThreads.sleep(RESCUE_EVERY / 2 + ThreadLocalRandom.current().nextLong(RESCUE_EVERY / 2 + 1));
        }
    }

    private void quietly(String what, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            if (!stopping) {
                LOG.warn("{} failed: {}", what, e.toString());
            }
        }
    }

    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long deadline = System.nanoTime() + settings.drainTimeout().toNanos();
        stopping = true;
        claimer.stop();
        wake();
        quietly("draining", heartbeat::drain);
        // Jobs that have not begun need not be waited for.
        slots.releaseUnbegun();
        awaitHandlers(deadline);
        slots.cancelAll();
        awaitHandlers(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
        outcomes.close(Math.max(deadline, System.nanoTime()) + TimeUnit.SECONDS.toNanos(5));
        if (storing != null) {
            RunnerThreads.join(
                    storing,
                    TimeUnit.SECONDS.toMillis(10) + settings.drainTimeout().toMillis());
        }
        heartbeat.end();
        slots.clear();
        quietly("leaving", heartbeat::leave);
        ended = true;
        if (listener != null) {
            listener.close();
        }
        threads.end();
        if (settings.ownExecutor() != null) {
            settings.ownExecutor().shutdownNow();
        }
    }

    private void awaitHandlers(long deadline) {
        while (!slots.isEmpty() && deadline - System.nanoTime() > 0) {
            if (!RunnerThreads.sleep(10)) {
                return;
            }
        }
    }
}
