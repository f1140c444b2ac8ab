package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.Lease;
import dev.evalstore.internal.Foreign;
import dev.evalstore.job.JobRunner.Handler;
import dev.evalstore.job.JobRunner.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The slots in which a runner's handlers run, and the runner's jobs: those that run, and those that wait for a slot. */
final class RunnerSlots {
    /** The largest claim. */
    static final int MAX_CLAIMED = 500;

    /** How long a job of a type without a handler waits for a worker that has one. */
    static final Duration NO_HANDLER = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    /** Handlers faster than that have jobs waiting for them, as many as run and as end while a claim is under way. */
    private static final long FAST = TimeUnit.MILLISECONDS.toNanos(50);

    /** A job that has waited so long for handlers that seemed fast is released, for other runners. */
    private static final long MAX_WAIT = TimeUnit.SECONDS.toNanos(1);

    /** The server's deadline is later than the runner's own by the time of the claim; no claim takes so long. */
    private static final long FORGOTTEN = TimeUnit.MINUTES.toNanos(10);

    private final Settings settings;
    private final Database db;
    private final RunnerListener listener;
    private final RunnerHandlers handlers;
    private final OutcomeBuffer outcomes;
    private final Runnable onFreed;
    private final Map<Long, RunningJob<?>> held = new ConcurrentHashMap<>();
    private final Map<Long, Long> givenUp = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<RunningJob<?>> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();
    private volatile boolean releasing;
    private volatile long typicalNanos = TimeUnit.SECONDS.toNanos(1);

    /** @param onFreed called whenever a job has left */
    RunnerSlots(Settings settings, OutcomeBuffer outcomes, Runnable onFreed) {
        this.settings = settings;
        this.db = settings.db();
        this.listener = settings.listener();
        this.handlers = new RunnerHandlers(listener);
        this.outcomes = outcomes;
        this.onFreed = onFreed;
    }

    /** How many handlers run. */
    int running() {
        return busy.get();
    }

    /** Whether the runner has no job. */
    boolean isEmpty() {
        return held.isEmpty();
    }

    /**
     * The tokens of accepted jobs that may still be held: jobs of the runner, jobs whose outcome is not stored yet, and jobs that were
     * given up. They are read in this order, because no job is missing from one set before it stands in the next.
     */
    Set<Long> known() {
        Set<Long> known = new HashSet<>(held.keySet());
        known.addAll(outcomes.unsent());
        known.addAll(givenUp.keySet());
        return known;
    }

    /** Whether handlers are too slow for jobs to wait for them. */
    boolean areSlow() {
        return typicalNanos >= FAST;
    }

    /** How many jobs there is room for, where a claim takes so long. A few free slots at a time make fewer, larger claims. */
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
     * Runs a claimed job in the next free slot, unless no handler is there for it.
     *
     * @param now a time before the server was asked for the job: this process must give up before the server does
     */
    void accept(JobClaims.Held held, long now) {
        ClaimedJob claimed = held.claimed();
        listener.claimed(claimed);
        Handler<?> handler = settings.handlers().get(claimed.job().jobType());
        if (handler == null) {
            LOG.warn("no handler for jobs of type {}; snoozed", claimed.job().jobType());
            hand(new Ending.Snoozed(claimed.lease(), NO_HANDLER));
            return;
        }
        take(handler, held, now);
    }

    private <P> void take(Handler<P> handler, JobClaims.Held claimed, long now) {
        RunningJob<P> job = new RunningJob<>(db, claimed, handler, now);
        held.put(job.lease().token(), job);
        ready.add(job);
        work();
    }

