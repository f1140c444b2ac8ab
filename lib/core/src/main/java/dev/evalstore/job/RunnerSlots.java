package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.LeaseLostException;
import dev.evalstore.job.JobRunner.Handler;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.job.OutcomeBuffer.Outcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The slots in which a runner's handlers run, and the jobs in its hands: those that run, and those that wait beside them. */
final class RunnerSlots {
    /** The largest claim. */
    static final int MAX_CLAIMED = 500;

    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    /** Handlers faster than that have jobs waiting beside them, as many as run and as end while a claim is under way. */
    private static final long FAST = TimeUnit.MILLISECONDS.toNanos(50);

    /** What has waited so long beside handlers that were thought fast is given back, for others to run. */
    private static final long IMPATIENT = TimeUnit.SECONDS.toNanos(1);

    /** The server's deadline is later than ours, by what the claim took; no claim takes so long. */
    private static final long FORGOTTEN = TimeUnit.MINUTES.toNanos(10);

    private static final Duration NO_HANDLER = Duration.ofSeconds(30);

    private final Settings settings;
    private final Database db;
    private final OutcomeBuffer outcomes;
    private final Runnable onFreed;
    private final Map<Long, RunningJob<?>> held = new ConcurrentHashMap<>();
    private final Map<Long, Long> givenUp = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<RunningJob<?>> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile boolean givingBack;
    private volatile long typicalNanos = TimeUnit.SECONDS.toNanos(1);

    /** @param onFreed told whenever a job has left */
    RunnerSlots(Settings settings, OutcomeBuffer outcomes, Runnable onFreed) {
        this.settings = settings;
        this.db = settings.db();
        this.outcomes = outcomes;
        this.onFreed = onFreed;
    }

    /** How many handlers run. */
    int running() {
        return busy.get();
    }

    /** Whether no job is in hand. */
    boolean isEmpty() {
        return held.isEmpty();
    }

    /**
     * The tokens of all that was accepted and may be held still: in hand, at its end and not yet stored, or given up. In this
     * order, since none is missing from one before it stands in the next.
     */
    Set<Long> known() {
        Set<Long> known = new HashSet<>(held.keySet());
        known.addAll(outcomes.unsent());
        known.addAll(givenUp.keySet());
        return known;
    }

    /** How many jobs there is room for, where a claim takes so long: a few at a time make fewer, larger claims. */
    int room(long claimNanos) {
        int running = settings.concurrency();
        long typical = typicalNanos;
        long ahead = typical >= FAST
                ? 0
                : Math.min(MAX_CLAIMED, running + running * Math.min(claimNanos, FAST) / Math.max(1, typical));
        long free = running + ahead - held.size();
        return free >= Math.max(1, (running + ahead) / 8) ? (int) Math.min(free, MAX_CLAIMED) : 0;
    }

    /**
     * Runs a claimed job in the next slot that is free, unless there is nobody to handle it.
     *
     * @param now a time before the server was asked for it: this process must not be the later one to give up
     */
    void accept(JobClaims.Held held, long now) {
        ClaimedJob claimed = held.claimed();
        Handler<?> handler = settings.handlers().get(claimed.job().jobType());
        if (handler == null) {
            LOG.warn("no handler for jobs of type {}; put off", claimed.job().jobType());
            hand(new Outcome.PutOff(claimed.lease(), NO_HANDLER));
            return;
        }
        try {
            take(handler, held, now);
        } catch (IllegalArgumentException e) {
            settle(new Outcome.Failed(Failure.of(claimed.lease(), "its payload does not fit: " + e.getMessage())
                    .permanently()));
        }
    }

    private <P> void take(Handler<P> handler, JobClaims.Held claimed, long now) {
        P payload = claimed.claimed().job().payload().as(handler.payload());
        RunningJob<P> job = new RunningJob<>(db, claimed, payload, now);
        held.put(job.lease().token(), job);
        ready.add(job);
        work();
    }

