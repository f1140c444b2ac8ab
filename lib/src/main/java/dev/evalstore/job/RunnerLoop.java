package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.internal.jdbc.Listener;
import dev.evalstore.job.JobRunner.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runner at work. Four threads: the claimer fills free places, the heart beats and watches the clock, the keeper takes back
 * what others lost and enqueues what is scheduled, and the outcome buffer stores. Handlers run elsewhere.
 */
final class RunnerLoop {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final long KEEP_EVERY = TimeUnit.SECONDS.toMillis(2);
    private static final long WATCH_EVERY = 100;

    private final Settings settings;
    private final Database db;
    private final OutcomeBuffer outcomes;
    private final RunnerPlaces places;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Semaphore wake = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Listener listener;
    private volatile Worker worker;
    private volatile boolean stopping;
    private volatile boolean gone;
    private boolean unheard;
    private long lastToken;
    private long claimNanos = TimeUnit.MILLISECONDS.toNanos(1);

    private RunnerLoop(Settings settings) {
        this.settings = settings;
        this.db = settings.db();
        this.outcomes = new OutcomeBuffer(db, Math.max(2 * RunnerPlaces.MOST_CLAIMED, 2 * settings.concurrency()));
        this.places = new RunnerPlaces(settings, outcomes, this::wake);
        this.worker = db.workers().register(settings.worker());
    }

    static RunnerLoop start(Settings settings) {
        RunnerLoop loop = new RunnerLoop(settings);
        if (settings.notifications() != null) {
            loop.listener = Listener.start(
                    settings.notifications(), Wakeups.channel(settings.db().schema()), loop::wake);
        }
        loop.spawn("outcomes", loop.outcomes);
        loop.spawn("heart", loop::beat);
        loop.spawn("keeper", loop::keep);
        loop.spawn("claimer", loop::claim);
        return loop;
    }

    /** Daemon threads with a name and a number. */
    static ThreadFactory threads(String name) {
        AtomicInteger next = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + next.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private void spawn(String name, Runnable task) {
        Thread thread = new Thread(task, settings.worker().workerId() + "-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    Worker worker() {
        return worker;
    }

    int running() {
        return places.running();
    }

    private void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    /** Fills free places. What is learnt from an empty answer or a failure is to wait longer. */
    private void claim() {
        long pause = settings.minimumPoll().toMillis();
        while (!stopping) {
            int wanted = places.room(claimNanos);
            if (wanted <= 0) {
                pause(settings.maximumPoll().toMillis());
                continue;
            }
            try {
                if (gone) {
                    worker = db.workers().register(settings.worker());
                    gone = false;
                }
                long now = System.nanoTime();
                if (unheard) {
                    takeUnheard(now);
                    continue;
                }
                List<ClaimedJob> claimed = db.jobs().claim(worker, wanted);
                claimNanos = claimNanos + (System.nanoTime() - now - claimNanos) / 16;
                claimed.forEach(job -> accept(job, now));
                if (!claimed.isEmpty()) {
                    pause = settings.minimumPoll().toMillis();
                    if (claimed.size() == wanted) {
                        continue;
                    }
                }
            } catch (WorkerGoneException e) {
                lose(e.getMessage());
                continue;
            } catch (DatabaseException e) {
                unheard = true;
                LOG.warn("claiming waits for the database [{}]", e.sqlState());
            } catch (RuntimeException e) {
                if (!stopping) {
                    LOG.error("claiming failed", e);
                }
            }
            pause(pause + ThreadLocalRandom.current().nextLong(pause / 4 + 1));
            pause = Math.min(pause * 2, settings.maximumPoll().toMillis());
        }
    }

    /** Takes up what a claim was given whose answer was lost: only this thread claims, so that is all with a later token. */
    private void takeUnheard(long now) {
        long known = lastToken;
        db.jobs().held(worker).stream()
                .filter(job -> job.lease().token() > known)
                .forEach(job -> accept(job, now));
        unheard = false;
    }

    private void accept(ClaimedJob claimed, long now) {
        lastToken = Math.max(lastToken, claimed.lease().token());
        places.accept(claimed, now);
    }

    private void pause(long millis) {
        try {
            if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    /** Beats three times in a life, and gives up on handlers whose time is up. */
    private void beat() {
        long every = settings.worker().timeToLive().toNanos() / 3;
        long next = System.nanoTime() + every;
        while (!closed.get() || !places.isEmpty()) {
            if (!sleep(Math.min(WATCH_EVERY, Math.max(1, TimeUnit.NANOSECONDS.toMillis(every))))) {
                return;
            }
            long now = System.nanoTime();
            places.watch(now);
            if (next - now <= 0) {
                next = now + every;
                beatOnce();
            }
        }
    }

    private void beatOnce() {
        if (gone) {
            return;
        }
        RunnerPlaces.Ended ended = places.ended();
        try {
            Beat beat = db.workers().heartbeat(worker, places.running(), ended.completed(), ended.failed());
            places.cancel(beat.cancelled());
        } catch (WorkerGoneException e) {
            lose(e.getMessage());
        } catch (RuntimeException e) {
            places.untold(ended);
            LOG.warn("a heartbeat failed: {}", e.getMessage());
        }
    }

    /** The worker was declared gone: nothing that runs counts any more. The claimer registers anew. */
    private void lose(@Nullable String why) {
        if (stopping) {
            return;
        }
        LOG.warn("{} has lost its jobs: {}", settings.worker().workerId(), why);
        gone = true;
        places.abandonAll();
        wake();
    }

    private void keep() {
        while (!stopping) {
            quietly("taking back expired leases", () -> {
                while (db.jobs().requeueExpired(RunnerPlaces.MOST_CLAIMED) == RunnerPlaces.MOST_CLAIMED && !stopping) {
                    LOG.debug("many leases have expired");
                }
            });
            quietly("enqueueing what is scheduled", () -> db.jobs().schedules().enqueueDue());
            if (!sleep(KEEP_EVERY / 2 + ThreadLocalRandom.current().nextLong(KEEP_EVERY / 2 + 1))) {
                return;
            }
        }
    }

    private void quietly(String what, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            if (!stopping) {
                LOG.warn("{} failed: {}", what, e.getMessage());
            }
        }
    }

    private static boolean sleep(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long deadline = System.nanoTime() + settings.drainTimeout().toNanos();
        stopping = true;
        wake();
        quietly("draining", () -> db.workers().drain(worker.id()));
        // What has not begun need not be waited for.
        places.giveBackUnbegun();
        awaitHandlers(deadline);
        places.cancelAll();
        awaitHandlers(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
        outcomes.close(Math.max(deadline, System.nanoTime()) + TimeUnit.SECONDS.toNanos(5));
        join(
                threads.get(0),
                TimeUnit.SECONDS.toMillis(10) + settings.drainTimeout().toMillis());
        places.clear();
        quietly("leaving", () -> db.workers().deregister(worker));
        if (listener != null) {
            listener.close();
        }
        threads.forEach(Thread::interrupt);
        threads.forEach(thread -> join(thread, 5_000));
        if (settings.ownExecutor() != null) {
            settings.ownExecutor().shutdownNow();
        }
    }

    private void awaitHandlers(long deadline) {
        while (!places.isEmpty() && deadline - System.nanoTime() > 0) {
            if (!sleep(10)) {
                return;
            }
        }
    }

    private static void join(Thread thread, long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
