package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.ErrorText;
import dev.evalstore.internal.LoopThreads;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.NotificationListener;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.worker.Worker;
import java.util.List;
import java.util.TreeSet;
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
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How long closing may take beyond the time to drain; the next three are parts of it. */
    private static final long GRACE = 10 * SECOND;

    private static final long TO_CANCEL = SECOND;
    private static final long TO_STORE = 2 * SECOND;
    private static final long TO_LEAVE = 5 * SECOND;

    /** One to claim, one to store outcomes. */
    private static final int OWN_CONNECTIONS = 2;

    private final Settings settings;
    private final Database db;
    private final OutcomeBuffer outcomes;
    private final RunnerSlots slots;
    private final RunnerHeartbeat heartbeat;
    private final RunnerClaimer claimer;
    private final LoopThreads threads;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Semaphore wake = new Semaphore(0);
    private @Nullable NotificationListener listener;
    private @Nullable Thread storing;
    private @Nullable Thread leaving;
    private volatile boolean stopping;
    private volatile boolean ended;

    private RunnerLoop(Settings settings) {
        this.settings = settings;
        this.db = settings.db();
        this.outcomes = new OutcomeBuffer(
                db,
                Math.max(2 * RunnerSlots.MAX_CLAIMED, 2 * settings.concurrency()),
                this::takeAlong,
                settings.listener());
        this.slots = new RunnerSlots(settings, outcomes, this::wake);
        this.heartbeat = new RunnerHeartbeat(settings, slots, this::wake);
        this.claimer = new RunnerClaimer(settings, heartbeat, slots, outcomes, wake);
        this.threads = new LoopThreads(settings.worker().workerId(), LOG);
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
        heartbeat.start();
        leaving = threads.start("heartbeat", heartbeat);
        if (settings.notifications() != null) {
            listener = NotificationListener.start(
                    Pools.hikari(settings.notifications()),
                    JobRepository.WAKEUPS.channel(settings.db().schema()),
                    this::wake);
        }
        storing = threads.start("outcomes", outcomes);
        threads.start("watch", this::watch);
        threads.start("rescuer", this::rescue);
        threads.start("claimer", claimer);
        Worker worker = heartbeat.worker();
        LOG.info(
                "{} (generation {}) has started: {} at a time, types {}, queues {}",
                worker.workerId(),
                worker.generation(),
                settings.concurrency(),
                new TreeSet<>(settings.handlers().keySet()),
                worker.queues().isEmpty() ? "all" : worker.queues());
        warnOfSmallPool();
    }

    /** Claims, outcomes and requeueing wait while handlers hold all connections; heartbeats do not. */
    private void warnOfSmallPool() {
        int handlers = settings.concurrency();
        Integer connections = db.jobs().maxConnections();
        if (connections != null && connections < handlers + OWN_CONNECTIONS) {
            LOG.warn(
                    "{}: the pool has {} connections for {} handlers and this runner; when handlers hold all of them, claims"
                            + " and outcomes wait. At least {} are enough for any handlers",
                    settings.worker().workerId(),
                    connections,
                    handlers,
                    handlers + OWN_CONNECTIONS);
        }
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
            LoopThreads.sleep(WATCH_EVERY);
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
            LoopThreads.sleep(RESCUE_EVERY / 2 + ThreadLocalRandom.current().nextLong(RESCUE_EVERY / 2 + 1));
        }
    }

    private void quietly(String what, Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            if (!stopping) {
                LOG.warn("{} failed: {}", what, ErrorText.of(e));
            }
        }
    }

    /**
     * Closes on a thread of the runner's own: neither an interrupt of the caller nor a database that does not answer keeps it from its
     * steps, and the caller waits no longer than it may.
     */
    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long deadline = System.nanoTime()
                + Check.wait("drainTimeout", settings.drainTimeout()).toNanos();
        Thread closing = new Thread(() -> close(deadline), settings.worker().workerId() + "-closing");
        closing.setDaemon(true);
        closing.start();
        LoopThreads.join(closing, deadline + GRACE);
        if (closing.isAlive()) {
            LOG.warn(
                    "{} could not end in time; what it holds comes back by its leases",
                    settings.worker().workerId());
        }
    }

    private void close(long deadline) {
        long start = System.nanoTime();
        String name = settings.worker().workerId();
        LOG.info("{} drains: {} handlers run", name, slots.running());
        stopping = true;
        claimer.stop();
        wake();
        heartbeat.drain();
        // Jobs that have not begun need not be waited for.
        slots.releaseUnbegun();
        awaitHandlers(deadline);
        slots.cancelAll();
        awaitHandlers(System.nanoTime() + TO_CANCEL);
        // Outcomes may use what is left of the time to drain.
        long giveUp = System.nanoTime() + Math.max(deadline - System.nanoTime(), 0) + TO_STORE;
        outcomes.close(giveUp);
        if (storing != null) {
            LoopThreads.join(storing, giveUp);
        }
        int unfinished = slots.clear();
        heartbeat.end();
        if (leaving != null) {
            LoopThreads.join(leaving, System.nanoTime() + TO_LEAVE);
        }
        ended = true;
        if (settings.ownExecutor() != null) {
            settings.ownExecutor().shutdownNow();
        }
        LOG.info(
                "{} has stopped after {} ms; {} jobs were unfinished",
                name,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                unfinished);
        // From here on a server that does not answer may hold this thread up.
        threads.end();
        if (listener != null) {
            listener.close();
        }
        heartbeat.close();
    }

    private void awaitHandlers(long deadline) {
        while (!slots.isEmpty() && deadline - System.nanoTime() > 0) {
            LoopThreads.sleep(10);
        }
    }
}