    /** Gives back what came too late to be run; where the buffer has no room, leaving does. */
    void decline(JobClaims.Held held) {
        outcomes.offer(new Outcome.GivenBack(held.claimed().lease()));
    }

    /** Starts a thread's work while there are slots and jobs. */
    private void work() {
        while (!ready.isEmpty()) {
            int now = busy.get();
            if (now >= settings.concurrency()) {
                return;
            }
            if (busy.compareAndSet(now, now + 1)) {
                Slot slot = new Slot();
                try {
                    settings.executor().execute(slot);
                } catch (RuntimeException | Error e) {
                    slot.free();
                    LOG.error("the executor takes no handlers", e);
                    return;
                }
            }
        }
    }

    /** One of the slots in which handlers run; given up when its handler is. */
    private final class Slot implements Runnable {
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
            onFreed.run();
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
        } else if (job.end() == RunningJob.End.COMPLETED) {
            completed.incrementAndGet();
        }
        held.remove(job.lease().token());
        onFreed.run();
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
            return new Outcome.Failed(
                    new Failure(job.lease(), ErrorText.of(e), e.retryAfter(), e.permanent(), job.usage()));
        } catch (Throwable e) {
            if (job.isCancelled()) {
                return new Outcome.Cancelled(job.lease());
            }
            if (e instanceof LeaseLostException) {
                LOG.warn("a handler found its lease lost");
            }
            return new Outcome.Failed(Failure.of(job.lease(), ErrorText.of(e)).usage(job.usage()));
        }
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

    /** Gives up on handlers whose time is up, and gives back what waits for slots that do not fall free. */
    void watch(long now) {
        for (RunningJob<?> job : List.copyOf(held.values())) {
            if (job.isOverdue(now) && job.abandon()) {
                // The keeper of some runner will find the lease expired, and spend the attempt as timed out.
                LOG.warn(
                        "a job of type {} ran past its timeout and was given up",
                        job.job().jobType());
                givenUp.put(job.lease().token(), now);
                held.remove(job.lease().token());
                onFreed.run();
            }
        }
        givenUp.values().removeIf(at -> now - at > FORGOTTEN);
        RunningJob<?> oldest = ready.peek();
        if (oldest != null && now - oldest.acceptedNanos() > IMPATIENT) {
            typicalNanos = Math.max(typicalNanos, FAST);
            giveBackUnbegun();
        }
    }

    /** As far as the buffer has room: what is not given back while the database is away is run after all. */
    void giveBackUnbegun() {
        for (RunningJob<?> job = ready.poll(); job != null; job = ready.poll()) {
            if (!outcomes.offer(new Outcome.GivenBack(job.lease()))) {
                ready.add(job);
                return;
            }
            held.remove(job.lease().token());
        }
    }

    /** Tells handlers that their jobs were called off. */
    void cancel(Set<UUID> jobs) {
        held.values().stream().filter(job -> jobs.contains(job.job().id())).forEach(RunningJob::cancel);
    }

    /** Tells all handlers to end; from now on only a success counts. */
    void cancelAll() {
        givingBack = true;
        held.values().forEach(RunningJob::cancel);
    }

    /** Gives up on everything: nothing that runs counts any more. */
    void abandonAll() {
        for (RunningJob<?> job : List.copyOf(held.values())) {
            if (job.abandon()) {
                held.remove(job.lease().token());
            }
        }
    }

    /** Forgets everything, whatever still runs. */
    void clear() {
        held.values().forEach(RunningJob::abandon);
        held.clear();
    }

    /** How many handlers have ended since the last time that it was asked. */
    Ended ended() {
        return new Ended(completed.getAndSet(0), failed.getAndSet(0));
    }

    /** It could not be told. */
    void untold(Ended ended) {
        completed.addAndGet(ended.completed());
        failed.addAndGet(ended.failed());
    }

    /** What handlers came to. */
    record Ended(int completed, int failed) {}
}
