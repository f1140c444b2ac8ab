package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.NotificationListener;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.worker.Worker;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runner at work. Five threads, none of which waits for another: the claimer fills free slots, the heart beats, the watch looks
 * at the clock, the keeper takes back what others lost and enqueues what is scheduled, and the outcome buffer stores. Handlers
 * run elsewhere.
 */
final class RunnerLoop {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final long KEEP_EVERY = TimeUnit.SECONDS.toMillis(2);
    private static final long WATCH_EVERY = 100;

    private final Settings settings;
    private final Database db;
    private final OutcomeBuffer outcomes;
    private final RunnerSlots slots;
    private final RunnerHeartbeat heart;
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
        this.outcomes = new OutcomeBuffer(db, Math.max(2 * RunnerSlots.MAX_CLAIMED, 2 * settings.concurrency()));
        this.slots = new RunnerSlots(settings, outcomes, this::wake);
        this.heart = new RunnerHeartbeat(settings, slots, this::wake);
        this.claimer = new RunnerClaimer(settings, heart, slots, wake);
        this.threads = new RunnerThreads(settings.worker().workerId());
    }

    /** Where that fails, nothing is left behind. */
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
        heart.register();
        if (settings.notifications() != null) {
            listener = NotificationListener.start(
                    Pools.hikari(settings.notifications()),
                    Wakeups.channel(settings.db().schema()),
                    this::wake);
        }
        storing = threads.start("outcomes", outcomes);
        threads.start("heart", heart);
        threads.start("watch", this::watch);
        threads.start("keeper", this::keep);
        threads.start("claimer", claimer);
    }

    Worker worker() {
        return heart.worker();
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

    private void keep() {
        while (!stopping) {
            quietly("taking back expired leases", () -> {
                while (db.jobs().requeueExpired(RunnerSlots.MAX_CLAIMED) == RunnerSlots.MAX_CLAIMED && !stopping) {
                    LOG.debug("many leases have expired");
                }
            });
            quietly("enqueueing what is scheduled", () -> db.jobs().schedules().enqueueDue());
            RunnerThreads.sleep(KEEP_EVERY / 2 + ThreadLocalRandom.current().nextLong(KEEP_EVERY / 2 + 1));
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
        quietly("draining", heart::drain);
        // What has not begun need not be waited for.
        slots.giveBackUnbegun();
        awaitHandlers(deadline);
        slots.cancelAll();
        awaitHandlers(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
        outcomes.close(Math.max(deadline, System.nanoTime()) + TimeUnit.SECONDS.toNanos(5));
        if (storing != null) {
            RunnerThreads.join(
                    storing,
                    TimeUnit.SECONDS.toMillis(10) + settings.drainTimeout().toMillis());
        }
        heart.end();
        slots.clear();
        quietly("leaving", heart::leave);
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