    /** Releases a job that came too late to run; where the buffer has no room, leaving releases it. */
    void decline(JobClaims.Held held) {
        outcomes.offer(new Ending.Released(held.claimed().lease()));
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
                } catch (Throwable e) {
                    slot.free();
                    Foreign.warn(LOG, "the executor takes no handlers", e);
                    return;
                }
            }
        }
    }

    /** A place for one handler at a time. When its handler is given up, so is the slot. */
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
                work();
                onFreed.run();
            }
        }
    }

    private void runOne(RunningJob<?> job) {
        try {
            if (job.begin()) {
                handlers.run(job, (ending, nanos) -> settle(job, ending, nanos));
            }
        } finally {
            held.remove(job.lease().token());
            onFreed.run();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private RunnerListener.End settle(RunningJob<?> job, Ending ending, long nanos) {
        // Several threads may do so at the same time; an estimate that misses one of them is as good.
        typicalNanos = typicalNanos + (nanos - typicalNanos) / 16;
        switch (job.end()) {
            case OPEN -> {
                if (releasing && !isSuccess(ending)) {
                    interrupted.incrementAndGet();
                    return RunnerListener.End.RELEASED;
                }
                count(ending);
                hand(ending);
                return ending instanceof Ending.Cancelled
                        ? RunnerListener.End.CANCELLED
                        : isSuccess(ending) ? RunnerListener.End.COMPLETED : RunnerListener.End.FAILED;
            }
            case COMPLETED -> {
                completed.incrementAndGet();
                return RunnerListener.End.COMPLETED;
            }
            default -> {
                return RunnerListener.End.valueOf(job.end().name());
            }
        }
    }

    private static boolean isSuccess(Ending ending) {
        return ending instanceof Ending.Ended ended && ended.outcome() instanceof Completion;
    }

    private void count(Ending ending) {
        (isSuccess(ending) ? completed : failed).incrementAndGet();
    }

    /** Waits for room in the buffer, whatever interrupts. */
    private void hand(Ending ending) {
        boolean interrupted = false;
        while (true) {
            try {
                outcomes.put(ending);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives up on handlers whose time is up, and releases jobs that wait for slots that do not fall free. */
    void watch(long now) {
        for (RunningJob<?> job : List.copyOf(held.values())) {
            if (job.isOverdue(now) && job.abandon(RunningJob.End.TIMED_OUT)) {
                // The rescuer of some runner will find the lease expired, and spend the attempt as timed out.
                LOG.warn(
                        "a job of type {} ran past its timeout and was given up",
                        job.job().jobType());
                givenUp.put(job.lease().token(), now);
                held.remove(job.lease().token());
                onFreed.run();
                listener.lost(job.lease());
            }
        }
        givenUp.values().removeIf(at -> now - at > FORGOTTEN);
        RunningJob<?> oldest = ready.peek();
        if (oldest != null && now - oldest.acceptedNanos() > MAX_WAIT) {
            typicalNanos = Math.max(typicalNanos, FAST);
            releaseUnbegun();
        }
    }

    /** Releases jobs that have not begun, as far as the buffer has room: the others are run after all. */
    void releaseUnbegun() {
        for (RunningJob<?> job = ready.poll(); job != null; job = ready.poll()) {
            if (!outcomes.offer(new Ending.Released(job.lease()))) {
                ready.add(job);
                return;
            }
            held.remove(job.lease().token());
        }
    }

    /** Tells handlers that their jobs were cancelled. */
    void cancel(Set<UUID> jobs) {
        held.values().stream().filter(job -> jobs.contains(job.job().id())).forEach(RunningJob::cancel);
    }

    /** Tells all handlers to end; from now on only a success counts. */
    void cancelAll() {
        releasing = true;
        held.values().forEach(RunningJob::cancel);
    }

    /** Gives up on all jobs, because their worker was declared dead, and returns their leases. */
    List<Lease> abandonAll() {
        List<Lease> lost = new ArrayList<>();
        for (RunningJob<?> job : List.copyOf(held.values())) {
            if (job.abandon(RunningJob.End.LOST)) {
                held.remove(job.lease().token());
                lost.add(job.lease());
            }
        }
        return lost;
    }

    /** Forgets all jobs, whatever still runs, and returns how many began and did not end by themselves. */
    int clear() {
        int unfinished = held.size() + interrupted.get();
        held.values().forEach(job -> job.abandon(RunningJob.End.RELEASED));
        held.clear();
        return unfinished;
    }

    /** Takes out how many handlers have ended since the last call. */
    Counts takeCounts() {
        return new Counts(completed.getAndSet(0), failed.getAndSet(0));
    }

    /** Puts the counts back after a failed heartbeat. */
    void restoreCounts(Counts counts) {
        completed.addAndGet(counts.completed());
        failed.addAndGet(counts.failed());
    }

    /** How many handlers have succeeded and failed. */
    record Counts(int completed, int failed) {}
}
