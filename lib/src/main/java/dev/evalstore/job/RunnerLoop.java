package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Json;
import dev.evalstore.LeaseLostException;
import dev.evalstore.internal.jdbc.Listener;
import dev.evalstore.job.JobRunner.Handler;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.job.OutcomeBuffer.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    private static final int MOST_CLAIMED = 500;
    /** Handlers faster than that have jobs waiting beside them, as many as run and as end while a claim is under way. */
    private static final long FAST = TimeUnit.MILLISECONDS.toNanos(50);

    /** What has waited so long beside handlers that were thought fast is given back, for others to run. */
    private static final long IMPATIENT = TimeUnit.SECONDS.toNanos(1);

    private static final Duration NO_HANDLER = Duration.ofSeconds(30);
    private static final long KEEP_EVERY = TimeUnit.SECONDS.toMillis(2);
    private static final long WATCH_EVERY = 100;

    private final Settings settings;
    private final Database db;
    private final OutcomeBuffer outcomes;
    private final Map<Long, RunningJob<?>> held = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<RunningJob<?>> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Semaphore wake = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Listener listener;
    private volatile Worker worker;
    private volatile boolean stopping;
    private volatile boolean givingBack;
    private volatile boolean gone;
    private boolean unheard;
    private long lastToken;
    private long claimNanos = TimeUnit.MILLISECONDS.toNanos(1);
    private volatile long typicalNanos = TimeUnit.SECONDS.toNanos(1);

    private RunnerLoop(Settings settings) {
        this.settings = settings;
        this.db = settings.db();
        this.outcomes = new OutcomeBuffer(db, Math.max(2 * MOST_CLAIMED, 2 * settings.concurrency()));
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
        return busy.get();
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
            int wanted = wanted();
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

    private int wanted() {
        int running = settings.concurrency();
        long typical = typicalNanos;
        long ahead = typical >= FAST
                ? 0
                : Math.min(MOST_CLAIMED, running + running * Math.min(claimNanos, FAST) / Math.max(1, typical));
        long free = running + ahead - held.size();
        // Not for each place that falls free: a few at a time make fewer, larger claims.
        return free >= Math.max(1, (running + ahead) / 8) ? (int) Math.min(free, MOST_CLAIMED) : 0;
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

    private void accept(ClaimedJob claimed, long now) {
        lastToken = Math.max(lastToken, claimed.lease().token());
        Handler<?> handler = settings.handlers().get(claimed.job().jobType());
        if (handler == null) {
            LOG.warn("no handler for jobs of type {}; put off", claimed.job().jobType());
            hand(new Outcome.PutOff(claimed.lease(), NO_HANDLER));
            return;
        }
        try {
            take(handler, claimed, now);
        } catch (IllegalArgumentException e) {
            settle(new Outcome.Failed(Failure.of(claimed.lease(), "its payload does not fit: " + e.getMessage())
                    .permanently()));
        }
    }

    private <P> void take(Handler<P> handler, ClaimedJob claimed, long now) {
        RunningJob<P> job =
                new RunningJob<>(db, claimed, claimed.job().payload().as(handler.payload()), now);
        held.put(claimed.lease().token(), job);
        ready.add(job);
        work();
    }

    /** Starts a thread's work while there are places and jobs. */
    private void work() {
        while (!ready.isEmpty()) {
            int now = busy.get();
            if (now >= settings.concurrency()) {
                return;
            }
            if (busy.compareAndSet(now, now + 1)) {
                Place place = new Place();
                try {
                    settings.executor().execute(place);
                } catch (RuntimeException e) {
                    place.free();
                    LOG.error("the executor takes no handlers", e);
                    return;
                }
            }
        }
    }

    /** One of the places in which handlers run; given up when its handler is. */
    private final class Place implements Runnable {
        private final AtomicBoolean freed = new AtomicBoolean();

        void free() {
            if (freed.compareAndSet(false, true)) {
                busy.decrementAndGet();
            }
        }

        @Override
        public void run() {
            try {
                while (!freed.get()) {
                    RunningJob<?> job = ready.poll();
                    if (job == null) {
                        break;
                    }
                    job.onAbandon(this::free);
                    runOne(job);
                }
            } finally {
                free();
            }
            work();
            wake();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private <P> void runOne(RunningJob<P> job) {
        long start = System.nanoTime();
        Outcome outcome = null;
        if (job.begin()) {
            try {
                outcome = outcome(job);
            } finally {
                job.leave();
            }
        }
        // Several threads may do so at once; an estimate that misses one of them is as good.
        typicalNanos = typicalNanos + (System.nanoTime() - start - typicalNanos) / 16;
        if (outcome != null
                && job.end() == RunningJob.End.OPEN
                && !(givingBack && !(outcome instanceof Outcome.Completed))) {
            settle(outcome);
        } else if (job.end() == RunningJob.End.SETTLED) {
            completed.incrementAndGet();
        }
        held.remove(job.lease().token());
        wake();
    }

    @SuppressWarnings("unchecked")
    private <P> Outcome outcome(RunningJob<P> job) {
        Handler<P> handler = (Handler<P>)
                Objects.requireNonNull(settings.handlers().get(job.job().jobType()));
        try {
            Object result = handler.handler().run(job);
            return new Outcome.Completed(
                    new Completion(job.lease(), result == null ? null : Json.of(result), job.usage()));
        } catch (JobFailedException e) {
            return new Outcome.Failed(new Failure(job.lease(), text(e), e.retryAfter(), e.permanent(), job.usage()));
        } catch (Throwable e) {
            if (job.isCancelled()) {
                return new Outcome.Cancelled(job.lease());
            }
            if (e instanceof LeaseLostException) {
                LOG.warn("a handler found its lease lost");
            }
            return new Outcome.Failed(Failure.of(job.lease(), text(e)).usage(job.usage()));
        }
    }

    /** The exception as a person wants to see it, without characters that cannot be stored. */
    private static String text(Throwable e) {
        String text = e instanceof JobFailedException ? String.valueOf(e.getMessage()) : e.toString();
        StringBuilder storable = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(storable::appendCodePoint);
        return storable.toString().isBlank() ? e.getClass().getName() : storable.toString();
    }

    private void settle(Outcome outcome) {
        (outcome instanceof Outcome.Completed ? completed : failed).incrementAndGet();
        hand(outcome);
    }

    /** Waits for room in the buffer, whatever interrupts. */
    private void hand(Outcome outcome) {
        boolean interrupted = false;
        while (true) {
            try {
                outcomes.put(outcome);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Beats three times in a life, and gives up on handlers whose time is up. */
    private void beat() {
        long every = settings.worker().timeToLive().toNanos() / 3;
        long next = System.nanoTime() + every;
        while (!closed.get() || !held.isEmpty()) {
            if (!sleep(Math.min(WATCH_EVERY, Math.max(1, TimeUnit.NANOSECONDS.toMillis(every))))) {
                return;
            }
            long now = System.nanoTime();
            for (RunningJob<?> job : List.copyOf(held.values())) {
                if (job.isOverdue(now) && job.abandon()) {
                    // The keeper of some runner will find the lease expired, and spend the attempt as timed out.
                    LOG.warn(
                            "a job of type {} ran past its timeout and was given up",
                            job.job().jobType());
                    held.remove(job.lease().token());
                    wake();
                }
            }
            if (next - now <= 0) {
                next = now + every;
                beatOnce();
            }
            RunningJob<?> oldest = ready.peek();
            if (oldest != null && now - oldest.claimedNanos() > IMPATIENT) {
                typicalNanos = Math.max(typicalNanos, FAST);
                giveBackUnbegun();
            }
        }
    }

    /** As far as the buffer has room: what is not given back while the database is away is run after all. */
    private void giveBackUnbegun() {
        for (RunningJob<?> job = ready.poll(); job != null; job = ready.poll()) {
            if (!outcomes.offer(new Outcome.GivenBack(job.lease()))) {
                ready.add(job);
                return;
            }
            held.remove(job.lease().token());
        }
    }

    private void beatOnce() {
        if (gone) {
            return;
        }
        int newlyCompleted = completed.getAndSet(0);
        int newlyFailed = failed.getAndSet(0);
        try {
            Beat beat = db.workers().heartbeat(worker, busy.get(), newlyCompleted, newlyFailed);
            Set<UUID> cancelled = beat.cancelled();
            if (!cancelled.isEmpty()) {
                held.values().stream()
                        .filter(job -> cancelled.contains(job.job().id()))
                        .forEach(RunningJob::cancel);
            }
        } catch (WorkerGoneException e) {
            lose(e.getMessage());
        } catch (RuntimeException e) {
            completed.addAndGet(newlyCompleted);
            failed.addAndGet(newlyFailed);
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
        for (RunningJob<?> job : List.copyOf(held.values())) {
            if (job.abandon()) {
                held.remove(job.lease().token());
            }
        }
        wake();
    }

    private void keep() {
        while (!stopping) {
            quietly("taking back expired leases", () -> {
                while (db.jobs().requeueExpired(MOST_CLAIMED) == MOST_CLAIMED && !stopping) {
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
        giveBackUnbegun();
        awaitHandlers(deadline);
        givingBack = true;
        held.values().forEach(RunningJob::cancel);
        awaitHandlers(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
        outcomes.close(Math.max(deadline, System.nanoTime()) + TimeUnit.SECONDS.toNanos(5));
        join(
                threads.get(0),
                TimeUnit.SECONDS.toMillis(10) + settings.drainTimeout().toMillis());
        held.values().forEach(RunningJob::abandon);
        held.clear();
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
        while (!held.isEmpty() && deadline - System.nanoTime() > 0) {
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
